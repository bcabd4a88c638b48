"""Two buyers and one gift card, on real connections (rule R41, complaint 4.3: Medusa 16347)."""

from datetime import timedelta
from functools import partial

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from loyalty.models import GiftCard
from loyalty.operations.covers import covers_exist
from payments.models import PaymentCover
from payments.operations.covers.off import let_go_of_overdue
from payments.operations.covers.put import cover_payment, finish_covered
from tests.loyalty.covers.conftest import Checkout
from tests.payments.conftest import Shop


@pytest.fixture
def shop(committed, business, bank, now) -> Shop:
    return Shop(business, bank, now)


def _cover(checkout: Checkout, payment, code) -> str:
    try:
        with acting_for(checkout.business_id):
            cover_payment(payment_id=payment.id, code=code, now=checkout.now)
    except Problem as problem:
        return problem.code
    return "held"


def test_two_checkouts_at_once_spend_one_card_once(checkout: Checkout, in_parallel):
    """Complaint 4.3: a gift card redeemed in two checkouts at once."""
    code = checkout.card(400_000)
    payments = [checkout.ask(1_000_000) for _ in range(2)]
    said = in_parallel(*[partial(_cover, checkout, one, code) for one in payments])
    assert sorted(said) == ["held", "insufficient_gift_card"]
    for one in payments:
        checkout.shop.come_back(checkout.shop.pay(checkout.see(one.id)))
    taken = [checkout.tenders(one) for one in payments]
    assert sorted(map(len, taken)) == [1, 2]
    assert checkout.left() == [0]
    with acting_for(checkout.business_id):
        assert covers_exist()


def test_ten_checkouts_share_a_card_and_never_more(checkout: Checkout, in_parallel):
    code = checkout.card(1_000_000)
    payments = [checkout.ask(300_000) for _ in range(10)]
    in_parallel(*[partial(_cover, checkout, one, code) for one in payments])
    with acting_for(checkout.business_id):
        held = sum(PaymentCover.objects.values_list("amount_rial", flat=True))
        assert held + GiftCard.objects.get().balance_rial == 1_000_000


def test_finishing_and_letting_go_at_once_has_one_end(checkout: Checkout, in_parallel):
    """Rule R43: time runs out while the buyer presses the button."""
    late = checkout.now + timedelta(minutes=31)
    payment = checkout.cover(checkout.ask(300_000), checkout.card(300_000))

    def finish() -> str:
        try:
            with acting_for(checkout.business_id):
                finish_covered(payment_id=payment.id, now=late)
        except Problem as problem:
            return problem.code
        return "settled"

    def sweep() -> str:
        with acting_for(checkout.business_id):
            let_go_of_overdue(payment_id=payment.id, now=late)
        return "swept"

    said = in_parallel(finish, sweep, finish, sweep)
    state = checkout.see(payment.id).state
    assert (state, checkout.left()) in [("settled", [0]), ("created", [300_000])]
    assert ("settled" in said) == (state == "settled")
