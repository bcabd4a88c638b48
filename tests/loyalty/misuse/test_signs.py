"""Signs of misuse: found robustly, told with their rows, judged by people, no punishment (N15)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction

from businesses.models import Device
from businesses.operations import add_member, hire_employee
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.enums import CodePurpose, CodeState, IdentityKind
from customers.models import MergeSuggestion, OneTimeCode
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from loyalty.enums import ReferralSource, SuspicionRule, SuspicionState, TillState, TillVerb
from loyalty.models import (
    LedgerEntry,
    Suspicion,
    SuspicionJudgement,
    SuspicionLook,
    TillTransaction,
    Wallet,
)
from loyalty.operations import (
    adjust_points,
    ask_correction,
    commit_redemption,
    reserve_redemption,
    sweep_business,
)
from loyalty.operations.referrals import referral_code_for, tell_referral
from loyalty.operations.suspicions import judge_suspicion, look_for_misuse
from loyalty.queries.suspicions.evidence import evidence_of
from loyalty.queries.suspicions.reading import last_look, usual_of
from loyalty.queries.suspicions.tell import sentence_of
from payments.enums import AlertKind
from payments.queries.alerts import alert_rows
from tests.loyalty.referrals.conftest import offer

ANNA = "09121111111"
DAY = timedelta(days=1)


def sales(mobile, count, at, *, rial=1_000_000, employee=None):
    """Sell so often, a minute apart; return the outcomes."""
    rows = [
        NewPurchase(
            external_id=str(new_id()),
            channel="till",
            occurred_at=at + timedelta(minutes=n),
            customer=CustomerHint(mobile=mobile),
            employee_code=employee,
            tenders=(NewTender(method="cash", amount_rial=rial),),
        )
        for n in range(count)
    ]
    return record_purchases(purchases=rows, source="till", now=at + timedelta(hours=1))


def town(now, days=20, people=5):
    """Let a few people buy once or twice a day, a week ago and before."""
    for back in range(days):
        for person in range(people):
            at = now - (back + 8) * DAY
            sales(f"0912222{person:04}", 1 + ((back + person) % 3 == 0), at)


def signs(rule=None):
    rows = Suspicion.objects.order_by("found_at", "id")
    return list(rows.filter(rule=rule) if rule else rows)


def usual_sales():
    """Return what was usual of a customer's purchases in a day at the last look."""
    look = last_look()
    assert look is not None
    [usual] = [one for one in usual_of(look) if one.rule == SuspicionRule.CUSTOMER_SALES]
    return usual


def only(rule):
    [row] = signs(rule)
    return row


def test_a_customer_far_above_what_is_usual_stands_out_and_nobody_else(acting, now):
    town(now)
    [first, *_more] = sales(ANNA, 12, now - DAY)
    assert look_for_misuse(now=now) == 1
    row = only(SuspicionRule.CUSTOMER_SALES)
    assert (row.customer_id, row.count, row.usual, row.among) == (first.customer_id, 12, 1, 101)
    assert row.on == business_day(now - DAY, acting.timezone)
    assert row.line == 7
    assert len(evidence_of(row)) == 12
    assert {proof.amount_rial for proof in evidence_of(row)} == {1_000_000}
    assert "۱۲" in sentence_of(row)


def test_misuse_in_almost_half_of_the_days_does_not_hide_itself(acting, now):
    """The middle and the median distance from it stand, where a mean and its spread would not."""
    for back in range(1, 31):
        sales(f"0912222{back:04}", 1, now - back * DAY)
        if back <= 25:
            sales(ANNA, 12, now - back * DAY)
    look_for_misuse(now=now)
    assert len(signs(SuspicionRule.CUSTOMER_SALES)) == 25


def test_with_too_little_to_compare_with_nothing_is_said(acting, now):
    sales(ANNA, 30, now - DAY)
    assert look_for_misuse(now=now) == 0
    usual = usual_sales()
    assert (usual.among, usual.is_enough) == (1, False)


def test_of_ordinary_days_hardly_any_stands_out(acting, now):
    """A year of a café with regulars: less than one in a thousand customer-days is shown."""
    seen: Counter[int] = Counter()
    for back in range(60):
        for person in range(20):
            count = (0, 1, 1, 0, 2, 1, 0, 1, 3, 0)[(back * 7 + person * 3) % 10]
            if count:
                sales(f"0912333{person:04}", count, now - (back + 1) * DAY)
                seen[count] += 1
    assert look_for_misuse(now=now) == 0
    usual = usual_sales()
    assert dict(usual.seen) == seen


def test_points_spent_again_and_again_stand_out(acting, now):
    people = [sales(f"0912444{n:04}", 1, now - 40 * DAY, rial=100_000_000)[0] for n in range(40)]
    sweep_business(now=now)
    for one in people:
        _spend(one.customer_id, now - 10 * DAY)
    for _time in range(9):
        _spend(people[0].customer_id, now - DAY)
    look_for_misuse(now=now)
    row = only(SuspicionRule.CUSTOMER_SPENDING)
    assert (row.customer_id, row.count, row.line) == (people[0].customer_id, 9, 7)
    assert [proof.points for proof in evidence_of(row)] == [-1] * 9


def _spend(customer_id, at):
    held = reserve_redemption(customer_id=customer_id, points=1, now=at)
    commit_redemption(redemption_id=held.id, now=at)


def test_a_device_far_above_the_others_stands_out(acting, now):
    devices = [
        Device.objects.create(code=f"d{n}", name=f"صندوق {n}", registered_at=now) for n in range(2)
    ]
    for back in range(20):
        for device in devices:
            _at_device(device, 20 + back % 3, now - (back + 8) * DAY)
    _at_device(devices[0], 90, now - DAY)
    look_for_misuse(now=now)
    row = only(SuspicionRule.DEVICE_SALES)
    assert (row.device_id, row.count, row.customer_id) == (devices[0].id, 90, None)
    assert len(evidence_of(row)) == 50


def _at_device(device, count, at):
    [sold] = sales(ANNA, 1, at)
    TillTransaction.objects.bulk_create(
        TillTransaction(
            device=device,
            number=str(new_id()),
            verb=TillVerb.ACCRUE,
            state=TillState.DONE,
            said=b"x",
            purchase_id=sold.purchase_id,
            total_rial=1_000,
            happened_at=at,
            arrived_at=at,
        )
        for _n in range(count)
    )


def test_points_of_who_works_here_are_shown_by_mobile_and_by_shared_card(acting, now):
    user = get_user_model().objects.create_user("cashier@example.com", "x", mobile="+989127777777")
    add_member(business_id=acting.id, user=user, role="cashier", now=now)
    [own, *_rest] = sales("09127777777", 5, now - DAY)
    [kin, *_rest] = sales("09128888888", 6, now - DAY)
    sales("09129999999", 6, now - DAY)
    first, second = sorted([own.customer_id, kin.customer_id])
    MergeSuggestion.objects.create(
        first_id=first, second_id=second, because=[IdentityKind.CARD], raised_at=now, last_at=now
    )
    look_for_misuse(now=now)
    found = {row.customer_id: row.count for row in signs(SuspicionRule.STAFF_POINTS)}
    assert found == {own.customer_id: 5, kin.customer_id: 6}


def test_one_customer_always_at_one_of_several_sellers_stands_out(acting, now):
    for code in ("ali", "mina", "sara"):
        hire_employee(code=code, name=code, now=now)
    month = now - DAY
    for n, code in enumerate(("ali", "mina", "sara") * 10):
        sales(f"0912555{n:04}", 1, month, employee=code)
    [friend, *_rest] = sales(ANNA, 10, month, employee="ali")
    # As often, but with everybody.
    for code in ("ali", "mina", "sara") * 4:
        sales("09126666666", 1, month, employee=code)
    look_for_misuse(now=now)
    row = only(SuspicionRule.SAME_TILL)
    assert (row.customer_id, row.employee.code, row.count) == (friend.customer_id, "ali", 10)
    assert len(evidence_of(row)) == 10


def test_where_one_sells_most_nobody_stands_out_for_being_served_by_them(acting, now):
    hire_employee(code="ali", name="ali", now=now)
    hire_employee(code="mina", name="mina", now=now)
    sales(ANNA, 12, now - DAY, employee="ali")
    sales("09126666666", 3, now - DAY, employee="mina")
    look_for_misuse(now=now)
    assert signs(SuspicionRule.SAME_TILL) == []


def test_recommending_oneself_again_is_shown_once_is_not(acting, now):
    offer(now)
    [anna] = sales(ANNA, 1, now - 90 * DAY)
    code = referral_code_for(customer_id=anna.customer_id, now=now)
    for at in (now, now + DAY):
        tell_referral(code=code, friend_id=anna.customer_id, source=ReferralSource.API, now=at)
        look_for_misuse(now=at + DAY)
        shown = len(signs(SuspicionRule.SELF_REFERRAL))
    row = only(SuspicionRule.SELF_REFERRAL)
    assert (shown, row.count, row.customer_id) == (1, 2, anna.customer_id)
    assert {proof.customer_id for proof in evidence_of(row)} == {anna.customer_id}


def test_goods_that_come_back_after_their_points_are_spent_are_shown(acting, now):
    bought = sales(ANNA, 3, now - 3 * DAY, rial=10_000_000)
    sweep_business(now=now)
    whose = bought[0].customer_id
    left = Wallet.objects.get(id=whose).balance_points
    held = reserve_redemption(customer_id=whose, points=left, now=now - 2 * DAY)
    commit_redemption(redemption_id=held.id, now=now - 2 * DAY)
    for one in bought[:2]:
        record_return(purchase_id=one.purchase_id, external_id=str(new_id()), now=now - DAY)
    look_for_misuse(now=now)
    row = only(SuspicionRule.SPENT_RETURNED)
    assert (row.customer_id, row.count) == (whose, 2)
    shown = {proof.purchase_id for proof in evidence_of(row)}
    assert shown == {one.purchase_id for one in bought[:2]}


def test_goods_that_come_back_with_their_points_are_not(acting, now):
    for one in sales(ANNA, 3, now - 3 * DAY, rial=10_000_000):
        record_return(purchase_id=one.purchase_id, external_id=str(new_id()), now=now - DAY)
    look_for_misuse(now=now)
    assert signs() == []


def test_many_points_by_hand_of_one_person_are_shown(acting, now):
    asker = get_user_model().objects.create_user("manager@example.com", "x", name="مینا")
    [anna] = sales(ANNA, 1, now - DAY)
    for _time in range(15):
        ask_correction(
            customer_id=anna.customer_id, points=5, reason="جبران تأخیر", actor=asker, now=now
        )
    look_for_misuse(now=now)
    row = only(SuspicionRule.CORRECTIONS)
    assert (row.member_id, row.customer_id, row.count) == (asker.id, None, 15)
    assert {proof.note for proof in evidence_of(row)} == {"جبران تأخیر"}


def test_many_wrong_codes_are_shown_and_right_ones_are_not(acting, now):
    [anna] = sales(ANNA, 1, now - DAY)
    [sara] = sales("09126666666", 1, now - DAY)
    for who, tries, state in (
        (anna, 5, CodeState.TRIED_OUT),
        (anna, 4, CodeState.USED),
        *((sara, 1, CodeState.USED) for _n in range(12)),
    ):
        OneTimeCode.objects.create(
            customer_id=who.customer_id,
            mobile_hmac=b"m",
            purpose=CodePurpose.SPEND,
            code_hmac=b"c",
            state=state,
            tries=tries,
            sent_at=now - timedelta(hours=1),
            expires_at=now,
            finished_at=now,
        )
    look_for_misuse(now=now)
    row = only(SuspicionRule.WRONG_CODES)
    assert (row.customer_id, row.count) == (anna.customer_id, 8)
    assert len(evidence_of(row)) == 2


def test_a_strong_sign_calls_a_person_once_and_a_weak_one_nobody(acting, now):
    town(now)
    sales(ANNA, 14, now - DAY)
    sales("09126666666", 7, now - DAY)
    look_for_misuse(now=now)
    [alert] = alert_rows(kind=AlertKind.MISUSE, is_open=True)
    strong = Suspicion.objects.get(is_strong=True)
    assert (alert.source_id, strong.count) == (strong.id, 14)
    look_for_misuse(now=now + DAY)
    assert alert_rows(kind=AlertKind.MISUSE, is_open=True).get().times == 1


def test_the_night_is_looked_at_once_and_a_lost_one_is_made_up_for(acting, now):
    town(now)
    assert look_for_misuse(now=now) == 0
    sales(ANNA, 12, now - DAY)
    assert look_for_misuse(now=now + timedelta(hours=1)) is None
    due = SuspicionLook.objects.get().next_at
    assert business_day(due, acting.timezone) == business_day(now, acting.timezone) + DAY
    assert look_for_misuse(now=due + 10 * DAY) == 1
    assert look_for_misuse(now=due + 11 * DAY) == 0  # its day is too long ago by now
    assert only(SuspicionRule.CUSTOMER_SALES).count == 12


def test_two_workers_at_once_look_once(in_parallel, business, now):
    def look():
        with acting_for(business.id):
            return look_for_misuse(now=now)

    found = in_parallel(look, look, role="vafa_worker")
    assert sorted(found, key=str) == [0, None]


@pytest.fixture
def owner(db):
    return get_user_model().objects.create_user("boss@example.com", "x", name="مریم")


@pytest.fixture
def sign(acting, now):
    town(now)
    sales(ANNA, 14, now - DAY)
    look_for_misuse(now=now)
    return only(SuspicionRule.CUSTOMER_SALES)


def test_a_judged_sign_stays_judged_until_it_has_doubled(acting, sign, owner, now):
    judge_suspicion(
        suspicion_id=sign.id, verdict="dismissed", reason="تولدِ اداره", actor=owner, now=now
    )
    assert not alert_rows(kind=AlertKind.MISUSE, is_open=True)
    look_for_misuse(now=now + DAY)
    assert only(SuspicionRule.CUSTOMER_SALES).state == SuspicionState.DISMISSED
    sales(ANNA, 14, now - DAY + timedelta(hours=2))
    look_for_misuse(now=now + 2 * DAY)
    again = only(SuspicionRule.CUSTOMER_SALES)
    assert (again.state, again.count, again.id) == (SuspicionState.OPEN, 28, sign.id)
    [said] = SuspicionJudgement.objects.all()
    assert (said.reason, said.count, said.by_id) == ("تولدِ اداره", 14, owner.id)


def test_nothing_follows_from_a_sign_or_a_judgement(acting, sign, owner, now):
    """N15: points, wallet and customer are as they were."""
    before = list(LedgerEntry.objects.values_list("id", flat=True))
    wallet = Wallet.objects.values().get(id=sign.customer_id)
    judge_suspicion(suspicion_id=sign.id, verdict="seen", reason="گفت‌وگو", actor=owner, now=now)
    assert list(LedgerEntry.objects.values_list("id", flat=True)) == before
    assert Wallet.objects.values().get(id=sign.customer_id) == wallet
    assert adjust_points(
        customer_id=sign.customer_id, points=1, reason="آزمایش", actor=owner, now=now
    )


@pytest.mark.parametrize(
    ("verdict", "reason", "code"),
    [("seen", " ", "reason_missing"), ("guilty", "چون", "invalid_verdict")],
)
def test_a_judgement_has_a_reason_and_is_one_of_two(
    acting, sign, owner, now, verdict, reason, code
):
    with pytest.raises(Problem) as refused:
        judge_suspicion(suspicion_id=sign.id, verdict=verdict, reason=reason, actor=owner, now=now)
    assert refused.value.code == code
    assert not SuspicionJudgement.objects.exists()


def test_a_sign_that_is_not_there(acting, owner, now):
    with pytest.raises(NotFound):
        judge_suspicion(suspicion_id=new_id(), verdict="seen", reason="x", actor=owner, now=now)


def test_what_was_said_cannot_be_changed(acting, sign, owner, now):
    judge_suspicion(suspicion_id=sign.id, verdict="seen", reason="دیدم", actor=owner, now=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE loyalty_suspicionjudgement SET verdict = 'dismissed'")
