"""Which rules held when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from loyalty.models import PolicyVersion
from loyalty.queries.policies.document import Document, policy_document
from loyalty.queries.programme import active_rule


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """The rules of one span: `number` 0 are those of before versions were kept.

    `until` is None for those that hold now, `since` None where nobody knows.
    """

    number: int
    since: datetime | None
    until: datetime | None
    document: Document

    @property
    def ever_held(self) -> bool:
        """Return whether they held at some time, however short."""
        return self.since is None or self.until is None or self.since < self.until


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """When a version held; `until` is None for the one that holds now."""

    number: int
    since: datetime
    until: datetime | None


def policy_at(at: datetime) -> Policy | None:
    """Return what held at a moment; None before the first version that was kept."""
    held = PolicyVersion.objects.filter(since__lte=at).order_by("-number").first()
    if held is None:
        return None if PolicyVersion.objects.exists() else _unkept()
    return _with_end(held)


def policy_version(number: int) -> Policy | None:
    """Return a version that was kept, whether it ever held or not."""
    kept = PolicyVersion.objects.filter(number=number).first()
    return _with_end(kept) if kept is not None else None


def policy_spans() -> list[Span]:
    """Return every version that held at some time, the newest first. One query, no documents.

    Records changed in one commit leave versions that were replaced in the very moment they came:
    `policy_at` never names them, nobody bought under them, and they are left out.
    """
    found: list[Span] = []
    until: datetime | None = None
    for number, since in PolicyVersion.objects.order_by("-number").values_list("number", "since"):
        if until is None or since < until:
            found.append(Span(number=number, since=since, until=until))
            until = since
    return found


def _with_end(row: PolicyVersion) -> Policy:
    later = PolicyVersion.objects.filter(number__gt=row.number)
    until = later.aggregate(until=Min("since"))["until"]
    return Policy(number=row.number, since=row.since, until=until, document=row.document)


def _unkept() -> Policy:
    rule = active_rule()
    since = rule.starts_at if rule else None
    return Policy(number=0, since=since, until=None, document=policy_document())
