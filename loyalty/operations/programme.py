"""What the owner decides: the programme and the rate."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import BestFor, ClawBack, ExpiryEnds, TierFall, TierWindow
from loyalty.models import EarningRule, Program
from loyalty.operations.books.value import value_changed
from loyalty.operations.policies import keep_policy
from loyalty.operations.rules.versions import put_in_force
from loyalty.queries.programme import active_rule
from loyalty.queries.rules.document import Bonus, Rate, Rules
from loyalty.queries.rules.known import rate_of, rules_of

_FIELDS: Final = frozenset(
    {
        "name",
        "unit_value_rial",
        "pending_days",
        "waits_for_returns",
        "correct_alone_points",
        "correct_most_points",
        "expiry_ends",
        "expiry_months",
        "grace_days",
        "negative_cap_points",
        "hold_minutes",
        "tier_window",
        "tier_window_days",
        "tier_grace_days",
        "tier_fall",
        "tier_revoke_days",
        "clawback",
        "retroactive",
        "gift_cards_earn",
        "spending_counts",
        "warn_days",
        "warn_points",
    }
)
_AT_LEAST: Final = {
    "unit_value_rial": 1,
    "pending_days": 0,
    "correct_alone_points": 0,
    "correct_most_points": 1,
    "expiry_months": 1,
    "grace_days": 1,
    "negative_cap_points": 0,
    "hold_minutes": 1,
    "tier_window_days": 1,
    "tier_grace_days": 0,
    "tier_revoke_days": 0,
    "warn_days": 1,
    "warn_points": 1,
}
_MOST: Final = {
    "warn_days": 90,
    "tier_grace_days": 90,
    "tier_revoke_days": 90,
    "tier_window_days": 3_660,
}
_CHOICES: Final = {
    "expiry_ends": ExpiryEnds,
    "tier_window": TierWindow,
    "tier_fall": TierFall,
    "clawback": ClawBack,
}
_AT_MOST: Final = 1_000_000_000
_MAY_BE_EMPTY: Final = frozenset({"expiry_months", "correct_most_points", "warn_days"})


@operation
def update_program(*, changes: Mapping[str, Any], actor: Actor | None, now: datetime) -> Program:
    """Change the programme. Lots already granted keep their dates (rule R13).

    Raises NotFound without a programme, Problem `invalid_programme` naming the field.
    """
    program = Program.objects.select_for_update().first()
    if program is None:
        raise NotFound(_("This business has no loyalty programme."))
    was, lived_so = program.unit_value_rial, _by_activity(program)
    for field, value in changes.items():
        setattr(program, field, _checked(field, value))
    program.save()
    value_changed(was, program.unit_value_rial, by=str(actor or ""), now=now)
    _audit("programme.updated", dict(changes), actor, now)
    held = active_rule()
    if held is not None and lived_so and not _by_activity(program):
        # Points promised to live so still do. By the new version every process sees that it must
        # ask whether there are any, though the terms may read as they once did.
        rules = Rules(rate=rate_of(held), bonuses=_beside(held))
        put_in_force(rules=rules, actor=actor, now=now)
    keep_policy(now=now)
    return program


@operation
def update_rule(
    *,
    points_num: int,
    points_den: int,
    minimum_rial: int = 0,
    cap_points: int | None = None,
    by_line: bool | None = None,
    best_for: str | None = None,
    actor: Actor | None,
    now: datetime,
) -> EarningRule:
    """Put a new version of the rate in force, with the same rules beside it (rule R13).

    How it is rounded and which of several counts stays as it is, unless told. Raises Problem
    `invalid_rule`.
    """
    numbers = (points_num, minimum_rial, 0 if cap_points is None else cap_points)
    if points_den <= 0 or min(numbers) < 0 or max(*numbers, points_den) > _AT_MOST * 1000:
        raise Problem("invalid_rule", _("The numbers of this rule make no sense."))
    Program.objects.select_for_update().first()  # one new version at a time
    held = active_rule()
    was = rate_of(held) if held is not None else Rate(num=points_num, den=points_den)
    rate = Rate(
        num=points_num,
        den=points_den,
        minimum_rial=minimum_rial,
        cap_points=cap_points,
        by_line=was.by_line if by_line is None else by_line,
        best_for=was.best_for if best_for is None else BestFor(best_for),
    )
    return put_in_force(rules=Rules(rate=rate, bonuses=_beside(held)), actor=actor, now=now)


def _beside(held: EarningRule | None) -> tuple[Bonus, ...]:
    return rules_of(held.id).bonuses if held is not None else ()


def _by_activity(program: Program) -> bool:
    return program.expiry_months is not None and ExpiryEnds(program.expiry_ends).by_activity


def _checked(field: str, value: Any) -> Any:
    least = _AT_LEAST.get(field)
    missing = value is None and field not in _MAY_BE_EMPTY
    most = _MOST.get(field, _AT_MOST)
    small = least is not None and value is not None and not least <= value <= most
    strange = field in _CHOICES and value not in _CHOICES[field].values
    if field not in _FIELDS or missing or small or strange:
        sentence = _("This value makes no sense here.")
        raise Problem("invalid_programme", sentence, fields={field: [sentence]})
    return normalise(value) if field == "name" else value


def _audit(action: str, data: dict[str, Any], actor: Actor | None, now: datetime) -> None:
    record_audit(action=action, subject="loyalty", data=data, actor=actor, now=now)
