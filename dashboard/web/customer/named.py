"""In which ready-made segments a customer is, with what speaks for it."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from businesses.queries import role_may
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest
from segmentation.enums import GUARDED
from segmentation.queries.named.reading import named_of
from segmentation.queries.named.told import evidence_told


def named(customer_id: UUID, request: BusinessRequest) -> dict[str, Any]:
    """Return the segments as lines; signs against somebody for managers only. One query."""
    if not role_may(request.role, READERS):
        return {}
    rows = named_of([customer_id], guarded=role_may(request.role, MANAGERS))
    return {
        "measure_href": reverse("dashboard:measure-new", args=[request.business.slug, customer_id])
        if any(row.segment in GUARDED for row in rows)
        else "",
        "named": [
            {
                "name": row.get_segment_display(),
                "href": reverse(
                    "dashboard:named-segment", args=[request.business.slug, row.segment]
                ),
                "why": evidence_told(row.segment, row.evidence),
                "since": words.ago(row.entered_at, request.now),
            }
            for row in rows
        ],
    }
