"""Many tills and one card, on real connections (R41, R42, R43)."""

from functools import partial

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import record_purchases, record_return
from loyalty.models import GiftCard, GiftCardEntry, GiftCardUse
from loyalty.operations.gift_cards import (
    release_gift_card,
    reserve_gift_card,
    take_back_issue,
)
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.gift_cards.conftest import issue_cards, sale_with


def attempt(business_id, call):
    try:
        with acting_for(business_id):
            return call()
    except Problem as refusal:
        return refusal.code


def test_ten_tills_never_spend_more_than_a_card_holds(in_parallel, business, now):
    """Rule R41. Complaint 4.3."""
    with acting_for(business.id):
        issued = issue_cards(now, 1_000_000)

    def till():
        use = reserve_gift_card(code=issued.codes[0], most_rial=300_000, exact=True, now=now)
        [sold] = record_purchases(
            purchases=[sale_with(400_000, [(use.id, 300_000)])], source="till", now=now
        )
        return sold.error

    outcomes = in_parallel(*[partial(attempt, business.id, till)] * 10)
    assert sorted(map(str, outcomes)) == ["None"] * 3 + ["insufficient_gift_card"] * 7
    with acting_for(business.id):
        assert GiftCard.objects.get().balance_rial == 100_000
        assert broken(now + FAR) == []


def test_one_hold_pays_for_one_sale(in_parallel, business, now):
    """Rules R42 and R43: many sales and a release fight for one hold."""
    with acting_for(business.id):
        issued = issue_cards(now, 1_000_000)
        use = reserve_gift_card(code=issued.codes[0], most_rial=10**6, exact=True, now=now)

    def sell():
        new = sale_with(10**6, [(use.id, 10**6)])
        [sold] = record_purchases(purchases=[new], source="till", now=now)
        return sold.error.code if sold.error else "sold"

    def release():
        release_gift_card(use_id=use.id, now=now)
        return "released"

    works = [partial(attempt, business.id, sell)] * 5 + [partial(attempt, business.id, release)]
    outcomes = in_parallel(*works)
    with acting_for(business.id):
        committed = GiftCardUse.objects.filter(state="committed").count()
        left = GiftCard.objects.get().balance_rial
    assert (committed, left) in {(1, 0), (0, 1_000_000)}
    assert outcomes.count("released") == (committed == 0)


def test_returns_at_once_bring_back_the_cards_part_exactly(in_parallel, business, now):
    """Rule R24."""
    with acting_for(business.id):
        issued = issue_cards(now, 100_001)
        use = reserve_gift_card(code=issued.codes[0], most_rial=100_001, exact=True, now=now)
        new = sale_with(999_999, [(use.id, 100_001)])
        [sold] = record_purchases(purchases=[new], source="till", now=now)
    sale_id = sold.purchase_id
    assert sale_id is not None

    def back(number):
        record_return(
            purchase_id=sale_id,
            external_id=str(number),
            amount_rial=111_111,
            now=now,
        )

    in_parallel(*[partial(attempt, business.id, partial(back, n)) for n in range(9)])
    with acting_for(business.id):
        assert GiftCard.objects.get().balance_rial == 100_001
        assert GiftCardEntry.objects.filter(kind="refund").count() == 9
        assert broken(now + FAR) == []


def test_an_issue_is_either_used_or_taken_back(in_parallel, business, now):
    with acting_for(business.id):
        issued = issue_cards(now, 1_000_000)

    def take():
        take_back_issue(issue_id=issued.issue_id, actor=None, now=now)
        return "taken"

    def hold():
        reserve_gift_card(code=issued.codes[0], most_rial=5_000, exact=True, now=now)
        return "held"

    works = [partial(attempt, business.id, take), partial(attempt, business.id, hold)] * 3
    outcomes = set(in_parallel(*works))
    assert outcomes in ({"taken", "gift_card_not_active"}, {"held", "gift_cards_used"})
    with acting_for(business.id):
        assert broken(now + FAR) == []
