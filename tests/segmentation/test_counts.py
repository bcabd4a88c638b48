"""The sums pages read agree with the scores, whoever scored when."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from segmentation.models import CustomerScore, SegmentCount
from segmentation.operations import rescore, score_business
from segmentation.queries import grid, summary
from segmentation.queries.invariants import broken
from tests.segmentation.test_rfm import fill


def _buy(customer_id: Any, on: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customertotals SET last_on = %s, purchase_days = purchase_days + 1,"
            " gross_rial = gross_rial + 100 WHERE customer_id = %s",
            [on, customer_id],
        )


@pytest.mark.django_db
def test_sums_follow_every_scoring(business: BusinessInfo, now: datetime) -> None:
    today = now.date()
    with acting_for(business.id):
        fill(
            business,
            [
                (today - timedelta(days=300), today - timedelta(days=n), 1 + n % 7, 100 + n)
                for n in range(60)
            ],
        )
        score_business(now=now)
        for customer_id in CustomerScore.objects.values_list("id", flat=True)[:5]:
            _buy(customer_id, today)
            rescore(customer_ids=[customer_id], now=now + timedelta(minutes=1))
        assert broken(now) == []
        assert sum(row.customers for row in summary()) == 60
        assert sum(cell.customers for cell in grid()) == 60
        before = summary()
        score_business(now=now + timedelta(minutes=2))
        assert broken(now) == []
        assert SegmentCount.objects.count() <= 60
        assert sum(row.net_rial for row in summary()) == sum(row.net_rial for row in before)
        SegmentCount.objects.filter(customers__gt=0).update(customers=0)
        assert broken(now)


def test_two_at_once_do_not_count_a_customer_twice(
    in_parallel: Any, business: BusinessInfo, now: datetime
) -> None:
    today = now.date()
    with acting_for(business.id):
        fill(business, [(today, today, 1, 100)])
        score_business(now=now)
        (customer_id,) = CustomerScore.objects.values_list("id", flat=True)

    def work() -> None:
        with acting_for(business.id):
            _buy(customer_id, today)
            rescore(customer_ids=[customer_id], now=now)

    in_parallel(*[work] * 4, role="vafa_worker")
    with acting_for(business.id):
        assert broken(now) == []
        assert sum(row.net_rial for row in summary()) == 500
