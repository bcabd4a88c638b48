"""What must hold of scores at any moment."""

from datetime import datetime
from typing import Final

from django.db import connection

from core.tenancy import active_business_id

_DRIFT: Final = """
SELECT r, f, segment
FROM (
    SELECT r, f, segment, 1 AS n, monetary_rial AS net, coalesce(real_rial, 0) AS real
    FROM segmentation_customerscore WHERE business_id = %(business)s
    UNION ALL
    SELECT r, f, segment, -customers, -net_rial, -coalesce(real_rial, 0)
    FROM segmentation_segmentcount WHERE business_id = %(business)s
) AS sides
GROUP BY r, f, segment HAVING sum(n) <> 0 OR sum(net) <> 0 OR sum(real) <> 0
ORDER BY r, f, segment
"""


_MIXED: Final = """
SELECT DISTINCT o.as_of
FROM segmentation_customeroutlook o
WHERE o.business_id = %(business)s AND o.as_of IS DISTINCT FROM (
    SELECT r.as_of FROM segmentation_outlookrun r WHERE r.business_id = %(business)s
    ORDER BY r.finished_at DESC LIMIT 1)
"""

_STEPS: Final = """
SELECT t.id FROM segmentation_target t
LEFT JOIN segmentation_targetstep s ON s.business_id = t.business_id AND s.target_id = t.id
WHERE t.business_id = %(business)s
GROUP BY t.id HAVING count(s.id) = 0 OR count(s.id) <> max(s.number) ORDER BY t.id
"""


def broken(now: datetime) -> list[str]:
    """Return cells whose sums differ, outlooks of another run, targets that lost a step."""
    del now
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, {"business": active_business_id()})
        drifted = [f"sums of segment {segment} at r{r} f{f} drifted" for r, f, segment in cursor]
        cursor.execute(_MIXED, {"business": active_business_id()})
        drifted += [f"outlooks of {day} beside the newest run's" for (day,) in cursor]
        cursor.execute(_STEPS, {"business": active_business_id()})
        return drifted + [f"target {target_id} lost a step" for (target_id,) in cursor]
