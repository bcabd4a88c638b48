"""Plans, periods and lines of staff bonuses, and how somebody stands today (C084)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from feedback.enums import BonusReason
from feedback.models import BonusLine, BonusObjection, BonusPlan, BonusRun, BonusSale
from feedback.queries.bonus.scoring import Standing, Team, difference_bp, weigh
from feedback.queries.bonus.served import Counts, span_of

LATELY: Final = timedelta(days=90)
# A share of fewer is no share, with or without a plan.
LEAST_ANSWERS: Final = 20
LEAST_PERCENT: Final = 10


@dataclass(frozen=True, slots=True)
class Score:
    """How one seller stands: content people of a hundred asked above the team's (basis points)."""

    employee_id: UUID
    counts: Counts
    difference_bp: int
    trust_bp: int
    reason: BonusReason


def newest_plan() -> BonusPlan | None:
    """Return the plan in force, or None."""
    return BonusPlan.objects.order_by("-version").first()


def plans() -> Sequence[BonusPlan]:
    """Return all versions, newest first."""
    return list(BonusPlan.objects.order_by("-version"))


def runs() -> QuerySet[BonusRun]:
    """Return periods worked out, with their plans; the caller orders and pages by `starts_on`."""
    return BonusRun.objects.select_related("plan")


def run_by_id(run_id: UUID) -> BonusRun | None:
    """Return one, or None."""
    return runs().filter(id=run_id).first()


def lines_of(run_id: UUID) -> Sequence[BonusLine]:
    """Return everybody's line of a period, the largest bonus first."""
    rows = BonusLine.objects.filter(run=run_id).select_related("employee")
    return list(rows.order_by("-amount_rial", "employee__name", "id"))


def line_by_id(line_id: UUID) -> BonusLine | None:
    """Return one line with its period and employee, or None."""
    return BonusLine.objects.select_related("run__plan", "employee").filter(id=line_id).first()


def sales_of(line_id: UUID) -> QuerySet[BonusSale]:
    """Return the sales a line stands on, those that pull it down most first."""
    rows = BonusSale.objects.filter(line=line_id).select_related("purchase__customer")
    return rows.order_by("value_bp", "-weight_bp", "-purchase_id")


def objections_of(run_id: UUID) -> Sequence[BonusObjection]:
    """Return the objections to a period's lines, oldest first."""
    rows = BonusObjection.objects.filter(line__run=run_id).select_related("line__employee", "sale")
    return list(rows.order_by("raised_at", "id"))


def totals_of(run_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return {period: (people, rial)}. One query."""
    rows = BonusLine.objects.filter(run__in=run_ids).values_list("run_id")
    told = rows.annotate(n=Count("id", filter=Q(amount_rial__gt=0)), rial=Sum("amount_rial"))
    return {run_id: (n, rial) for run_id, n, rial in told}


def open_objections(run_id: UUID) -> int:
    """Return how many wait for a decision."""
    return BonusObjection.objects.filter(line__run=run_id, upheld=None).count()


def scores(start: date, end: date, plan: BonusPlan | None = None) -> tuple[Team, dict[UUID, Score]]:
    """Return everybody's standing in the sales of a span, in five queries."""
    span = span_of(start, end)
    team = weigh(span.served, span.recognised)
    by_seller = {one.seller_id: one for one in team.sellers}
    told = {
        seller: _score(seller, counts, by_seller.get(seller), team, plan)
        for seller, counts in span.counts.items()
    }
    return team, told


def _score(
    seller: UUID, counts: Counts, own: Standing | None, team: Team, plan: BonusPlan | None
) -> Score:
    trust = own.trust_bp if own else 0
    far = difference_bp(own.sales if own else (), level_bp=team.level_bp, trust_bp=trust)
    return Score(seller, counts, far, trust, _reason(counts, plan))


def _reason(counts: Counts, plan: BonusPlan | None) -> BonusReason:
    least = plan.min_answers if plan else LEAST_ANSWERS
    floor = plan.floor_percent if plan else LEAST_PERCENT
    if counts.answers < least:
        return BonusReason.FEW_ANSWERS
    if counts.answers * 100 < floor * counts.asked:
        return BonusReason.LOW_RATE
    return BonusReason.COUNTS
