"""Topping a gift card up, and taking a top-up back (capability C031)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.tenancy import acting_for
from customers.operations import record_return
from loyalty.models import GiftCard, GiftCardEntry, GiftCardTopUp, Lot
from loyalty.operations import sweep_business
from loyalty.operations.gift_cards import (
    NewTopUp,
    reserve_gift_card,
    resume_gift_card,
    stop_gift_card,
    take_back_issue,
    take_back_top_up,
    top_up_gift_card,
)
from loyalty.queries.gift_cards import card_figures, issue_totals
from tests.loyalty.gift_cards.conftest import LAST_DAY, issue_cards, left_on, moved, refused

HOUR = timedelta(hours=1)


def put(code, now, rial=400_000, number="t1", paid_by="cash"):
    new = NewTopUp(code=code, external_id=number, amount_rial=rial, paid_by=paid_by)
    return top_up_gift_card(new=new, by="test", now=now)


def test_money_put_on_a_card_is_owed_and_spent_like_its_price(issue, pay, now):
    """C031: no sale and no points until it is spent; then both."""
    issued = issue()
    done = put(issued.codes[0], now, 400_000)
    assert (left_on(issued), done.card.balance_rial) == (1_400_000, 1_400_000)
    assert (moved("gift_cards"), moved("till"), moved("sales")) == (-1_400_000, 1_400_000, 0)
    assert card_figures(now, now).owed_rial == 1_400_000
    assert not Lot.objects.exists()
    sold = pay(1_400_000, issued.codes[0])
    assert Lot.objects.get(id=sold.purchase_id).base_rial == 1_400_000
    assert (moved("gift_cards"), moved("sales")) == (0, -1_400_000)
    told = issue_totals([issued.issue_id], now)[issued.issue_id]
    assert (told.loaded_rial, told.spent_rial, told.topped_up_rial) == (1_400_000,) * 2 + (400_000,)


def test_an_empty_card_is_filled_again_and_a_return_comes_home_to_it(issue, pay, now):
    """C031, R24."""
    issued = issue()
    first = pay(1_000_000, issued.codes[0])
    put(issued.codes[0], now, 250_000)
    record_return(purchase_id=first.purchase_id, external_id="r", amount_rial=300_000, now=now)
    assert left_on(issued) == 550_000


def test_the_same_number_again_puts_nothing_more_on(issue, now):
    """C031: repeated at any later time, even when the card could not be topped up any more."""
    issued = issue()
    first = put(issued.codes[0], now)
    stop_gift_card(card_id=issued.card_ids[0], reason="گم شد", actor=None, now=now)
    again = put(issued.codes[0], now + HOUR)
    assert (again.id, again.card.balance_rial) == (first.id, 1_400_000)
    assert GiftCardEntry.objects.filter(kind="top_up").count() == 1


@pytest.mark.parametrize("other", [{"rial": 400_001}, {"paid_by": "pos"}])
def test_the_same_number_with_something_else_is_a_conflict(issue, now, other):
    """C031."""
    issued = issue()
    put(issued.codes[0], now)
    assert refused(put, code=issued.codes[0], now=now, **other) == "top_up_differs"


def test_the_same_number_for_another_card_is_a_conflict(issue, now):
    """C031."""
    issued = issue(count=2)
    put(issued.codes[0], now)
    assert refused(put, code=issued.codes[1], now=now) == "top_up_differs"
    assert left_on(issued, 1) == 1_000_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"rial": 9_999},
        {"number": " "},
        {"number": "x" * 101},
        {"paid_by": "link"},
        {"paid_by": "nothing"},
        {"paid_by": "gold"},
    ],
)
def test_what_makes_no_sense_is_refused(issue, now, wrong):
    """C031."""
    [code] = issue().codes
    assert refused(put, code=code, now=now, **wrong) == "invalid_top_up"


def test_the_least_is_a_thousand_toman(issue, now):
    """C031."""
    issued = issue()
    put(issued.codes[0], now, 10_000)
    assert left_on(issued) == 1_010_000


def test_a_card_holds_no_more_than_a_new_one_may(issue, now):
    """C031: what a card holds and what is put on it stay below the most for one card."""
    most = 10**11
    issued = issue(most - 20_000)
    assert refused(put, code=issued.codes[0], now=now, rial=20_001) == "gift_card_too_full"
    put(issued.codes[0], now, 20_000)
    assert left_on(issued) == most


def test_gifts_of_the_business_and_dead_cards_take_no_money(issue, now):
    """C031: somebody's money goes only where it is owed."""
    [gift] = issue(500_000, paid_by="nothing", last_day=LAST_DAY).codes
    assert refused(put, code=gift, now=now) == "gift_card_not_sold"
    stopped = issue()
    stop_gift_card(card_id=stopped.card_ids[0], reason="گم شد", actor=None, now=now)
    assert refused(put, code=stopped.codes[0], now=now) == "gift_card_not_active"
    [ends] = issue(last_day=LAST_DAY).codes
    end = GiftCard.objects.get(issue__expires_at__isnull=False, issue__kind="sold").expires_at
    assert end is not None
    assert refused(put, code=ends, now=end) == "gift_card_expired"
    put(ends, end - timedelta(microseconds=1))
    sweep_business(now=end)
    assert moved("breakage") == -1_400_000


# --- taken back -----------------------------------------------------------------------------------


def test_a_top_up_goes_back_over_the_counter_once(issue, now):
    """C031."""
    issued = issue()
    done = put(issued.codes[0], now)
    for _twice in range(2):
        back = take_back_top_up(top_up_id=done.id, actor=None, now=now + HOUR)
        assert back.taken_back_at == now + HOUR
    assert left_on(issued) == 1_000_000
    assert (moved("gift_cards"), moved("till")) == (-1_000_000, 1_000_000)
    again = put(issued.codes[0], now + HOUR)
    assert (again.id, left_on(issued)) == (done.id, 1_000_000)


def test_what_is_spent_or_held_cannot_go_back(issue, pay, now):
    """C031, R41: whole or not at all; a hold that ran out stands in nobody's way."""
    issued = issue()
    done = put(issued.codes[0], now, 400_000)
    pay(900_000, issued.codes[0])
    reserve_gift_card(code=issued.codes[0], most_rial=100_001, exact=True, now=now)
    back = {"top_up_id": done.id, "actor": None}
    assert refused(take_back_top_up, **back, now=now) == "insufficient_gift_card"
    assert left_on(issued) == 399_999
    take_back_top_up(**back, now=now + HOUR)
    assert left_on(issued) == 100_000


def test_a_stopped_card_gives_a_top_up_back_and_one_past_its_date_does_not(issue, now):
    """C031: what nobody used in time is income, whether or not the sweeper ran."""
    issued = issue(last_day=LAST_DAY)
    [card_id] = issued.card_ids
    first, second = (put(issued.codes[0], now, number=one) for one in "ab")
    stop_gift_card(card_id=card_id, reason="اشتباه", actor=None, now=now)
    take_back_top_up(top_up_id=first.id, actor=None, now=now)
    end = GiftCard.objects.get().expires_at
    for state in ("stopped", "active"):
        code = refused(take_back_top_up, top_up_id=second.id, actor=None, now=end)
        assert code == {"stopped": "gift_card_not_active", "active": "gift_card_expired"}[state]
        if state == "stopped":
            resume_gift_card(card_id=card_id, actor=None, now=now)
    assert left_on(issued) == 1_400_000


def test_topped_up_cards_are_taken_back_after_their_top_ups(issue, pay, now):
    """C031: spent and filled again to the rial it was sold for, a card is not unused."""
    issued = issue()
    pay(300_000, issued.codes[0])
    done = put(issued.codes[0], now, 300_000)
    take = {"issue_id": issued.issue_id, "actor": None, "now": now}
    assert left_on(issued) == 1_000_000
    assert refused(take_back_issue, **take) == "gift_cards_topped_up"
    take_back_top_up(top_up_id=done.id, actor=None, now=now)
    assert refused(take_back_issue, **take) == "gift_cards_used"
    unused = issue()
    other = put(unused.codes[0], now, number="t2")
    take_back_top_up(top_up_id=other.id, actor=None, now=now)
    take_back_issue(issue_id=unused.issue_id, actor=None, now=now)
    assert left_on(unused) == 0


# --- what the database keeps ----------------------------------------------------------------------


def test_the_database_refuses_a_top_up_twice_or_of_nothing(issue, now):
    """C031."""
    issued = issue()
    done = put(issued.codes[0], now)
    card_id = issued.card_ids[0]
    wrong = [
        {"kind": "top_up", "top_up": done, "amount_rial": 1},
        {"kind": "top_up", "amount_rial": 1},
        {"kind": "refund", "top_up": done, "amount_rial": 1},
        {"kind": "top_up", "top_up": done, "amount_rial": -1},
    ]
    for one in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            GiftCardEntry.objects.create(card_id=card_id, at=now, **one)
    for bad in ({"amount_rial": 0}, {"paid_by": "link"}, {"external_id": "t1"}):
        row = {"card_id": card_id, "external_id": "n", "amount_rial": 5, "paid_by": "cash"} | bad
        with pytest.raises(IntegrityError), transaction.atomic():
            GiftCardTopUp.objects.create(at=now, by="test", **row)


def test_the_code_is_nothing_in_another_business(business, other_business, now):
    """C031: the fifth wall."""
    with acting_for(business.id):
        [code] = issue_cards(now).codes
        done = put(code, now)
    with acting_for(other_business.id):
        assert refused(put, code=code, now=now, number="t9") == "not_found"
        assert refused(take_back_top_up, top_up_id=done.id, actor=None, now=now) == "not_found"
