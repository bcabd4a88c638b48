"""Store credit: filled for a reason, spent once, back where it came from (issue 4 §2, ADR 70)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.calendar import TEHRAN, jalali
from core.ids import new_id
from customers.models import Customer
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    ask_erasure,
    confirm_erasure,
    merge_customers,
    record_purchases,
    record_return,
    undo_merge,
)
from loyalty.enums import ExitWay
from loyalty.models import GiftCard, GiftCardEntry, Lot, StoreCredit
from loyalty.operations import sweep_business
from loyalty.operations.credit import (
    credit_return,
    hold_store_credit,
    take_credit_back,
)
from loyalty.operations.gift_cards import release_gift_card
from loyalty.operations.goodwill import Giver, What, give_goodwill, take_goodwill_back
from loyalty.operations.leaving import leave_club
from loyalty.queries.credit import credit_history, credit_of
from loyalty.queries.credit_owed import credit_bridge
from loyalty.queries.gift_cards import card_figures, issue_rows
from tests.conftest import _owner_of
from tests.loyalty.credit.conftest import (
    filled,
    has,
    known,
    refused,
    sale_by_credit,
    switch_on,
)
from tests.loyalty.gift_cards.conftest import moved
from tests.loyalty.goodwill.conftest import allow

DAY = timedelta(days=1)


def back(outcome, rial, now):
    record_return(
        purchase_id=outcome.purchase_id, external_id=str(new_id()), amount_rial=rial, now=now
    )


def credited(sold: Any, now: datetime, **more: Any) -> StoreCredit:
    """Return what a return of a sale filled."""
    asked: dict[str, Any] = {"external_id": "1", "by": "t", "now": now} | more
    _back, row = credit_return(purchase_id=sold.purchase_id, **asked)
    assert row is not None
    return row


def bought(now, total=1_000_000, **more):
    new = NewPurchase(
        external_id=str(new_id()),
        channel="till",
        customer=CustomerHint(mobile="09121234567"),
        tenders=(NewTender(method="cash", amount_rial=total),),
        **more,
    )
    [outcome] = record_purchases(purchases=[new], source="till", now=now)
    return outcome


# --- filling --------------------------------------------------------------------------------------


def test_nothing_is_filled_before_the_owner_switches_it_on(acting, now):
    assert refused(filled, known(now), now) == "store_credit_off"


def test_what_is_paid_in_is_owed_and_no_sale(sara, now):
    """Complaint 4.10: it stands in the books under an account of its own."""
    filled(sara, now)
    assert has(sara, now) == 500_000
    assert (moved("store_credit"), moved("till"), moved("sales")) == (-500_000, 500_000, 0)
    assert not Lot.objects.exists()


def test_a_number_fills_once_and_other_content_is_refused(sara, now):
    """Rule R42."""
    one = filled(sara, now, external_id="7")
    assert filled(sara, now, external_id="7").id == one.id
    assert has(sara, now) == 500_000
    assert refused(filled, sara, now, 400_000, external_id="7") == "store_credit_differs"


def test_a_gift_is_owed_to_nobody_and_always_ends(sara, now):
    row = filled(sara, now, paid_by="nothing")
    assert moved("store_credit") == 0
    assert (credit_of(sara, now).owed_rial, credit_of(sara, now).given_rial) == (0, 500_000)
    assert row.card.expires_at is not None


def test_the_cap_of_one_customer_holds(sara, now):
    switch_on(now, most_rial=700_000)
    filled(sara, now)
    assert refused(filled, sara, now) == "store_credit_full"
    filled(sara, now, 200_000)
    assert has(sara, now) == 700_000


def test_it_ends_with_the_last_day_of_its_jalali_months(sara, now):
    """Rules R11, R12, R36: past its end it is none, job or not; the job writes what was said."""
    switch_on(now, months=6)
    row = filled(sara, now)
    end = row.card.expires_at
    assert end is not None
    last, began = jalali((end - DAY / 2).date()), jalali(now.date())
    assert (last.month - began.month) % 12 == 6
    assert (has(sara, end - DAY), has(sara, end)) == (500_000, 0)
    assert refused(hold_store_credit, customer_id=sara, most_rial=1, exact=True, now=end) == (
        "insufficient_store_credit"
    )
    sweep_business(now=end)
    assert GiftCard.objects.get().balance_rial == 0
    assert (moved("store_credit"), moved("breakage")) == (0, -500_000)


def test_other_terms_change_nothing_filled_before(sara, now):
    """Rule R13."""
    filled(sara, now)
    switch_on(now, months=1, most_rial=1)
    assert has(sara, now + timedelta(days=900)) == 500_000


def test_nobody_can_know_a_code_of_it(sara, now):
    filled(sara, now)
    card = GiftCard.objects.get()
    assert card.ends_with == ""
    assert not issue_rows().exists()
    assert card_figures(now, now).owed_rial == 0


# --- spending -------------------------------------------------------------------------------------


def test_it_pays_a_sale_and_earns_as_money_does(sara, pay, now):
    """Rule R4: the points of what was paid for once went back with it; a gift earns nothing."""
    filled(sara, now, 600_000)
    filled(sara, now, 200_000, paid_by="nothing")
    sold = pay(1_000_000)
    assert has(sara, now) == 0
    assert Lot.objects.get(id=sold.purchase_id).base_rial == 800_000
    assert (moved("store_credit"), moved("sales")) == (0, -600_000)


def test_what_ends_first_goes_first(sara, now):
    """Rule R10."""
    never = filled(sara, now, 100_000)
    switch_on(now, months=3)
    later = filled(sara, now + 5 * DAY, 100_000)
    soon = filled(sara, now, 100_000)
    uses = hold_store_credit(customer_id=sara, most_rial=250_000, exact=True, now=now + 5 * DAY)
    assert [(use.card_id, use.amount_rial) for use in uses] == [
        (soon.card_id, 100_000),
        (later.card_id, 100_000),
        (never.card_id, 50_000),
    ]
    for use in uses:
        release_gift_card(use_id=use.id, now=now + 5 * DAY)
    assert has(sara, now + 5 * DAY) == 300_000


def test_a_hold_that_no_sale_took_runs_out(sara, now):
    """Rule R43."""
    filled(sara, now)
    hold_store_credit(customer_id=sara, most_rial=500_000, exact=True, now=now)
    later = now + timedelta(hours=1)
    assert has(sara, now) == 0
    assert hold_store_credit(customer_id=sara, most_rial=500_000, exact=True, now=later)


def test_a_tender_says_what_it_is(sara, now):
    """Store credit is no gift card, and the other way round; a tender needs what was held."""
    filled(sara, now)
    [use] = hold_store_credit(customer_id=sara, most_rial=500_000, exact=True, now=now)
    for method, reference in (("gift_card", str(use.id)), ("store_credit", "x")):
        new = NewPurchase(
            external_id=str(new_id()),
            channel="till",
            tenders=(NewTender(method=method, amount_rial=500_000, reference=reference),),
        )
        [outcome] = record_purchases(purchases=[new], source="till", now=now)
        assert outcome.error is not None
    [outcome] = record_purchases(purchases=[sale_by_credit(500_000, [use])], source="t", now=now)
    assert outcome.error is None


def test_a_return_brings_it_back_where_it_came_from(sara, pay, now):
    """Rule R24, complaint 4.2: the gift is a gift again, the owed is owed again, in any parts."""
    filled(sara, now, 333_333)
    filled(sara, now, 200_001, paid_by="nothing")
    sold = pay(1_000_000)
    for rial in (100_001, 400_000, 499_999):
        back(sold, rial, now)
    told = credit_of(sara, now)
    assert (told.owed_rial, told.given_rial) == (333_333, 200_001)
    assert moved("store_credit") == -333_333


# --- goods that come back -------------------------------------------------------------------------


def test_the_money_of_a_return_becomes_credit_and_never_more_than_was_paid(sara, now):
    """Rule R19: in any parts; what credit paid goes home by itself and is not counted twice."""
    filled(sara, now, 300_000)
    uses = hold_store_credit(customer_id=sara, most_rial=300_000, exact=True, now=now)
    [sold] = record_purchases(purchases=[sale_by_credit(999_999, uses)], source="t", now=now)
    parts = []
    for number, rial in enumerate((333_333, 333_333, 333_333)):
        row = credited(sold, now, external_id=str(number), amount_rial=rial)
        parts.append(row.amount_rial)
    assert sum(parts) == 699_999
    assert has(sara, now) == 999_999
    assert moved("store_credit") == -999_999


def test_a_return_is_credited_once_and_not_after_it_went_back_as_money(sara, now):
    """Rule R42."""
    sold = bought(now)
    asked = {"purchase_id": sold.purchase_id, "external_id": "2", "by": "t", "now": now}
    one, again = (credited(sold, now, amount_rial=400_000) for _time in range(2))
    assert one.id == again.id
    record_return(purchase_id=sold.purchase_id, external_id="2", amount_rial=100_000, now=now)
    assert refused(credit_return, **asked, amount_rial=100_000) == "returned_in_money"
    assert has(sara, now) == 400_000


def test_a_sale_of_nobody_or_paid_later_gives_no_credit(sara, now):
    for customer, method, code in (
        (None, "cash", "buyer_unknown"),
        (CustomerHint(mobile="09121234567"), "bnpl", "refund_the_payment"),
    ):
        new = NewPurchase(
            external_id=str(new_id()),
            channel="till",
            customer=customer,
            tenders=(NewTender(method=method, amount_rial=10_000),),
        )
        [sold] = record_purchases(purchases=[new], source="t", now=now)
        asked = {"purchase_id": sold.purchase_id, "external_id": "1", "by": "t", "now": now}
        assert refused(credit_return, **asked) == code


# --- by hand --------------------------------------------------------------------------------------


def test_it_is_given_on_the_spot_within_the_budget(sara, now):
    """Capability C078: counted in rial like everything; taken back while unused."""
    allow(now)
    what, giver = What(kind="credit", amount_rial=30_000), Giver(new_id(), "مینا")
    row = give_goodwill(customer_id=sara, what=what, reason="معطل شد", giver=giver, now=now)
    assert (has(sara, now), row.worth_rial) == (30_000, 30_000)
    take_goodwill_back(goodwill_id=row.id, actor=None, by="t", now=now)
    assert has(sara, now) == 0


def test_a_mistake_is_taken_back_whole_and_a_return_never(sara, business, now):
    row, owner = filled(sara, now), _owner_of(business)
    take_credit_back(credit_id=row.id, reason="اشتباه", actor=owner, now=now)
    take_credit_back(credit_id=row.id, reason="اشتباه", actor=owner, now=now)
    assert (has(sara, now), moved("till"), moved("store_credit")) == (0, 0, 0)
    sold = bought(now)
    mine = credited(sold, now)
    asked = {"credit_id": mine.id, "reason": "x", "actor": owner, "now": now}
    assert refused(take_credit_back, **asked) == "store_credit_of_return"
    part = filled(sara, now)
    hold_all = {"customer_id": sara, "most_rial": 1_500_000, "exact": True, "now": now}
    [sold] = record_purchases(
        purchases=[sale_by_credit(1_500_000, hold_store_credit(**hold_all))], source="t", now=now
    )
    assert sold.error is None
    asked["credit_id"] = part.id
    assert refused(take_credit_back, **asked) == "store_credit_used"


# --- the customer ---------------------------------------------------------------------------------


def test_r62_it_follows_a_merge_and_its_undoing(sara, now):
    """What is left of each filling goes with its owner, and back: no rial appears or vanishes."""
    other = known(now, CustomerHint(mobile="09351112233"))
    filled(sara, now, 300_000)
    filled(other, now, 200_000)
    merge = merge_customers(survivor_id=sara, merged_id=other, now=now)
    assert has(sara, now) == 500_000
    assert has(other, now) == 0
    uses = hold_store_credit(customer_id=other, most_rial=100_000, exact=True, now=now)
    record_purchases(purchases=[sale_by_credit(100_000, uses)], source="t", now=now)
    undo_merge(merge_id=merge.id, now=now)
    assert has(sara, now) + has(other, now) == 400_000


def test_leaving_the_club_takes_none_of_it(sara, pay, now):
    """Capability C047: it is money."""
    filled(sara, now)
    pay(200_000, 100_000)
    leave_club(customer_id=sara, way=ExitWay.OWN_PAGE, now=now)
    assert has(sara, now) == 400_000


def test_r59_erasing_somebody_ends_it_once_nothing_is_held(sara, now):
    """Nobody could prove any more that it is theirs; the ledger stays, the books tell it."""
    filled(sara, now, 300_000, reason="شارژ نوروز")
    [use] = hold_store_credit(customer_id=sara, most_rial=100_000, exact=True, now=now)
    row = ask_erasure(customer_id=sara, reason="asked", now=now)
    code = Customer.objects.get(id=sara).member_code
    asked = {"erasure_id": row.id, "member_code": code, "now": now}
    assert refused(confirm_erasure, **asked) == "erasure_obstructed"
    release_gift_card(use_id=use.id, now=now)
    confirm_erasure(**asked)
    assert (moved("store_credit"), moved("breakage")) == (0, -300_000)
    assert GiftCard.objects.get().balance_rial == 0
    assert StoreCredit.objects.get().reason != "شارژ نوروز"


def test_every_movement_says_its_number(sara, pay, now):
    """Invention N19: the sentence has the number, where it came from and of what it is a part."""
    filled(sara, now, paid_by="cash", reason="شارژ نوروز")
    sold = pay(500_000)
    back(sold, 500_000, now)
    sentences = [one.sentence for one in credit_history(sara, 10)]
    assert len(sentences) == 3
    assert all("۵۰٬۰۰۰" in one and "شارژ نوروز" in one for one in sentences)


def test_the_bridge_sums_to_the_rial(sara, pay, now):
    """Invention N28."""
    filled(sara, now - 2 * DAY, 123_457)
    filled(sara, now, 70_007, paid_by="nothing")
    sold = pay(150_000)
    back(sold, 77_777, now)
    today = now.date()
    told = credit_bridge(today, today, TEHRAN)
    assert told.opening.owed_rial == 123_457
    assert told.closing.owed_rial == credit_of(sara, now).owed_rial == -moved("store_credit")
    assert told.closing.given_rial == credit_of(sara, now).given_rial


def test_the_database_keeps_the_ledger_as_it_is(sara, now):
    """Rule R8: no update, no delete, no balance but by an entry."""
    filled(sara, now)
    for sql in (
        "UPDATE loyalty_giftcardentry SET amount_rial = 1",
        "DELETE FROM loyalty_giftcardentry",
        "UPDATE loyalty_giftcard SET balance_rial = balance_rial + 1",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert GiftCardEntry.objects.count() == StoreCredit.objects.count() == 1
