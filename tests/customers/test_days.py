"""Closed days equal a live count, always; late sales and returns ask for a recount."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from businesses.queries import BusinessInfo
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import SalesDay
from customers.operations.days import close_days, mark_stale, recount_day
from customers.queries.days import count_days, last_closed_day, sales_days
from customers.tasks import recount_stale_days

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 1)


def sell(business: BusinessInfo, on: date, rial: int, customer: UUID | None = None) -> None:
    """Insert a bare purchase at noon UTC of a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_purchase (id, business_id, customer_id, external_id, channel,"
            " source, occurred_at, local_date, total_rial, eligible_rial, returned_rial,"
            " matched_by, fingerprint, recorded_at)"
            " VALUES (%s, %s, %s, %s, 'pos', 'api', %s, %s, %s, %s, 0, '', '', now())",
            [new_id(), business.id, customer, str(new_id()),
             datetime(on.year, on.month, on.day, 12, tzinfo=UTC), on, rial, rial],
        )  # fmt: skip


def customer_since(business: BusinessInfo, first_on: date) -> UUID:
    """Insert a customer with totals."""
    customer = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (id, business_id, status, name, member_code,"
            " search_key, family_key, created_at) VALUES (%s, %s, 'active', '', %s, '', '', now())",
            [customer, business.id, str(customer)],
        )
        cursor.execute(
            "INSERT INTO customers_customertotals (id, business_id, customer_id, purchases,"
            " purchase_days, gross_rial, returned_rial, first_on)"
            " VALUES (%s, %s, %s, 1, 1, 1, 0, %s)",
            [customer, business.id, customer, first_on],
        )
    return customer


def test_closed_and_open_days_read_the_same(business: BusinessInfo, now: datetime) -> None:
    today = date(2026, 11, 23)
    with acting_for(business.id):
        old, new = customer_since(business, date(2026, 1, 1)), customer_since(business, DAY)
        sell(business, DAY, 100, old)
        sell(business, DAY, 40, new)
        sell(business, DAY, 3)
        sell(business, DAY + timedelta(days=2), 7, new)
        sell(business, today, 11, old)
        live = sales_days(DAY, today)
        assert close_days(now=now) == 21
        assert last_closed_day() == date(2026, 11, 21)
        assert sales_days(DAY, today) == live
        assert close_days(now=now) == 0
    first = live[0]
    assert (first.purchases, first.known_purchases, first.returning_purchases) == (3, 2, 1)
    assert (first.new_customers, first.gross_rial, first.returning_rial) == (1, 143, 100)
    assert live[1].purchases == 0
    assert live[2].returning_rial == 7
    assert live[-1].net_rial == 11
    assert len(live) == 23


def test_late_sale_is_counted_after_the_recount(
    business: BusinessInfo, now: datetime, as_role: Callable[[str], AbstractContextManager[None]]
) -> None:
    with acting_for(business.id):
        sell(business, DAY, 100)
        close_days(now=now)
        sell(business, DAY, 50)
        assert mark_stale(since=DAY, now=now) == 21
        assert mark_stale(since=DAY, now=now) == 0
    with as_role("vafa_worker"):
        assert recount_stale_days() == 21
        assert recount_stale_days() == 0
    with acting_for(business.id):
        assert sales_days(DAY, DAY)[0].gross_rial == 150
        assert not recount_day(on=DAY, now=now)


def test_history_may_grow_backwards(business: BusinessInfo, now: datetime) -> None:
    earlier = DAY - timedelta(days=400)
    with acting_for(business.id):
        sell(business, DAY, 100)
        close_days(now=now)
        sell(business, earlier, 9)
        mark_stale(since=earlier, now=now)
        for day in SalesDay.objects.filter(stale=True):
            recount_day(on=day.on, now=now)
        kept = {day.on: day for day in sales_days(earlier, DAY) if day.purchases}
        assert kept == {day.on: day for day in count_days(earlier, DAY)}
        assert set(kept) == {earlier, DAY}


def test_many_days_cost_the_same_queries_as_one(
    business: BusinessInfo, now: datetime, django_assert_num_queries: Any
) -> None:
    with acting_for(business.id):
        for n in range(5):
            sell(business, DAY + timedelta(days=n), 10)
        close_days(now=now)
        with django_assert_num_queries(3):
            sales_days(DAY, DAY + timedelta(days=22))
        with django_assert_num_queries(2):
            sales_days(DAY, DAY)
