"""By which segment repeat purchases can be grouped (C001)."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from segmentation.enums import Segment

# The segment before the first day looked at: the one of today would follow from these very orders.
SEGMENTS: Final[Mapping[str, str]] = {
    "segment": """
        SELECT o.id, o.customer_id, coalesce(t.after, '') AS key, '' AS name
        FROM orders o LEFT JOIN (
            SELECT DISTINCT ON (customer_id) customer_id, after
            FROM segmentation_segmenttransition
            WHERE business_id = %(business)s AND "on" < %(since)s
            ORDER BY customer_id, at DESC
        ) AS t ON t.customer_id = o.customer_id"""
}


def segment_name(key: str) -> str:
    """Return what a group by segment is called."""
    return str(Segment(key).label) if key else _("In no segment before")
