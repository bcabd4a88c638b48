"""What must hold of scores at any moment."""

from datetime import datetime
from typing import Final

from django.db import connection

from core.tenancy import active_business_id

_DRIFT: Final = """
SELECT r, f, segment
FROM (
    SELECT r, f, segment, 1 AS n, monetary_rial AS net
    FROM segmentation_customerscore WHERE business_id = %(business)s
    UNION ALL
    SELECT r, f, segment, -customers, -net_rial
    FROM segmentation_segmentcount WHERE business_id = %(business)s
) AS sides
GROUP BY r, f, segment HAVING sum(n) <> 0 OR sum(net) <> 0 ORDER BY r, f, segment
"""


def broken(now: datetime) -> list[str]:
    """Return the cells whose sums differ from the scores themselves."""
    del now
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, {"business": active_business_id()})
        return [f"sums of segment {segment} at r{r} f{f} drifted" for r, f, segment in cursor]
