"""Kinds of engagement that rules of points are about are counted, with or without points."""

from collections.abc import Collection
from datetime import datetime

from core.tenancy import part_of_operation
from loyalty.enums import CapSpan
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.happenings import HappeningKind
from loyalty.models import EngagementRule
from loyalty.queries.programme import active_rule
from loyalty.queries.rules.known import rules_of


@part_of_operation
def count_kinds(*, kinds: Collection[HappeningKind], now: datetime) -> None:
    """Count the kinds a new version is about; what was offered for them stays as it is."""
    for kind in sorted(set(EngagementKind.values) & set(kinds)):
        row, made = EngagementRule.objects.get_or_create(
            kind=kind, defaults={"most_times": 1, "span": CapSpan.EVER, "changed_at": now}
        )
        if not made and not row.is_open:
            row.is_open, row.points, row.changed_at = True, 0, now
            row.save(update_fields=["is_open", "points", "changed_at"])


def is_asked_about(kind: str) -> bool:
    """Tell whether a rule in force gives something after a kind of engagement."""
    active = active_rule()
    return active is not None and kind in rules_of(active.id).afters
