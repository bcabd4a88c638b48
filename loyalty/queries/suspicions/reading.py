"""Signs of misuse as people read them."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count, QuerySet

from loyalty.enums import SuspicionRule, SuspicionState
from loyalty.models import Correction, Suspicion, SuspicionJudgement, SuspicionLook
from loyalty.queries.suspicions.unusual import Usual


def suspicion_rows(*, state: str = "", rule: str = "") -> QuerySet[Suspicion]:
    """Return signs with whom they are about; page them by `found_at`."""
    rows = Suspicion.objects.select_related("customer", "device", "employee")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(rule=rule) if rule else rows


def suspicion_by_id(suspicion_id: UUID) -> Suspicion | None:
    """Return one sign, or None."""
    return suspicion_rows().filter(id=suspicion_id).first()


def judgements_of(suspicion_id: UUID) -> list[SuspicionJudgement]:
    """Return what was said about a sign, oldest first."""
    return list(SuspicionJudgement.objects.filter(suspicion=suspicion_id).order_by("at", "id"))


def last_look() -> SuspicionLook | None:
    """Return when was looked last, or None before the first time."""
    return SuspicionLook.objects.filter(looked_at__isnull=False).first()


def usual_of(look: SuspicionLook) -> list[Usual]:
    """Return what was usual at a look, rule by rule, in their order."""
    return [Usual.read(rule, look.usual[rule]) for rule in SuspicionRule if rule in look.usual]


def open_by_rule() -> dict[str, int]:
    """Return how many signs of each rule nobody has judged. One query."""
    rows = Suspicion.objects.filter(state=SuspicionState.OPEN).values("rule")
    return {row["rule"]: row["n"] for row in rows.annotate(n=Count("id"))}


def named_members(member_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return by what name members signed their corrections. One query."""
    rows = Correction.objects.filter(asker_id__in=member_ids).order_by("asked_at")
    return dict(rows.values_list("asker_id", "asked_by"))
