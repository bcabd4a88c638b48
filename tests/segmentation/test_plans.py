"""One customer's moves are found by the customer, also by a planner that does not know the table.

Walking a business's whole list for each of its customers is quadratic: 24,000 customers took half a
minute to score for the first time, and the statement's time was up.
"""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from businesses.queries import BusinessInfo
from core.tenancy import acting_for
from segmentation.operations import score_business, work_out_past
from tests.conftest import owner_connection
from tests.segmentation.test_rfm import fill

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def some(business: BusinessInfo, customers: int) -> None:
    fill(
        business,
        [
            (TODAY - timedelta(days=n % 300 + 40), TODAY, 2 + n % 9, 1000 + n)
            for n in range(customers)
        ],
    )


def plans_of(run: Any) -> str:
    """Return the plans of every statement that writes moves."""
    plans: list[str] = []

    def explained(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        writes = "INSERT INTO segmentation_segmenttransition" in str(sql)
        if writes and not str(sql).startswith("EXPLAIN"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.extend(line for (line,) in cursor.fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        run()
    return "\n".join(plans)


@pytest.mark.parametrize("run", [score_business, work_out_past])
def test_moves_are_found_by_the_customer(
    run: Any, business: BusinessInfo, other_business: BusinessInfo
) -> None:
    with acting_for(other_business.id):
        some(other_business, 900)
        score_business(now=NOW)
    with acting_for(business.id):
        some(business, 300)
        plans = plans_of(lambda: run(now=NOW))
    assert "segmentation_move_path" in plans
    assert "segmentation_move_newest" not in plans


def test_a_first_scoring_does_not_read_what_it_writes_once_a_customer(
    business: BusinessInfo,
) -> None:
    """To a table known to be empty the planner goes without an index."""
    with closing(owner_connection()) as owner:
        owner.autocommit = True
        owner.cursor().execute("VACUUM segmentation_segmenttransition")
    with acting_for(business.id):
        some(business, 300)
        score_business(now=NOW)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT seq_scan FROM pg_stat_xact_user_tables"
                " WHERE relname = 'segmentation_segmenttransition'"
            )
            assert cursor.fetchone()[0] <= 3
