"""Whatever is sold and given back in whatever order, the running sums equal a recount."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from customers.models import CustomerTotals, Purchase, Return
from customers.operations import CustomerHint, NewLine, record_purchases, record_return
from customers.queries.invariants import broken
from tests.customers.conftest import sale

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

sales = st.lists(
    st.tuples(
        st.integers(0, 2),  # which customer
        st.integers(0, 60),  # hours ago
        st.integers(1, 1000),  # rial
    ),
    min_size=1,
    max_size=8,
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), sales),
        st.tuples(st.just("return"), st.integers(0, 20), st.integers(1, 1200)),
    ),
    max_size=8,
)


def sell(rows):
    purchases = [
        sale(
            rial,
            customer=CustomerHint(mobile=f"0912000000{who}"),
            occurred_at=NOW - timedelta(hours=hours),
        )
        for who, hours, rial in rows
    ]
    outcomes = record_purchases(purchases=purchases, source="api", now=NOW)
    return [outcome.purchase_id for outcome in outcomes]


def give_back(purchase_id, number, rial):
    """Return what can be returned; more is refused, which the sums must not notice."""
    facts = {"purchase_id": purchase_id, "external_id": str(number), "now": NOW}
    left = Purchase.objects.values_list("total_rial", "returned_rial").get(id=purchase_id)
    if rial <= left[0] - left[1]:
        record_return(**facts, amount_rial=rial)
        return
    with pytest.raises(Problem, match="return_exceeds_purchase"):
        record_return(**facts, amount_rial=rial)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=steps)
def test_running_sums_equal_a_recount(history, acting):
    with transaction.atomic():
        sold = []
        for number, step in enumerate(history):
            if step[0] == "sell":
                sold += sell(step[1])
            elif sold:
                give_back(sold[step[1] % len(sold)], number, step[2])
        _compare()
        assert broken(NOW) == []
        transaction.set_rollback(True)


def _compare():
    for totals in CustomerTotals.objects.all():
        own = Purchase.objects.filter(customer_id=totals.id)
        counted = own.aggregate(
            purchases=Count("id"),
            days=Count("local_date", distinct=True),
            gross=Sum("total_rial"),
            first=Min("local_date"),
            last=Max("local_date"),
            at=Max("occurred_at"),
        )
        returned = Return.objects.filter(purchase__customer_id=totals.id).aggregate(
            rial=Sum("amount_rial")
        )
        assert counted == {
            "purchases": totals.purchases,
            "days": totals.purchase_days,
            "gross": totals.gross_rial,
            "first": totals.first_on,
            "last": totals.last_on,
            "at": totals.last_at,
        }
        assert (returned["rial"] or 0) == totals.returned_rial


BREAKS = {
    "UPDATE customers_customertotals SET purchases = purchases + 1": "running totals differ",
    "UPDATE customers_customertotals SET last_on = '2020-01-01'": "running totals differ",
    "UPDATE customers_purchase SET total_rial = 7, eligible_rial = 7": "do not add up",
    "UPDATE customers_purchase SET returned_rial = 1": "returns do not add up",
    "DELETE FROM customers_customertotals": "do not go together",
    "UPDATE customers_purchaseline SET total_rial = 8": "lines or tenders do not add up",
}


@pytest.mark.parametrize(("sql", "promise"), BREAKS.items(), ids=BREAKS)
def test_every_broken_promise_is_noticed(sql, promise, acting):
    line = NewLine(unit_price_rial=100)
    hint = CustomerHint(mobile="09120000000")
    record_purchases(purchases=[sale(100, customer=hint, lines=(line,))], source="api", now=NOW)
    assert broken(NOW) == []
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert any(promise in sentence for sentence in broken(NOW))
