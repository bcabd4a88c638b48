"""What the dashboard reads, and sales recorded by hand."""

from datetime import date, timedelta

import pytest

from core.calendar import TEHRAN
from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import NewLine, NewTender
from customers.queries import purchase_detail
from payments.operations import record_sale
from payments.queries import (
    payment_detail,
    payment_rows,
    payment_totals,
    success_by_day,
)
from tests.payments.conftest import Shop

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)


def test_rows_are_found_by_state_number_and_words(shop: Shop):
    paid = shop.buy(external_id="inv-1", description="میز چهار")
    shop.ask(external_id="inv-2", description="میز پنج")
    with acting_for(shop.business.id):

        def found(**wanted) -> set[str]:
            return set(payment_rows(**wanted).values_list("external_id", flat=True))

        assert found() == {"inv-1", "inv-2"}
        assert found(state="settled") == {"inv-1"}
        assert found(q="inv-2") == {"inv-2"}
        assert found(q="پنج") == {"inv-2"}
        assert found(since=shop.now + timedelta(seconds=1)) == set()
        tries = {row.external_id: vars(row)["tries"] for row in payment_rows()}
        assert tries == {"inv-1": 1, "inv-2": 0}
        assert payment_rows().get(id=paid.id) == paid


@pytest.mark.parametrize("tries", [1, 3])
def test_a_payments_story_costs_the_same_however_long(shop: Shop, tries, django_assert_num_queries):
    payment = shop.ask()
    for _ in range(tries):
        shop.come_back(shop.pay(payment, "cancel"))
    with acting_for(shop.business.id), django_assert_num_queries(5):
        detail = payment_detail(payment.id)
    assert detail is not None
    assert [len(one.calls) for one in detail.attempts] == [3] * tries


def test_success_and_totals_by_business_day(shop: Shop):
    shop.buy()
    shop.buy(100_000, card="insufficient_funds")
    shop.send_to_bank(shop.ask())
    with acting_for(shop.business.id):
        (day,) = success_by_day(since=TODAY, until=TOMORROW, zone=TEHRAN)
        totals = payment_totals(since=TODAY, until=TOMORROW, zone=TEHRAN)
    assert (day.day, day.tries, day.succeeded) == (TODAY, 2, 1)
    assert (totals.count, totals.settled, totals.settled_rial, totals.open) == (3, 1, 900_000, 2)


def test_a_sale_paid_in_parts_is_recorded(acting, now):
    outcome = record_sale(
        external_id="t-1",
        lines=[NewLine(name="لاته", quantity=2, unit_price_rial=450_000)],
        tenders=[
            NewTender(method="cash", amount_rial=400_000),
            NewTender(method="satna", amount_rial=500_000, reference="140500000001"),
        ],
        now=now,
    )
    assert outcome.purchase_id is not None
    detail = purchase_detail(outcome.purchase_id)
    assert detail is not None
    assert [tender.method for tender in detail.tenders] == ["cash", "satna"]
    assert detail.purchase.total_rial == 900_000


@pytest.mark.parametrize("method", ["gateway", "points"])
def test_what_something_else_must_confirm_is_not_recorded_by_hand(acting, now, method):
    with pytest.raises(Problem) as refusal:
        record_sale(
            external_id="t-1", tenders=[NewTender(method=method, amount_rial=1_000)], now=now
        )
    assert refusal.value.code == "tender_not_recorded_here"


def test_parts_that_do_not_add_up_are_refused(acting, now):
    with pytest.raises(Problem) as refusal:
        record_sale(
            external_id="t-1",
            lines=[NewLine(name="لاته", unit_price_rial=450_000)],
            tenders=[NewTender(method="cash", amount_rial=45_000)],
            now=now,
        )
    assert refusal.value.code == "tenders_mismatch"
