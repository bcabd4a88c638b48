"""Points corrected by hand: a reason, a limit, and a second person above a number (rule R61)."""

from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.calendar import business_day
from core.errors import NotFound, Problem, Sentence
from core.tenancy import operation
from core.text import normalise
from customers.operations import demand_nameless
from loyalty.enums import CorrectionState, EntryKind, LotOrigin
from loyalty.events import PointsAdjusted
from loyalty.models import Correction, Wallet
from loyalty.operations.movements import (
    Cause,
    consume,
    demanded_terms,
    grant,
    insufficient,
    move_balance,
    record,
    settled_wallet,
)
from loyalty.queries.leaving import demand_not_left
from loyalty.queries.lives import life_of
from loyalty.queries.programme import Terms
from outbox.operations import publish

_MAX_REASON: Final = 200


@operation
def adjust_points(
    *, customer_id: UUID, points: int, reason: str, actor: Actor | None, now: datetime
) -> int:
    """Correct a balance by hand at once; return the new one. `points` is signed.

    Raises Problem `reason_missing`, `invalid_points`, `too_many_points`, `second_person_needed`,
    `left_club`, `no_programme` or `insufficient_points`: a correction never takes a balance below
    zero.
    """
    why, current = _checked(points, reason)
    if abs(points) > current.correct_alone_points:
        raise _second_person(_("So many points need a second person."))
    wanted = Correction(customer_id=customer_id, points=points)
    whose = _apply(wanted, {"reason": why, "by": _name(actor)}, current, now)
    _audit("points.adjusted", whose, {"points": points, "reason": why}, actor, now)
    return Wallet.objects.values_list("balance_points", flat=True).get(id=whose)


@operation
def ask_correction(
    *, customer_id: UUID, points: int, reason: str, actor: Actor, now: datetime
) -> Correction:
    """Correct a balance by hand, or ask for it where a second person must agree.

    Raises the Problems of `adjust_points` but `second_person_needed`.
    """
    return _ask(Correction(customer_id=customer_id, points=points, reason=reason), actor, now)


@operation
def ask_write_off(*, customer_id: UUID, reason: str, actor: Actor, now: datetime) -> Correction:
    """Forgive all a customer owes in points, or ask for it, within the limits of corrections.

    Raises Problem `nothing_owed` (409) and those of `ask_correction`.
    """
    if not Wallet.objects.filter(id=customer_id).exists():
        raise _nothing_owed()
    wallet = settled_wallet(customer_id, demanded_terms(), now)
    if wallet.balance_points >= 0:
        raise _nothing_owed()
    owed = -wallet.balance_points
    wanted = Correction(customer_id=customer_id, points=owed, reason=reason, writes_off=True)
    return _ask(wanted, actor, now)


@operation
def decide_correction(
    *, correction_id: UUID, approve: bool, actor: Actor, now: datetime
) -> Correction:
    """Say yes or no to a correction that waits. Whoever asked for it never says yes to it.

    Raises NotFound, Problem `not_awaiting_approval`, `second_person_needed` (409), or those of
    `adjust_points`: what is true at this moment counts.
    """
    found = Correction.objects.select_for_update().filter(id=correction_id).first()
    if found is None:
        raise NotFound(_("There is no such correction."))
    if found.state != CorrectionState.WAITING:
        raise _conflict("not_awaiting_approval", _("Nobody is asked to approve this now."))
    if approve and found.asker_id == actor.id:
        raise _second_person(_("Another person than you must decide this."))
    if approve:
        why, current = _checked(found.points, found.reason)
        data = {"reason": why, "by": found.asked_by, "approved_by": _name(actor)}
        _apply(found, data, current, now)
    state = CorrectionState.APPROVED if approve else CorrectionState.REFUSED
    _decide(found, state, actor, now)
    found.save()
    action = "points.adjusted" if approve else "points.correction_refused"
    what = {"points": found.points, "reason": found.reason, "asked_by": found.asked_by}
    _audit(action, found.customer_id, what, actor, now)
    return found


def _checked(points: int, reason: str) -> tuple[str, Terms]:
    why = normalise(reason)[:_MAX_REASON]
    if not why:
        raise Problem("reason_missing", _("Say why the points are corrected."))
    if points == 0:
        raise Problem("invalid_points", _("Give a number of points other than zero."))
    current = demanded_terms()
    most = current.correct_most_points
    if most is not None and abs(points) > most:
        raise Problem(
            "too_many_points", _("The programme does not allow so many."), extra={"most": most}
        )
    return why, current


def _ask(wanted: Correction, actor: Actor, now: datetime) -> Correction:
    """Do what is wanted at once, or keep it for a second person."""
    why, current = _checked(wanted.points, wanted.reason)
    wanted.reason, wanted.state = why, CorrectionState.WAITING
    wanted.asked_by, wanted.asker_id, wanted.asked_at = _name(actor), actor.id, now
    whose, done = wanted.customer_id, abs(wanted.points) <= current.correct_alone_points
    if done:
        whose = _apply(wanted, {"reason": why, "by": _name(actor)}, current, now)
        _decide(wanted, CorrectionState.APPLIED, actor, now)
    wanted.save()
    action = "points.adjusted" if done else "points.correction_asked"
    data = {"points": wanted.points, "reason": why}
    _audit(action, whose, data, actor, now)
    return wanted


def _apply(wanted: Correction, data: dict[str, str], current: Terms, now: datetime) -> UUID:
    """Do it; return whose points they are: an old id's may have been joined to another's."""
    customer_id, points = wanted.customer_id, wanted.points
    demand_nameless(data["reason"], customer_id)
    wallet = settled_wallet(customer_id, current, now)
    cause = Cause(EntryKind.ADJUST, data=data)
    if wanted.writes_off:
        points = _write_off(wallet, points, data, now)
    elif points > 0:
        demand_not_left(wallet.left_at)
        life = life_of(current, business_day(now, current.zone))
        grant(wallet, points, cause, now, origin=LotOrigin.ADJUSTMENT, life=life)
    elif wallet.balance_points < -points:
        raise insufficient(wallet.balance_points)
    else:
        consume(wallet.id, -points, cause, now)
    event = PointsAdjusted(customer_id=wallet.id, points=points, reason=data["reason"])
    publish([event], now=now)
    return wallet.id


def _write_off(wallet: Wallet, points: int, data: dict[str, str], now: datetime) -> int:
    """Forgive up to so many points of a locked wallet's debt (rule R21); return how many."""
    forgiven = min(points, -wallet.balance_points)
    if forgiven <= 0:
        raise _nothing_owed()
    record(Cause(EntryKind.WRITEOFF, data=data), now, wallet.id, None, forgiven)
    move_balance(wallet, forgiven)
    return forgiven


def _nothing_owed() -> Problem:
    return _conflict("nothing_owed", _("This customer owes no points."))


def _decide(row: Correction, state: CorrectionState, actor: Actor, now: datetime) -> None:
    row.state, row.decided_at = state, now
    row.decided_by, row.decider_id = _name(actor), actor.id


def _audit(
    action: str, customer_id: UUID, what: dict[str, Any], actor: Actor | None, now: datetime
) -> None:
    record_audit(action=action, subject=str(customer_id), data=what, actor=actor, now=now)


def _name(actor: Actor | None) -> str:
    return str(actor) if actor else ""


def _second_person(detail: Sentence) -> Problem:
    return _conflict("second_person_needed", detail)


def _conflict(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)
