"""A payment and a plan reach for the same promised price at the same moment: one has it."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, transaction

from businesses.operations import hire_employee
from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Purchase
from payments.enums import ENDED_UNPAID, PaymentState
from payments.models import Payment, Quote


def _uses(shop, quote_id) -> list[str]:
    with acting_for(shop.business.id):
        paying = Payment.objects.filter(quote_id=quote_id).exclude(state__in=ENDED_UNPAID).exists()
        sold = Quote.objects.get(id=quote_id).plan_id is not None
    return [name for name, is_so in (("payment", paying), ("plan", sold)) if is_so]


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("_time", range(4))
def test_going_to_the_bank_and_selling_at_once_never_both_succeed(
    shop, promiser, in_parallel, _time
):
    promiser.lend()
    customer_id = promiser.customer()
    quote_id = promiser.make(customer_id=customer_id)

    def to_the_bank():
        try:
            shop.send_to_bank(promiser.payment(promiser.pay(quote_id)))
        except Problem as problem:
            return problem.code
        return "payment"

    def sell():
        try:
            promiser.sell(quote_id, customer_id)
        except Problem as problem:
            return problem.code
        return "plan"

    ends = in_parallel(to_the_bank, sell)
    # The buyer is refused before or after the page opened; the seller once the bank has the buyer.
    refusals = {"plan": {"quote_used", "payment_not_payable"}, "payment": {"quote_being_paid"}}
    (used,) = _uses(shop, quote_id)
    (refused,) = set(ends) - {used}
    assert refused in refusals[used]
    assert shop.is_well()


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("first", ["payment", "plan"])
def test_the_database_lets_one_of_two_connections_have_it(shop, promiser, in_parallel, first):
    """Written past the operations, both before either commits; nobody locks the quote here."""
    promiser.lend()
    customer_id = promiser.customer()
    quote_id, other = promiser.make(), promiser.make(customer_id=customer_id)
    stray = shop.ask(9_000_000)
    plan_id = promiser.sell(other, customer_id)
    with acting_for(shop.business.id):
        Quote.objects.filter(id=other).update(plan=None)
    both_wrote = Barrier(2)
    rows = {"payment": (Payment, stray.id, "quote_id"), "plan": (Quote, quote_id, "plan_id")}
    values = {"payment": quote_id, "plan": plan_id}

    def write(use):
        model, row_id, name = rows[use]

        def work():
            with acting_for(shop.business.id), suppress(IntegrityError), transaction.atomic():
                model.objects.filter(id=row_id).update(**{name: values[use]})
                # Whoever waits for the other's lock never comes here in time.
                with suppress(BrokenBarrierError):
                    both_wrote.wait(timeout=1)
                return use
            return "refused"

        return work

    second = {"payment": "plan", "plan": "payment"}[first]
    ends = in_parallel(write(first), write(second))
    assert sorted(ends) in (["payment", "refused"], ["plan", "refused"])
    assert [end for end in ends if end != "refused"] == _uses(shop, quote_id)


@pytest.mark.django_db
@pytest.mark.parametrize("ended", ENDED_UNPAID)
def test_a_payment_that_ended_cannot_come_back_to_a_price_sold_in_parts(shop, promiser, ended):
    promiser.lend()
    customer_id = promiser.customer()
    quote_id = promiser.make(customer_id=customer_id)
    asked = promiser.pay(quote_id)
    promiser.sell(quote_id, customer_id)
    with acting_for(shop.business.id):
        mine = Payment.objects.filter(id=asked.id)
        mine.update(state=ended)
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(state=PaymentState.CREATED)
        assert mine.get().state == ended


@pytest.mark.django_db
def test_the_sale_is_of_whom_the_price_names_also_in_parts(shop, promiser, settle):
    promiser.lend()
    customer_id = promiser.customer()
    with acting_for(shop.business.id):
        hire_employee(code="sara", name="سارا", now=shop.now)
    named = {"customer_id": customer_id, "branch_code": "main", "employee_code": "sara"}
    settle(promiser.payment(promiser.pay(promiser.make(**named))))
    promiser.sell(promiser.make(**named), customer_id)
    with acting_for(shop.business.id):
        sales = Purchase.objects.values_list("branch__code", "employee__code")
        assert list(sales) == [("main", "sara")] * 2
