"""An owner says what satisfied customers are worth to those who served them."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem, Sentence
from core.money import MAX_RIAL
from core.tenancy import operation
from feedback.models import BonusPlan

_RANGES: Final[dict[str, tuple[range, Sentence]]] = {
    "months": (range(1, 4, 2), _("One month or three.")),
    "most_rial": (range(1, MAX_RIAL + 1), _("Say how much one person may get at most.")),
    "reach_percent": (range(1, 51), _("Between 1 and 50.")),
    "min_answers": (range(20, 1_001), _("Between 20 and 1,000: fewer say nothing.")),
    "floor_percent": (range(1, 91), _("Between 1 and 90 percent.")),
    "dispute_days": (range(3, 61), _("Between 3 and 60 days.")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPlan:
    """The terms: half of `most_rial` at the team's level, all of it `reach_percent` above."""

    most_rial: int
    months: int = 1
    reach_percent: int = 10
    min_answers: int = 20
    floor_percent: int = 10
    dispute_days: int = 7


@operation
def set_bonus_plan(*, new: NewPlan, actor: Actor | None, now: datetime) -> BonusPlan:
    """Make the next version; it holds for periods not over yet. Raises `invalid_bonus_plan`."""
    told = asdict(new)
    wrong = {name: [text] for name, (allowed, text) in _RANGES.items() if told[name] not in allowed}
    if wrong:
        raise Problem(
            "invalid_bonus_plan",
            _("Some fields need another look."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields=wrong,
        )
    newest = BonusPlan.objects.select_for_update().order_by("-version").first()
    plan = BonusPlan.objects.create(
        version=newest.version + 1 if newest else 1,
        made_at=now,
        made_by=str(actor) if actor else "",
        **told,
    )
    record_audit(action="bonus.planned", subject=str(plan.id), data=told, actor=actor, now=now)
    return plan
