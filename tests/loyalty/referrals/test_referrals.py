"""Referral (C073, R27): both sides, after the friend's purchase may not be returned any more."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import translation

from businesses.queries import members_of
from core.errors import Problem
from core.ids import new_id
from customers.models import MergeSuggestion
from customers.operations import (
    CustomerHint,
    find_or_create,
    merge_customers,
    record_return,
    undo_merge,
)
from loyalty.enums import ReferralRefusal, ReferralSource, ReferralState
from loyalty.models import LedgerEntry, Referral, ReferralOffer, Wallet
from loyalty.operations import adjust_points
from loyalty.operations.referrals import referral_code_for, tell_referral
from loyalty.queries import businesses_with_due_work, explain, program
from loyalty.queries.invariants import broken
from loyalty.queries.referrals import TakenWith, taken_with
from tests.loyalty.conftest import FAR
from tests.loyalty.referrals.conftest import (
    ANNA,
    FRIEND,
    THIRD,
    WEEK,
    offer,
    only,
    points,
    tick,
)
from tests.loyalty.sentences import computed, moved


@pytest.fixture(autouse=True)
def sums_agree(acting, now):
    """Whatever a test does, every sum still agrees afterwards."""
    yield
    assert broken(now + FAR) == []


def given(customer_id):
    """Return what recommendations gave a customer, net of what they took back."""
    rows = LedgerEntry.objects.filter(customer=customer_id, data__has_key="referral")
    return sum(rows.values_list("points", flat=True))


def back(purchase_id, now, rial=None):
    record_return(purchase_id=purchase_id, external_id=str(new_id()), amount_rial=rial, now=now)


def refusal():
    row = Referral.objects.exclude(refusal="").get()
    return row.refusal


def test_both_are_rewarded_once_the_first_purchase_may_not_be_returned(buy, anna, code, now):
    friend = buy(FRIEND, code=code).customer_id
    tick(now + WEEK - timedelta(seconds=1))
    assert (given(anna), given(friend), only().state) == (0, 0, ReferralState.RUNNING)
    tick(now + WEEK)
    tick(now + 2 * WEEK)
    assert (given(anna), given(friend), only().state) == (50, 20, ReferralState.REWARDED)
    assert only().source == ReferralSource.TILL
    assert ReferralOffer.objects.get().used_rial == only().reserved_rial > 0


def test_the_code_may_be_typed_in_any_spelling(buy, anna, code):
    buy(FRIEND, code=f" {code.lower()} ")
    assert only().referrer_id == anna


def test_who_says_so_before_buying_counts_with_the_first_purchase(buy, anna, code, now):
    friend = find_or_create(customer=CustomerHint(mobile=FRIEND), source="api", now=now).customer_id
    for _time in range(2):
        tell_referral(code=code, friend_id=friend, source=ReferralSource.API, now=now)
    tick(now)
    assert only().state == ReferralState.WAITING
    buy(FRIEND, at=now + timedelta(days=3))
    tick(now + timedelta(days=4))
    assert only().state == ReferralState.RUNNING
    tick(now + timedelta(days=3) + WEEK)
    assert (given(anna), given(friend)) == (50, 20)


def test_who_never_buys_was_not_brought(buy, anna, code, now):
    friend = find_or_create(customer=CustomerHint(mobile=FRIEND), source="api", now=now).customer_id
    tell_referral(code=code, friend_id=friend, source=ReferralSource.API, now=now)
    tick(now + timedelta(days=91))
    assert refusal() == ReferralRefusal.NO_PURCHASE


@pytest.mark.parametrize("late", [False, True])
def test_a_return_takes_both_back_or_lets_nobody_have_them(buy, anna, code, now, late):
    """R27, N8: the friend's purchase comes back before or after the reward."""
    bought = buy(FRIEND, code=code)
    before = points(anna)
    if late:
        tick(now + WEEK)
        told = taken_with(bought.purchase_id, 600_000, 600_000)
        assert told == TakenWith(referrer_points=50, friend_points=20)
    back(bought.purchase_id, now + WEEK)
    assert taken_with(bought.purchase_id, 600_000, 600_000) is None
    tick(now + 2 * WEEK)
    assert (given(anna), points(anna), given(bought.customer_id)) == (0, before, 0)
    assert refusal() == ReferralRefusal.RETURNED
    assert only().state == (ReferralState.TAKEN_BACK if late else ReferralState.REFUSED)
    assert ReferralOffer.objects.get().used_rial == 0


def test_a_part_returned_counts_while_enough_remains(buy, anna, code, now):
    """R18: the smallest first purchase is judged anew on what remains."""
    bought = buy(FRIEND, 800_000, code=code)
    tick(now + WEEK)
    back(bought.purchase_id, now + WEEK, 300_000)
    assert given(anna) == 50
    assert taken_with(bought.purchase_id, 300_001, 800_000) is not None
    back(bought.purchase_id, now + WEEK, 1)
    assert (given(anna), given(bought.customer_id)) == (0, 0)


def test_points_that_were_spent_meanwhile_are_owed(buy, anna, code, now):
    """R20: own lot first, then others, then below zero."""
    bought = buy(FRIEND, code=code)
    tick(now + WEEK)
    all_of_it = Wallet.objects.get(id=anna).balance_points
    adjust_points(customer_id=anna, points=-all_of_it, reason="خرج شد", actor=None, now=now + WEEK)
    back(bought.purchase_id, now + WEEK)
    assert Wallet.objects.get(id=anna).balance_points == -50


def test_every_movement_says_why(buy, anna, code, now):
    bought = buy(FRIEND, code=code)
    tick(now + WEEK)
    back(bought.purchase_id, now + WEEK)
    rows = LedgerEntry.objects.filter(data__has_key="referral")
    with translation.override("fa"):
        said = {explain(row) for row in rows}
    assert len(rows) == len(said) == 4
    assert all("معرفی" in one for one in said)
    assert [computed(row) for row in rows] == [moved(row) for row in rows]


def test_nobody_brings_themselves(buy, anna, code):
    buy(ANNA, code=code)
    assert refusal() in {ReferralRefusal.SELF, ReferralRefusal.NOT_NEW}


def test_a_customer_already_is_no_friend_brought(buy, anna, code, now):
    buy(FRIEND, at=now - timedelta(days=30))
    buy(FRIEND, code=code)
    assert refusal() == ReferralRefusal.NOT_NEW


def test_history_that_came_later_is_seen_before_the_reward(buy, anna, code, now):
    bought = buy(FRIEND, code=code)
    buy(FRIEND, at=now - timedelta(days=400))
    tick(now + WEEK)
    assert (refusal(), given(anna)) == (ReferralRefusal.NOT_NEW, 0)
    assert given(bought.customer_id) == 0


def test_the_same_bank_card_is_one_household(buy, anna, code, now):
    card = "a" * 64
    buy(ANNA, card=card)
    buy(FRIEND, code=code, card=card)
    assert refusal() == ReferralRefusal.SAME_CARD


def test_a_card_seen_only_later_still_counts(buy, anna, code, now):
    card = "b" * 64
    buy(FRIEND, code=code)
    buy(FRIEND, card=card)
    buy(ANNA, card=card)
    assert MergeSuggestion.objects.exists()
    tick(now + WEEK)
    assert (refusal(), given(anna)) == (ReferralRefusal.SAME_CARD, 0)


def test_a_chain_of_one_persons_profiles_is_seen_by_its_card(buy, anna, code, now):
    card = "c" * 64
    buy(ANNA, card=card)
    second = buy(FRIEND, code=code).customer_id
    next_code = referral_code_for(customer_id=second, now=now)
    buy(THIRD, code=next_code, card=card)
    assert refusal() == ReferralRefusal.SAME_CARD


def test_a_circle_is_refused(buy, anna, now):
    people = [
        find_or_create(customer=CustomerHint(mobile=one), source="api", now=now).customer_id
        for one in (FRIEND, THIRD)
    ]
    codes = [referral_code_for(customer_id=one, now=now) for one in people]
    tell_referral(code=codes[0], friend_id=people[1], source=ReferralSource.API, now=now)
    tell_referral(code=codes[1], friend_id=people[0], source=ReferralSource.API, now=now)
    assert refusal() == ReferralRefusal.RING


def test_staff_bring_nobody(buy, anna, code, business, owner_client):
    owner = members_of(business.id)[0].user
    owner.mobile = "+989121111111"
    owner.save(update_fields=["mobile"])
    buy(FRIEND, code=code)
    assert refusal() == ReferralRefusal.STAFF


def test_too_small_a_purchase_brings_nothing(buy, anna, code):
    buy(FRIEND, 499_999, code=code)
    assert refusal() == ReferralRefusal.TOO_SMALL


def test_a_month_has_its_number_and_the_next_one_its_own(buy, anna, code, now):
    offer(now, most_per_month=1)
    buy(FRIEND, code=code)
    buy(THIRD, code=code)
    assert refusal() == ReferralRefusal.MONTH_FULL
    buy("09124444444", code=code, at=now + timedelta(days=32))
    states = Referral.objects.filter(state=ReferralState.RUNNING)
    assert states.count() == 2


def test_the_budget_is_reserved_when_the_friend_comes_and_freed_by_a_return(buy, anna, code, now):
    """R49: never exceeded; what returns take back can be given again."""
    unit = 70 * _unit()
    offer(now, budget_rial=unit)
    first = buy(FRIEND, code=code)
    buy(THIRD, code=code)
    assert refusal() == ReferralRefusal.BUDGET
    back(first.purchase_id, now)
    tick(now + WEEK)
    assert ReferralOffer.objects.get().used_rial == 0
    buy("09124444444", code=code)
    assert Referral.objects.filter(state=ReferralState.RUNNING).count() == 1


def _unit():
    current = program()
    assert current is not None
    return current.unit_value_rial


def test_friends_keep_what_was_promised_when_they_came(buy, anna, code, now):
    """R13."""
    friend = buy(FRIEND, code=code).customer_id
    offer(now, referrer_points=1, friend_points=1, is_open=False)
    tick(now + WEEK)
    assert (given(anna), given(friend)) == (50, 20)
    buy(THIRD, code=code)
    assert refusal() == ReferralRefusal.CLOSED


def test_a_code_nobody_has_is_refused_with_the_sale(buy, anna):
    outcome = buy(FRIEND, code="NOBODY22")
    assert outcome.error is not None
    assert outcome.error.code == "unknown_referral_code"


def test_without_any_offer_no_code_is_known(buy, acting, now):
    anna = buy(ANNA).customer_id
    outcome = buy(FRIEND, code=referral_code_for(customer_id=anna, now=now))
    assert outcome.error.code == "unknown_referral_code"


def test_a_friend_known_by_a_card_alone_has_to_say_who_they_are(buy, anna, code):
    outcome = buy(None, code=code, card="d" * 64)
    assert outcome.error.code == "friend_unknown"


def test_joining_friend_and_referrer_takes_both_back_and_parting_promises_it_again(
    buy, anna, code, now
):
    """R62."""
    friend = buy(FRIEND, code=code).customer_id
    tick(now + WEEK)
    before = points(anna), points(friend)
    merge = merge_customers(survivor_id=anna, merged_id=friend, now=now + WEEK)
    assert refusal() == ReferralRefusal.ONE_PERSON
    assert points(anna) == sum(before) - 70
    undo_merge(merge_id=merge.id, now=now + WEEK)
    tick(now + WEEK)
    assert (only().state, points(anna), points(friend)) == (ReferralState.REWARDED, *before)


def test_a_merged_referrer_is_rewarded_through_who_stays(buy, anna, code, now):
    """R62."""
    other = buy(THIRD, at=now - timedelta(days=60)).customer_id
    buy(FRIEND, code=code)
    merge = merge_customers(survivor_id=other, merged_id=anna, now=now)
    tick(now + WEEK)
    assert (given(other), only().referrer_id) == (50, other)
    undo_merge(merge_id=merge.id, now=now + WEEK)
    assert only().referrer_id == anna
    lot = only().referrer_lot
    assert lot is not None
    assert lot.customer_id == anna
    assert points(anna) >= 50


def test_two_profiles_that_were_both_brought_count_once(buy, anna, code, now):
    """R62: the earlier one stays."""
    other = buy(THIRD, at=now - timedelta(days=60)).customer_id
    one = buy(FRIEND, code=code).customer_id
    two = buy(
        "09124444444", code=referral_code_for(customer_id=other, now=now), at=now + timedelta(1)
    ).customer_id
    tick(now + 2 * WEEK)
    assert (given(anna), given(other)) == (50, 50)
    merge_customers(survivor_id=one, merged_id=two, now=now + 2 * WEEK)
    assert (given(anna), given(other)) == (50, 0)


def test_a_referral_needs_a_code_and_a_customer_of_ours(acting, anna, now):
    with pytest.raises(Problem) as caught:
        tell_referral(code="NOPE", friend_id=UUID(int=1), source=ReferralSource.API, now=now)
    assert caught.value.code == "unknown_referral_code"


def test_the_worker_finds_what_is_due(buy, anna, code, business, now, as_role):
    buy(FRIEND, code=code)
    with as_role("vafa_worker"):
        assert business.id in businesses_with_due_work(now + WEEK)
