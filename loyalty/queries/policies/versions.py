"""Which rules held when."""

from dataclasses import dataclass
from datetime import datetime

from loyalty.models import PolicyVersion
from loyalty.queries.policies.document import Document, policy_document
from loyalty.queries.programme import active_rule

_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The rules of one span: `number` 0 are those of before versions were kept.

    `until` is None for those that hold now, `since` None where nobody knows.
    """

    number: int
    since: datetime | None
    until: datetime | None
    document: Document


def policy_at(at: datetime) -> Policy | None:
    """Return what held at a moment; None before the first version that was kept."""
    held = PolicyVersion.objects.filter(since__lte=at).order_by("-number").first()
    if held is None:
        return None if PolicyVersion.objects.exists() else _unkept()
    following = PolicyVersion.objects.filter(number=held.number + 1).first()
    until = following.since if following else None
    return Policy(number=held.number, since=held.since, until=until, document=held.document)


def policy_versions() -> list[Policy]:
    """Return the versions kept, newest first. One query."""
    rows = list(PolicyVersion.objects.order_by("-number")[:_SHOWN])
    ends = [None, *(row.since for row in rows)]
    return [
        Policy(number=row.number, since=row.since, until=until, document=row.document)
        for row, until in zip(rows, ends, strict=False)
    ]


def _unkept() -> Policy:
    rule = active_rule()
    since = rule.starts_at if rule else None
    return Policy(number=0, since=since, until=None, document=policy_document())
