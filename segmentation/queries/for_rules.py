"""What rules of points ask about segments: which there are, and who was in which when they bought.

The built-in ones go by the last scoring before the purchase, the business's own by their stays.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise

from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from segmentation.enums import Segment
from segmentation.queries.own.reading import PREFIX, own_choices
from segmentation.queries.scores import segments_at

Moment = tuple[UUID, datetime]

_STAYS: Final = Prepared(
    """
SELECT s.customer_id, s.at, t.own_segment_id
FROM unnest(%(customers)s::uuid[], %(moments)s::timestamptz[]) AS s (customer_id, at)
JOIN segmentation_segmentstay t ON t.business_id = %(business)s AND t.customer_id = s.customer_id
    AND t.own_segment_id = ANY(%(named)s::uuid[])
    AND t.entered_at < s.at AND (t.left_at IS NULL OR t.left_at >= s.at)
""",
    business="uuid",
    customers="uuid[]",
    moments="timestamptz[]",
    named="uuid[]",
)


def rule_segments() -> Sequence[tuple[str, str | Promise]]:
    """Return what a rule may name: the built-in segments, then the business's own. One query."""
    return [*Segment.choices, *own_choices()]


def in_segments(
    asked: Collection[Moment], named: Collection[str]
) -> Mapping[Moment, frozenset[str]]:
    """Return which of the named segments customers were in at moments. Two queries at most."""
    own = [UUID(one.removeprefix(PREFIX)) for one in named if one.startswith(PREFIX)]
    found: dict[Moment, set[str]] = {}
    if len(own) < len(set(named)):
        for moment, segment in segments_at(asked).items():
            found.setdefault(moment, set()).add(segment)
    if own:
        for customer, at, segment_id in _STAYS.rows(_values(asked, own)):
            found.setdefault((customer, at), set()).add(f"{PREFIX}{segment_id}")
    return {moment: frozenset(held) for moment, held in found.items()}


def _values(asked: Collection[Moment], own: Sequence[UUID]) -> dict[str, Any]:
    return {
        "business": active_business_id(),
        "customers": [customer for customer, _at in asked],
        "moments": [at for _customer, at in asked],
        "named": list(own),
    }
