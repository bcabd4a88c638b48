"""What was undone is no visit, also where it cost nothing; running sums stay a recount (R23)."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.calendar import TEHRAN, business_day
from core.ids import new_id
from customers.models import CustomerTotals, Purchase
from customers.operations import CustomerHint, NewLine, NewPurchase, record_return
from customers.queries.bridge import sales_bridge
from customers.queries.constancy import constancy_of
from customers.queries.invariants import broken
from customers.queries.repeat import Repeat, cohorts, repeat_groups, repeat_rate
from customers.queries.tastes.bought import bought_by
from loyalty.operations.coupons import reserve_coupon
from tests.loyalty.coupons.conftest import basket, record

DAY = timedelta(days=1)


def sell(rial, days_ago, now, who=1):
    """Sell a coffee of 100,000 rial, or with a coupon for nothing."""
    holds = []
    if not rial:
        use, _told = reserve_coupon(code="FREE", basket=basket(100_000), now=now)
        holds = [use.id]
    coffee = NewLine(unit_price_rial=100_000, discount_rial=100_000 - rial, name="قهوه", sku="esp")
    new = NewPurchase(
        external_id=str(new_id()),
        channel="till",
        customer=CustomerHint(mobile=f"0912000000{who}"),
        occurred_at=now - days_ago * DAY,
        lines=(coffee,),
        holds=tuple(holds),
    )
    outcome = record(new, now)
    assert outcome.error is None
    return outcome.purchase_id


def undo(purchase_id, now, rial=None):
    record_return(purchase_id=purchase_id, external_id=str(new_id()), amount_rial=rial, now=now)


def seen(customer_id, now):
    """Return what visits are told by: rates, a product's, cohorts, the bridge, rhythm, tastes."""
    today = business_day(now, TEHRAN)
    span = (today - 30 * DAY, today + DAY)
    # All is sold in the month before this one.
    return (
        repeat_rate(*span),
        [(group.customers, group.again) for group in repeat_groups("product", *span)],
        cohorts(today, 2)[0].customers,
        sales_bridge(today - 10 * DAY, today - 40 * DAY).after.new.orders,
        constancy_of([customer_id], today)[customer_id].days,
        len(bought_by(customer_id, ["item"], today)),
    )


def test_a_sale_of_nothing_that_was_undone_is_no_visit(offered, now):
    """R23: it counted while it stood; nobody comes back, regular or fond of coffee, by it."""
    offered(code="FREE", percent=100)
    sell(100_000, 5, now)
    free = sell(0, 3, now)
    customer = Purchase.objects.get(id=free).customer_id
    assert seen(customer, now) == (Repeat(1, 1), [(1, 1)], 1, 2, 2, 2)
    undo(free, now)
    assert seen(customer, now) == (Repeat(1, 0), [(1, 0)], 1, 1, 1, 1)
    totals = CustomerTotals.objects.get()
    assert (totals.purchases, totals.gross_rial, totals.returned_rial) == (2, 100_000, 0)
    assert broken(now) == []


def test_somebody_whose_only_sale_was_undone_did_not_come(offered, now):
    offered(code="FREE", percent=100)
    free = sell(0, 3, now)
    undo(free, now)
    customer = Purchase.objects.get(id=free).customer_id
    assert seen(customer, now) == (Repeat(0, 0), [], 0, 0, 0, 0)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    bought=st.lists(
        st.tuples(
            st.sampled_from([0, 0, 1, 100_000]),
            st.integers(0, 20),
            st.sampled_from(["kept", "part", "whole"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_stands_is_what_was_not_given_back_whole(offered, now, bought):
    """Sold by turns to two people, for nothing or something, and kept or given back."""
    today = business_day(now, TEHRAN)
    with transaction.atomic():
        offered(code="FREE", percent=100)
        stands: Counter[int] = Counter()
        for place, (rial, days, back) in enumerate(bought):
            sold = sell(rial, days, now, place % 2)
            if back == "whole":
                undo(sold, now)
            elif back == "part" and rial > 1:
                undo(sold, now, rial // 2)
            stands[place % 2] += back != "whole"
        counted = [times for times in stands.values() if times]
        again = sum(times > 1 for times in counted)
        assert repeat_rate(today - 30 * DAY, today + DAY) == Repeat(len(counted), again)
        assert broken(now) == []
        transaction.set_rollback(True)
