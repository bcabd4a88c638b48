"""Leaving the club, and coming back (C047)."""

from datetime import timedelta
from functools import partial

import pytest

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Customer
from customers.operations import CardHint, CustomerHint, merge_customers, undo_merge
from loyalty.enums import EntryKind, ExitWay
from loyalty.models import (
    ClubExit,
    CustomerTier,
    LedgerEntry,
    Lot,
    PointsPosting,
    Program,
    RulePoints,
    Wallet,
)
from loyalty.operations import (
    TierPlan,
    adjust_points,
    commit_redemption,
    earn_instalment,
    release_redemption,
    reserve_redemption,
    sweep_business,
    update_program,
    update_tiers,
)
from loyalty.operations.books import post_entries
from loyalty.operations.leaving import leave_club, rejoin_club
from loyalty.queries import explain, wallet_view
from loyalty.queries.books import accounts_at
from loyalty.queries.invariants import broken
from loyalty.queries.leaving import BACK_WITHIN, leaving, left_club
from loyalty.queries.offers import preview
from loyalty.queries.receipts import receipt_facts
from loyalty.queries.standing import members_by_tier
from messaging.enums import ConsentSource, Purpose
from messaging.operations import record_consent
from messaging.queries import latest_answers
from outbox.models import Event
from tests.loyalty.conftest import FAR, balance, buyer
from tests.loyalty.rules.conftest import bonus, put
from tests.loyalty.sentences import computed, moved, sentence_of
from tests.loyalty.test_races import sell as sell_at

E164 = "+989121234567"


def leave(customer_id, now, way=ExitWay.OWN_PAGE):
    return leave_club(customer_id=customer_id, way=way, now=now)


def entries(kind):
    return list(LedgerEntry.objects.filter(kind=kind).order_by("at", "id"))


def test_spendable_and_pending_points_end_and_say_why(sell, now):
    spendable = sell(3_700_000)
    update_program(changes={"pending_days": 7}, actor=None, now=now)
    waiting = sell(1_200_000)
    customer = buyer(spendable)
    row = leave(customer, now)
    assert (row.points, row.pending_points, row.worth_rial) == (37, 12, 49 * unit())
    wallet = Wallet.objects.get()
    assert (wallet.balance_points, wallet.pending_points, wallet.left_at) == (0, 0, now)
    ended = {entry.lot_id: entry for entry in entries(EntryKind.LEFT)}
    assert (ended[spendable].points, ended[waiting].pending_points) == (-37, -12)
    for entry in ended.values():
        assert "ترک باشگاه" in sentence_of(entry)
        assert computed(entry) == moved(entry)
    assert {lot.state for lot in Lot.objects.all()} == {"expired"}


def raise_tier(now):
    plans = [TierPlan(name, rial) for name, rial in (("یک", 0), ("دو", 10**6), ("سه", 10**9))]
    update_tiers(plans=plans, actor=None, now=now)


def unit():
    return Program.objects.get().unit_value_rial


def test_what_ends_is_in_the_books_as_points_that_ended(sell, now, acting):
    customer = buyer(sell(3_700_000))
    post_entries(now=now)
    owed = -accounts_at(now.date())["owed_rial"]
    assert owed > 0
    leave(customer, now)
    post_entries(now=now)
    accounts = accounts_at(now.date())
    assert accounts["owed_rial"] == 0
    assert accounts["breakage_rial"] == -owed
    posting = PointsPosting.objects.get(kind=EntryKind.LEFT)
    assert (posting.points, posting.owed_rial) == (-37, owed)
    rejoin_club(customer_id=customer, now=now)
    post_entries(now=now)
    assert accounts_at(now.date())["owed_rial"] == -owed
    assert accounts_at(now.date())["breakage_rial"] == 0


def test_leaving_twice_is_leaving_once(sell, now):
    customer = buyer(sell(1_000_000))
    first = leave(customer, now)
    assert leave(customer, now + timedelta(hours=1)).id == first.id
    assert len(entries(EntryKind.LEFT)) == 1
    assert Event.objects.filter(name="club.left").count() == 1


def test_offers_are_withdrawn_and_stay_so_after_coming_back(sell, now):
    customer = buyer(sell(1_000_000))
    record_consent(
        address=E164,
        purpose=Purpose.MARKETING,
        granted=True,
        source=ConsentSource.TILL,
        now=now - timedelta(days=1),
    )
    leave(customer, now)
    assert latest_answers([E164], Purpose.MARKETING)[E164] is False
    rejoin_club(customer_id=customer, now=now + timedelta(hours=1))
    assert latest_answers([E164], Purpose.MARKETING)[E164] is False


def test_what_is_bought_out_of_the_club_earns_nothing_and_counts_for_no_tier(sell, now):
    customer = buyer(sell(1_000_000))
    before = Wallet.objects.get().qualifying_rial
    leave(customer, now)
    later = sell(5_000_000, at=now + timedelta(hours=1))
    lot = Lot.objects.get(id=later)
    assert (lot.earned_points, lot.base_rial, lot.state) == (0, 0, "consumed")
    assert Wallet.objects.get().qualifying_rial == before
    earned = LedgerEntry.objects.get(purchase=later, kind=EntryKind.EARN)
    assert earned.data == {"away": True}
    assert "بیرون از باشگاه" in sentence_of(earned)
    facts = receipt_facts([later], now + timedelta(hours=1))[later]
    assert facts.tier is None
    told = preview(total_rial=10**6, eligible_rial=10**6, customer_id=customer, now=now)
    assert told.earn_points == 0
    assert (
        earn_instalment(
            payment_id=new_id(), customer_id=customer, base_rial=10**6, number=1, now=now
        )
        == 0
    )


def test_others_earn_as_before_while_somebody_is_out(sell, now):
    leave(buyer(sell(1_000_000)), now)
    other = sell(2_000_000, customer=CustomerHint(mobile="09121110000"), at=now)
    assert Lot.objects.get(id=other).earned_points == 20
    stranger = sell(1_000_000, customer=None, at=now)
    assert Lot.objects.get(id=stranger).earned_points == 10


def test_rules_beside_the_rate_give_nothing_and_lose_no_budget(sell, now):
    customer = buyer(sell(1_000_000))
    put(bonus("fixed", 5, budget_rial=10 * unit()), now=now)
    leave(customer, now)
    later = sell(1_000_000, at=now)
    assert Lot.objects.get(id=later).earned_points == 0
    assert not RulePoints.objects.filter(purchase=later).exists()
    other = sell(1_000_000, customer=CustomerHint(mobile="09121110000"), at=now)
    assert Lot.objects.get(id=other).earned_points == 15


def test_a_hold_under_way_may_be_finished_or_ends(sell, now):
    customer = buyer(sell(3_000_000))
    spent = reserve_redemption(customer_id=customer, points=10, now=now)
    dropped = reserve_redemption(customer_id=customer, points=7, now=now)
    row = leave(customer, now)
    assert row.points == 13
    commit_redemption(redemption_id=spent.id, now=now)
    release_redemption(redemption_id=dropped.id, now=now)
    assert balance() == 0
    assert sum(entry.points for entry in entries(EntryKind.LEFT)) == -20
    with pytest.raises(Problem) as refused:
        reserve_redemption(customer_id=customer, points=1, now=now)
    assert refused.value.code == "insufficient_points"
    assert rejoin_club(customer_id=customer, now=now) == 20


@pytest.mark.parametrize("parts", [[3_700_002], [1_233_334] * 3, [1, 3_700_001]])
def test_goods_that_come_back_after_leaving_take_nothing_twice(sell, take_return, now, parts):
    purchase_id = sell(3_700_002)
    other = sell(1_000_000)
    customer = buyer(purchase_id)
    leave(customer, now)
    for part in parts:
        take_return(purchase_id, part, at=now + timedelta(days=1))
    assert balance() == 0
    assert Lot.objects.get(id=purchase_id).reversed_points == 37
    assert rejoin_club(customer_id=customer, now=now + timedelta(days=2)) == 10
    assert Lot.objects.get(id=other).remaining_points == 10


def test_points_a_return_gives_back_after_leaving_end_too(sell, take_return, now):
    customer = buyer(sell(3_000_000))
    hold = reserve_redemption(customer_id=customer, points=20, now=now)
    paid = sell(2_000_000, by_points=20 * unit())
    commit_redemption(redemption_id=hold.id, purchase_id=paid, now=now)
    leave(customer, now)
    take_return(paid, at=now)
    assert balance() == 0
    assert wallet_view(customer, now).balance_points == 0
    assert rejoin_club(customer_id=customer, now=now) == 30


def test_a_balance_below_zero_stays_and_is_settled_after_coming_back(sell, take_return, now):
    purchase_id = sell(3_000_000)
    customer = buyer(purchase_id)
    hold = reserve_redemption(customer_id=customer, points=30, now=now)
    commit_redemption(redemption_id=hold.id, now=now)
    take_return(purchase_id)
    assert balance() == -30
    told = leaving(customer, now)
    assert (told.ends_points, told.owed_points) == (0, 30)
    leave(customer, now)
    sell(5_000_000, at=now)
    assert balance() == -30
    rejoin_club(customer_id=customer, now=now)
    sell(5_000_000, at=now)
    assert balance() == 20


def test_within_thirty_days_everything_is_as_it_was(sell, now):
    """The policy: lots with their own dates, the tier and its window."""
    raise_tier(now)
    update_program(changes={"pending_days": 20}, actor=None, now=now)
    waiting = sell(3_700_000)
    customer = buyer(waiting)
    ends = Lot.objects.get(id=waiting).expires_at
    leave(customer, now)
    assert members_by_tier().get(CustomerTier.objects.get().tier_id, 0) == 0
    before = now + BACK_WITHIN - timedelta(seconds=1)
    told = left_club(customer, before)
    assert told is not None
    assert (told.points, told.back_until) == (37, now + BACK_WITHIN)
    assert rejoin_club(customer_id=customer, now=now + timedelta(days=1)) == 37
    wallet, lot = Wallet.objects.get(), Lot.objects.get(id=waiting)
    assert (wallet.balance_points, wallet.pending_points, wallet.left_at) == (0, 37, None)
    assert (lot.state, lot.expires_at) == ("pending", ends)
    assert CustomerTier.objects.count() == 1
    [entry] = entries(EntryKind.REJOIN)
    assert computed(entry) == moved(entry) == 37
    assert "بازگشت" in sentence_of(entry)
    assert ClubExit.objects.get().restored_points == 37


def test_after_thirty_days_all_begins_anew(sell, now):
    raise_tier(now)
    customer = buyer(sell(3_700_000))
    leave(customer, now)
    late = now + BACK_WITHIN
    told = left_club(customer, late)
    assert told is not None
    assert told.back_until is None
    assert rejoin_club(customer_id=customer, now=late) == 0
    assert balance() == 0
    assert not CustomerTier.objects.exists()
    assert Wallet.objects.get().qualifying_rial == 0
    assert Lot.objects.get(id=sell(1_000_000, at=late)).earned_points == 10


def test_a_lot_whose_own_date_passed_meanwhile_does_not_come_back(sell, now):
    update_program(changes={"expiry_months": 1, "expiry_ends": "day"}, actor=None, now=now)
    customer = buyer(sell(1_000_000))
    ends = Lot.objects.get().expires_at
    assert ends is not None
    leave(customer, ends - timedelta(days=2))
    assert rejoin_club(customer_id=customer, now=ends) == 0
    assert balance() == 0


def test_leaving_again_after_coming_back_counts_each_time_for_itself(sell, now):
    customer = buyer(sell(2_000_000))
    for day in range(3):
        leave(customer, now + timedelta(days=2 * day))
        assert rejoin_club(customer_id=customer, now=now + timedelta(days=2 * day + 1)) == 20
    assert balance() == 20
    assert ClubExit.objects.count() == 3


def test_coming_back_who_never_left_changes_nothing(sell, now):
    customer = buyer(sell(2_000_000))
    assert rejoin_club(customer_id=customer, now=now) == 0
    assert balance() == 20


def test_points_are_not_given_by_hand_to_somebody_who_is_out(sell, now):
    customer = buyer(sell(2_000_000))
    leave(customer, now)
    with pytest.raises(Problem) as refused:
        adjust_points(customer_id=customer, points=5, reason="هدیه", actor=None, now=now)
    assert refused.value.code == "left_club"


def test_a_profile_nobody_claimed_cannot_leave(sell, now):
    sell(1_000_000, customer=CustomerHint(card=CardHint(hash="c" * 40)))
    stranger = Customer.objects.get(status="provisional")
    with pytest.raises(Problem) as refused:
        leave(stranger.id, now)
    assert refused.value.code == "customer_not_known"
    with pytest.raises(NotFound):
        leave(new_id(), now)


def test_time_does_nothing_to_whoever_is_out(sell, now):
    customer = buyer(sell(2_000_000))
    leave(customer, now)
    long_after = now + timedelta(days=800)
    while sweep_business(now=long_after):
        pass
    assert rejoin_club(customer_id=customer, now=long_after) == 0


def test_joining_a_profile_that_stayed_brings_the_person_back(sell, now):
    gone = buyer(sell(1_000_000))
    stayed = buyer(sell(2_000_000, customer=CustomerHint(mobile="09121110000")))
    leave(gone, now)
    merge = merge_customers(survivor_id=gone, merged_id=stayed, reason="یکی", actor=None, now=now)
    wallet = Wallet.objects.get(id=gone)
    assert (wallet.left_at, wallet.balance_points) == (None, 20)
    assert broken(now + FAR) == []
    undo_merge(merge_id=merge.id, now=now)
    assert Wallet.objects.get(id=stayed).balance_points == 20
    assert broken(now + FAR) == []


def test_a_profile_that_left_stays_out_when_taken_apart_again(sell, now):
    stayed = buyer(sell(1_000_000))
    other = CustomerHint(mobile="09121110000")
    gone = buyer(sell(2_000_000, customer=other))
    leave(gone, now)
    merge = merge_customers(survivor_id=stayed, merged_id=gone, reason="یکی", actor=None, now=now)
    assert Wallet.objects.get(id=stayed).balance_points == 10
    sell(3_000_000, customer=other, at=now)
    undo_merge(merge_id=merge.id, now=now)
    assert Wallet.objects.get(id=gone).left_at == now
    assert broken(now + FAR) == []


def test_a_sale_in_the_moment_of_leaving_leaves_no_points_behind(in_parallel, business, now):
    customer = sell_at(business.id, now, 1_000_000).customer_id

    def go():
        with acting_for(business.id):
            return leave(customer, now)

    in_parallel(*[partial(sell_at, business.id, now, 1_000_000)] * 6, go)
    with acting_for(business.id):
        assert Wallet.objects.get().balance_points == 0
        assert broken(now + FAR) == []
        assert explain(LedgerEntry.objects.filter(kind="left")[0])
