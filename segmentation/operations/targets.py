"""Setting a target, moving it and giving it up; what it was stays written (C110)."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import add_months, business_day, month_start
from core.errors import NotFound, Problem, Sentence
from core.money import MAX_RIAL
from core.tenancy import active_business_id, operation
from core.text import normalise
from segmentation.enums import SHARES, Figure, Span
from segmentation.models import Target, TargetStep
from segmentation.models.targets import LONGEST_REASON
from segmentation.queries.targets.ledger import last_step
from segmentation.queries.targets.spans import begins, ends_before

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':targets', 0))"
_FAR_MONTHS: Final = 12
_MOST: Final[dict[str, int]] = {
    Figure.NET_SALES: MAX_RIAL,
    Figure.RETURNING: 10**9,
    Figure.NEW: 10**9,
    Figure.CONTENT: 10_000,
    Figure.PROMOTERS: 10_000,
}


@operation
def set_target(
    *,
    figure: str,
    span: str,
    starts_on: date,
    goal: int,
    reason: str = "",
    by: str = "",
    actor: Actor | None,
    now: datetime,
) -> Target:
    """Aim at a goal in a span; one that was given up begins anew under its own history.

    Raises Problem `invalid_target`, `target_over` or `target_exists`.
    """
    _check(figure, span, starts_on, goal)
    today = _today(now)
    _check_time(span, starts_on, today)
    _lock()
    target, _new = Target.objects.get_or_create(figure=figure, span=span, starts_on=starts_on)
    last = last_step(target.id)
    if last is not None and last.goal is not None:
        sentence = _("There is a target for this already; move it instead.")
        raise _refused("target_exists", sentence, about="figure", status=HTTPStatus.CONFLICT)
    _step(target, last, goal=goal, reason=_said(reason), by=by, actor=actor, now=now)
    return target


@operation
def move_target(
    *, target_id: UUID, goal: int, reason: str, by: str = "", actor: Actor | None, now: datetime
) -> Target:
    """Aim at another goal from now on, and say why. What it was stays written.

    Raises NotFound, Problem `invalid_target`, `target_over` or `target_ended`.
    """
    target, last = _running(target_id, now)
    _check(target.figure, target.span, target.starts_on, goal)
    if goal == last.goal:
        raise _refused("invalid_target", _("This is the goal already."), about="goal")
    _step(target, last, goal=goal, reason=_because(reason), by=by, actor=actor, now=now)
    return target


@operation
def end_target(
    *, target_id: UUID, reason: str, by: str = "", actor: Actor | None, now: datetime
) -> Target:
    """Give a target up, and say why. Raises NotFound, `invalid_target`, `target_over`, …_ended`."""
    target, last = _running(target_id, now)
    _step(target, last, goal=None, reason=_because(reason), by=by, actor=actor, now=now)
    return target


def _running(target_id: UUID, now: datetime) -> tuple[Target, TargetStep]:
    """Return a target that may still be moved, with the step that holds."""
    _lock()
    target = Target.objects.filter(id=target_id).first()
    last = last_step(target_id)
    if target is None or last is None:
        raise NotFound(_("There is no such target."))
    if last.goal is None:
        sentence = _("This target was given up.")
        raise _refused("target_ended", sentence, status=HTTPStatus.CONFLICT)
    if ends_before(target.span, target.starts_on, _today(now)):
        sentence = _("Its time is over; what it was then stays.")
        raise _refused("target_over", sentence, status=HTTPStatus.CONFLICT)
    return target, last


def _step(
    target: Target,
    last: TargetStep | None,
    *,
    goal: int | None,
    reason: str,
    by: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    TargetStep.objects.create(
        target=target,
        number=last.number + 1 if last else 1,
        goal=goal,
        reason=reason,
        by=by,
        at=now,
    )
    data: dict[str, Any] = {
        "figure": target.figure,
        "span": target.span,
        "starts_on": target.starts_on.isoformat(),
        "before": last.goal if last else None,
        "goal": goal,
    }
    action = "target.ended" if goal is None else "target.moved" if last else "target.set"
    record_audit(action=action, subject=f"target:{target.id}", data=data, actor=actor, now=now)


def _check(figure: str, span: str, starts_on: date, goal: int) -> None:
    if figure not in Figure.values:
        raise _refused("invalid_target", _("No target is set for this figure."), about="figure")
    if span not in Span.values:
        raise _refused("invalid_target", _("A target is for a month or a quarter."), about="span")
    if begins(span, starts_on) != starts_on:
        sentence = _("Name the first month: any for a month; the 1st, 4th, 7th or 10th of a year.")
        raise _refused("invalid_target", sentence, about="month")
    if not 0 < goal <= _MOST[figure]:
        sentence = (
            _("A share lies above zero and is at most the whole.")
            if figure in SHARES
            else _("A goal is above zero, and not beyond all measure.")
        )
        raise _refused("invalid_target", sentence, about="goal")
    business = business_by_id(active_business_id())
    if figure in SHARES and not business.has(Module.SURVEYS):
        sentence = _("Without surveys nobody is asked; switch them on first.")
        raise _refused("invalid_target", sentence, about="figure")


def _check_time(span: str, starts_on: date, today: date) -> None:
    if ends_before(span, starts_on, today):
        sentence = _("This time is over; a target looks ahead.")
        raise _refused("target_over", sentence, about="month", status=HTTPStatus.CONFLICT)
    if starts_on > add_months(month_start(today), _FAR_MONTHS):
        sentence = _("A target begins within the coming twelve months.")
        raise _refused("invalid_target", sentence, about="month")


def _because(reason: str) -> str:
    said = _said(reason)
    if not said:
        raise _refused("invalid_target", _("Say why, in a few words."), about="reason")
    return said


def _said(reason: str) -> str:
    said = normalise(reason)
    if len(said) > LONGEST_REASON:
        raise _refused("invalid_target", _("Say it in at most 500 letters."), about="reason")
    return said


def _refused(
    code: str,
    sentence: Sentence,
    *,
    about: str = "",
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Problem:
    return Problem(code, sentence, status=status, about=about)


def _today(now: datetime) -> date:
    return business_day(now, business_by_id(active_business_id()).timezone)


def _lock() -> None:
    """Let one at a time write into a business's targets: their steps are numbered."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"business": active_business_id()})
