"""Scores of profiles that have no purchases of their own any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from customers.queries.scoring import SCORING_TOTALS, whom

_FORGET: Final = f"""
WITH totals (customer_id, last_on, frequency, monetary, real) AS ({SCORING_TOTALS}),
gone AS (
    DELETE FROM segmentation_customerscore s
    WHERE s.business_id = %(business)s AND s.id = ANY(%(customers)s::uuid[])
      AND NOT EXISTS (SELECT FROM totals t WHERE t.customer_id = s.id)
    RETURNING s.id, s.r, s.f, s.segment, s.monetary_rial, s.real_rial
),
moved AS (
    INSERT INTO segmentation_segmenttransition
        (id, business_id, customer_id, "on", at, before, after)
    SELECT app_new_id(), %(business)s, id, %(on)s, %(now)s, segment, '' FROM gone
)
INSERT INTO segmentation_segmentcount
    (id, business_id, r, f, segment, customers, net_rial, real_rial)
SELECT app_new_id(), %(business)s, r, f, segment, -count(*), -sum(monetary_rial),
       -sum(real_rial)
FROM gone GROUP BY r, f, segment
"""  # noqa: S608 - the parts are constants


@operation
def forget_scores(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Take those of these customers out of the segments who bought nothing of their own."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        **whom(customer_ids),
        "on": business_day(now, business_by_id(active_business_id()).timezone),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, values)
