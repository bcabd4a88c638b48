"""By which segment repeat purchases can be grouped (C001)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.calendar import MONTH_NAMES, jalali
from core.spelling import spelled
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


def group_name(group: str, key: str, name: str) -> str:
    """Return what one of the groups is called."""
    if group in SEGMENTS:
        return segment_name(key)
    if group != "cohort":
        return name
    return _month(date.fromisoformat(key)) if key else _("Earlier")


def segment_name(key: str) -> str:
    """Return what a group by segment is called."""
    return str(Segment(key).label) if key else _("In no segment before")


def _month(day: date) -> str:
    """Return a Jalali month by its name, or as people outside Iran write it."""
    found = jalali(day)
    if (get_language() or "fa").startswith("fa"):
        return f"{MONTH_NAMES[found.month - 1]} {spelled(str(found.year))}"
    return f"{found.year}-{found.month:02}"
