"""N1: a customer says that a purchase is not theirs, and a person decides."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core.errors import NotFound
from core.ids import new_id
from customers.models import (
    Customer,
    CustomerIdentity,
    Purchase,
    PurchaseDispute,
)
from customers.operations import (
    CardHint,
    CustomerHint,
    ask_erasure,
    confirm_erasure,
    merge_customers,
    undo_merge,
)
from customers.queries import invariants as customers_hold
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations import commit_redemption, reserve_redemption
from loyalty.operations.disputes import dispute_purchase
from payments.models import Alert
from tests.loyalty.conftest import FAR, MOBILE, buyer
from tests.loyalty.disputed import (
    BY_CARD,
    SARA,
    card_sale,
    code_of,
    decide,
    say,
    totals,
    whole,
)
from tests.loyalty.sentences import sentence_of

pytestmark = pytest.mark.django_db


def test_n1_saying_it_changes_nothing_and_calls_a_person(sell, now):
    bought = sell(3_000_000)
    before = Wallet.objects.get().balance_points, Purchase.objects.values().get()
    told = say(bought, now)
    assert (Wallet.objects.get().balance_points, Purchase.objects.values().get()) == before
    row = PurchaseDispute.objects.get()
    assert (row.id, row.state, row.matched_by) == (told, "open", "new")
    alert = Alert.objects.get(kind="dispute")
    assert (alert.source_id, alert.resolved_at) == (told, None)


def test_n1_once_by_its_customer_and_while_something_of_it_is_left(sell, take_return, now):
    bought, back = sell(3_000_000), sell(1_000_000)
    other = buyer(sell(1_000_000, customer=CustomerHint(mobile="09351112233")))
    facts = {"purchase_id": bought, "words": "", "now": now}
    with pytest.raises(NotFound):
        dispute_purchase(customer_id=other, **facts)
    with pytest.raises(NotFound):
        dispute_purchase(customer_id=other, **{**facts, "purchase_id": new_id()})
    assert code_of(say, bought, now, words="آ" * 1_001) == "invalid_reason"
    told = say(bought, now)
    assert code_of(say, bought, now) == "already_disputed"
    decide(told, now, is_theirs=True)
    assert code_of(say, bought, now) == "already_disputed"
    take_return(back)
    assert code_of(say, back, now) == "purchase_returned"


def test_n1_not_theirs_takes_purchase_points_and_card_at_once(acting, now):
    """What is left is what the other purchases alone would have come to."""
    whose, _first = card_sale(now, SARA)
    card_sale(now, SARA)
    was = Wallet.objects.get(id=whose)
    assert card_sale(now, BY_CARD, 5_000_000)[0] == whose
    taken = Purchase.objects.get(total_rial=5_000_000)
    assert taken.matched_by == "card"
    told = say(taken.id, now)
    decide(told, now)
    taken.refresh_from_db()
    assert (taken.customer_id, taken.matched_by) == (None, "")
    wallet = Wallet.objects.get(id=whose)
    assert (wallet.balance_points, wallet.pending_points) == (
        was.balance_points,
        was.pending_points,
    )
    assert wallet.qualifying_rial == was.qualifying_rial
    assert totals(whose) == (2, 4_000_000)
    assert not CustomerIdentity.objects.filter(kind="card").exists()
    assert Lot.objects.get(id=taken.id).remaining_points == 0
    entry = LedgerEntry.objects.get(kind="clawback")
    assert "از کس دیگری بود" in sentence_of(entry)
    assert "مرجوعی" not in sentence_of(entry)
    row = PurchaseDispute.objects.get()
    assert (row.state, row.matched_by, row.customer_id) == ("not_theirs", "card", whose)
    assert Alert.objects.get(kind="dispute").resolved_at is not None
    assert whole(now) == []


def test_n1_a_mistyped_mobile_takes_no_card_away(acting, now):
    whose, _first = card_sale(now, SARA)
    bought = card_sale(now, SARA)[1]
    decide(say(bought, now), now)
    assert CustomerIdentity.objects.filter(kind="card", customer_id=whose).exists()
    assert totals(whose) == (1, 2_000_000)


def test_n1_of_several_cards_that_fit_none_is_taken(acting, now):
    """A sale keeps four digits of a card: a person takes the right one away."""
    twin = CustomerHint(mobile=MOBILE, card=CardHint(masked_pan="627353******1234", hash="b" * 40))
    for who in (SARA, SARA, twin, twin):
        whose, _bought = card_sale(now, who)
    bought = card_sale(now, BY_CARD)[1]
    decide(say(bought, now), now)
    assert CustomerIdentity.objects.filter(kind="card", customer_id=whose).count() == 2


def test_n1_theirs_needs_a_reason_and_leaves_all_as_it_is(sell, now):
    bought = sell(3_000_000)
    before = LedgerEntry.objects.count(), Purchase.objects.values().get()
    told = say(bought, now)
    assert code_of(decide, told, now, is_theirs=True, answer="  ") == "invalid_reason"
    decide(told, now, is_theirs=True, answer="امضای شما هست")
    assert (LedgerEntry.objects.count(), Purchase.objects.values().get()) == before
    assert PurchaseDispute.objects.get().answer == "امضای شما هست"
    assert Alert.objects.get(kind="dispute").resolved_at is not None


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_n1_what_is_decided_stays_decided(sell, now, first, second):
    told = say(sell(3_000_000), now)
    decide(told, now, is_theirs=first)
    kept = PurchaseDispute.objects.values().get()
    assert code_of(decide, told, now, is_theirs=second) == "dispute_decided"
    assert PurchaseDispute.objects.values().get() == kept
    with pytest.raises(NotFound):
        decide(new_id(), now)


def test_n1_the_database_keeps_one_open_and_every_answer(sell, now):
    row = PurchaseDispute.objects.get(id=say(sell(3_000_000), now))
    twin = {"customer_id": row.customer_id, "purchase_id": row.purchase_id, "opened_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        PurchaseDispute.objects.create(**twin)
    for wrong in ({"state": "theirs", "decided_at": now}, {"state": "not_theirs"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PurchaseDispute.objects.update(**wrong)


def test_n1_returns_before_and_after_take_no_point_twice(sell, take_return, now):
    bought = sell(4_000_000)
    keeps = sell(1_000_000)
    take_return(bought, 1_000_000)
    decide(say(bought, now), now)
    balance = Wallet.objects.get().balance_points
    assert balance == Lot.objects.get(id=keeps).earned_points
    take_return(bought, 1_000_000)
    take_return(bought)
    assert Wallet.objects.get().balance_points == balance
    assert customers_hold.broken(now) == []


def test_n1_spent_points_are_owed_and_those_spent_on_it_come_back(sell, now):
    own, bought = sell(3_000_000), sell(2_000_000)
    wallet = Wallet.objects.get()
    held = reserve_redemption(customer_id=wallet.id, points=20, now=now)
    paid = sell(1_000_000)
    commit_redemption(redemption_id=held.id, purchase_id=paid, now=now)
    decide(say(bought, now), now)
    earned = {lot.id: lot.earned_points for lot in Lot.objects.filter(id__in=[own, paid])}
    wallet.refresh_from_db()
    assert wallet.balance_points == sum(earned.values()) - 20
    decide(say(paid, now), now)
    wallet.refresh_from_db()
    assert wallet.balance_points == earned[own]
    later = reserve_redemption(customer_id=wallet.id, points=wallet.balance_points, now=now)
    commit_redemption(redemption_id=later.id, now=now)
    decide(say(own, now), now)
    wallet.refresh_from_db()
    assert wallet.balance_points == -earned[own]
    assert totals(wallet.id) == (0, 0)
    assert customers_hold.broken(now) == []


def test_n1_what_was_paid_in_their_name_is_not_let_go(acting, now):
    whose, _first = card_sale(now, SARA)
    bought = card_sale(now, SARA, method="credit")[1]
    told = say(bought, now)
    assert code_of(decide, told, now) == "purchase_by_name"
    assert PurchaseDispute.objects.get().state == "open"
    assert Purchase.objects.get(id=bought).customer_id == whose
    decide(told, now, is_theirs=True)


def test_n1_it_follows_a_merge_and_takes_nothing_from_who_has_it_since(sell, now):
    goes, stays = sell(2_000_000), sell(1_000_000, customer=CustomerHint(mobile="09351112233"))
    one, other = buyer(goes), buyer(stays)
    first = say(goes, now)
    merge = merge_customers(survivor_id=other, merged_id=one, now=now)
    assert PurchaseDispute.objects.get(id=first).customer_id == other
    assert code_of(say, goes, now) == "already_disputed"
    undo_merge(merge_id=merge.id, now=now + timedelta(days=1))
    assert PurchaseDispute.objects.get(id=first).customer_id == one
    again = merge_customers(survivor_id=other, merged_id=one, now=now + timedelta(days=1))
    decide(first, now + timedelta(days=2))
    assert Purchase.objects.get(id=goes).customer_id is None
    undo_merge(merge_id=again.id, now=now + timedelta(days=3))
    assert Purchase.objects.get(id=goes).customer_id is None
    assert (totals(one), totals(other)) == ((0, 0), (1, 1_000_000))
    assert customers_hold.broken(now + FAR) == []


def test_n1_a_purchase_of_somebody_else_by_now_stays_theirs(sell, now):
    goes, stays = sell(2_000_000), sell(1_000_000, customer=CustomerHint(mobile="09351112233"))
    one, other = buyer(goes), buyer(stays)
    merge = merge_customers(survivor_id=other, merged_id=one, now=now)
    told = say(goes, now)
    undo_merge(merge_id=merge.id, now=now + timedelta(days=1))
    points = Wallet.objects.get(id=one).balance_points
    decide(told, now + timedelta(days=2))
    assert Purchase.objects.get(id=goes).customer_id == one
    assert Wallet.objects.get(id=one).balance_points == points


def test_n1_erasing_them_ends_it(sell, now):
    say(sell(3_000_000), now)
    whose = Customer.objects.get()
    asked = ask_erasure(customer_id=whose.id, reason="asked", now=now)
    confirm_erasure(erasure_id=asked.id, member_code=whose.member_code, now=now)
    assert not PurchaseDispute.objects.exists()
    assert Alert.objects.get(kind="dispute").resolved_at is not None
