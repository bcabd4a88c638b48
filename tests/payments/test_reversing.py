"""Sending money back: asked for, in doubt, refused, too late."""

import pytest

from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, record_return
from payments.enums import AttemptState, PaymentState, ReversalState
from payments.operations import reverse_payment
from tests.payments.conftest import Shop
from tests.payments.test_paying import events


def reverse(shop: Shop, payment, now=None):
    return reverse_payment(
        business_id=shop.business.id, payment_id=payment.id, by="test", now=now or shop.now
    )


def test_a_reversal_returns_money_and_purchase(shop: Shop, purchases_of):
    """Rule R25."""
    lines = [NewLine(name="لاته", quantity=2, unit_price_rial=450_000)]
    payment = shop.buy(lines=lines, customer=CustomerHint(mobile="09121234567"))

    assert reverse(shop, payment).state is ReversalState.RETURNED

    assert shop.truth(payment) == "REVERSED"
    assert shop.see(payment).state == PaymentState.REVERSED
    assert shop.attempt(payment).state == AttemptState.REVERSED
    (purchase,) = purchases_of(shop.business.id)
    assert purchase.returned_rial == purchase.total_rial == 900_000
    assert events(shop, "return.recorded")[0]["amount_rial"] == 900_000
    assert events(shop, "payment.reversed")[0]["amount_rial"] == 900_000


def test_asking_again_changes_nothing(shop: Shop):
    payment = shop.buy()
    first, second = reverse(shop, payment), reverse(shop, payment)
    assert first == second
    assert shop.heard("reverse") == 1


@pytest.mark.parametrize("fault", ["timeout_done", "timeout_not_done", "html_500", "html_500_done"])
def test_an_unheard_reversal_is_inquired_before_it_is_repeated(shop: Shop, poll, later, fault):
    payment = shop.buy()
    shop.bank.script("reverse", fault)

    assert reverse(shop, payment).state is ReversalState.REQUESTED
    assert shop.see(payment).state == PaymentState.SETTLED
    poll(later(seconds=5))

    assert shop.reversals()[0].state == ReversalState.RETURNED
    assert shop.see(payment).state == PaymentState.REVERSED
    assert shop.truth(payment) == "REVERSED"
    operations = [call.operation for call in shop.calls()][3:]
    assert operations[:3] == ["inquire", "reverse", "inquire"]


def test_a_refused_reversal_leaves_the_sale_standing(shop: Shop):
    payment = shop.buy(909_942)
    done = reverse(shop, payment)
    assert (done.state, done.code) == (ReversalState.FAILED, "-60")
    assert shop.see(payment).state == PaymentState.SETTLED
    assert reverse(shop, payment).id != done.id  # may be asked for anew


def test_after_the_window_nothing_is_asked(shop: Shop, later):
    payment = shop.buy()
    with pytest.raises(Problem) as refusal:
        reverse(shop, payment, now=later(minutes=31))
    assert refusal.value.code == "reverse_window_over"
    assert shop.reversals() == []


def test_an_unpaid_payment_is_not_reversible(shop: Shop):
    payment = shop.ask()
    with pytest.raises(Problem) as refusal:
        reverse(shop, payment)
    assert refusal.value.code == "payment_not_reversible"


@pytest.mark.parametrize(("came_back", "rest"), [(400_000, 500_000), (900_000, None)])
def test_goods_that_came_back_before_are_not_returned_twice(
    shop: Shop, purchases_of, came_back, rest
):
    payment = shop.buy()
    assert payment.purchase_id is not None
    with acting_for(shop.business.id):
        record_return(
            purchase_id=payment.purchase_id,
            external_id="r-1",
            amount_rial=came_back,
            now=shop.now,
        )

    assert reverse(shop, payment).state is ReversalState.RETURNED

    (purchase,) = purchases_of(shop.business.id)
    assert purchase.returned_rial == 900_000
    amounts = [event["amount_rial"] for event in events(shop, "return.recorded")]
    assert amounts == [came_back, *([rest] if rest else [])]
