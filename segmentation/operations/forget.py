"""Scores of profiles that have no purchases of their own any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id, operation
from customers.queries.scoring import SCORING_TOTALS

_FORGET: Final = f"""
WITH totals (customer_id, last_on, frequency, monetary) AS ({SCORING_TOTALS}),
gone AS (
    DELETE FROM segmentation_customerscore s
    WHERE s.business_id = %(business)s AND s.id = ANY(%(customers)s::uuid[])
      AND NOT EXISTS (SELECT FROM totals t WHERE t.customer_id = s.id)
    RETURNING s.r, s.f, s.segment, s.monetary_rial
)
INSERT INTO segmentation_segmentcount (id, business_id, r, f, segment, customers, net_rial)
SELECT gen_random_uuid(), %(business)s, r, f, segment, -count(*), -sum(monetary_rial)
FROM gone GROUP BY r, f, segment
"""  # noqa: S608 - the parts are constants


@operation
def forget_scores(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Take those of these customers out of the segments who bought nothing of their own."""
    del now
    values: dict[str, Any] = {"business": active_business_id(), "customers": list(customer_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, values)
