"""Targets with all they ever were."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from segmentation.enums import Span
from segmentation.models import Target, TargetStep
from segmentation.queries.targets.spans import begins, ends_before


@dataclass(frozen=True, slots=True)
class Aim:
    """A target and its steps, oldest first."""

    target: Target
    steps: Sequence[TargetStep]

    @property
    def is_ended(self) -> bool:
        """Tell whether it was given up."""
        return self.steps[-1].goal is None

    @property
    def goal(self) -> int:
        """Return what is aimed at; of one given up, what was last."""
        return next(step.goal for step in reversed(self.steps) if step.goal is not None)

    @property
    def first_goal(self) -> int:
        """Return what was aimed at in the beginning."""
        return self.steps[0].goal or 0

    def is_over(self, today: date) -> bool:
        """Tell whether its span has passed."""
        return ends_before(self.target.span, self.target.starts_on, today)


def target_rows() -> QuerySet[Target]:
    """Return the active business's targets."""
    return Target.objects.all()


def target_by_id(target_id: UUID) -> Target | None:
    """Return one target of the active business, or None."""
    return Target.objects.filter(id=target_id).first()


def last_step(target_id: UUID) -> TargetStep | None:
    """Return the step of a target that holds, or None."""
    return TargetStep.objects.filter(target_id=target_id).order_by("-number").first()


def running_targets(today: date) -> list[Target]:
    """Return the targets whose span a day lies in, months before quarters. One query."""
    rows = Target.objects.filter(starts_on__lte=today, starts_on__gte=begins(Span.QUARTER, today))
    return [
        row
        for row in rows.order_by("span", "figure")
        if not ends_before(row.span, row.starts_on, today)
    ]


def aims(targets: Iterable[Target]) -> list[Aim]:
    """Return targets with their steps. One query."""
    rows = list(targets)
    steps: dict[UUID, list[TargetStep]] = {row.id: [] for row in rows}
    for step in TargetStep.objects.filter(target_id__in=list(steps)).order_by("number"):
        steps[step.target_id].append(step)
    return [Aim(row, steps[row.id]) for row in rows if steps[row.id]]
