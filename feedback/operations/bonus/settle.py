"""An owner's yes, and the payment: what earlier bonuses were too much is kept back."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.tenancy import operation
from core.text import normalise
from feedback.enums import BonusState
from feedback.models import BonusLine, BonusRun
from feedback.queries.bonus.reading import open_objections

_LONGEST: Final = 120


@operation
def approve_bonuses(*, run_id: UUID, actor: Actor, now: datetime) -> BonusRun:
    """Say yes after the time to object; every objection has its answer.

    Raises NotFound, Problem `bonuses_not_open`, `objections_open` (409).
    """
    run = _run(run_id, BonusState.FROZEN)
    if now < run.objections_until:
        raise _refused("objections_open", _("The time to object is not over yet."))
    if open_objections(run.id):
        raise _refused("objections_open", _("There are objections without an answer."))
    run.state, run.approved_at, run.approved_by = BonusState.APPROVED, now, str(actor)
    run.save()
    record_audit(action="bonus.approved", subject=str(run.id), data={}, actor=actor, now=now)
    return run


@operation
def pay_bonuses(*, run_id: UUID, reference: str, actor: Actor, now: datetime) -> BonusRun:
    """Note that an approved period was paid, and how; each person's debts are kept back of it.

    Raises NotFound, Problem `bonuses_not_open`, `invalid_reference`.
    """
    run = _run(run_id, BonusState.APPROVED)
    text = normalise(reference)
    if not 1 <= len(text) <= _LONGEST:
        detail = _("Say how it was paid, in at most 120 letters.")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        raise Problem("invalid_reference", detail, status=status, fields={"reference": [detail]})
    lines = list(BonusLine.objects.select_for_update().filter(run=run).order_by("id"))
    for line in lines:
        line.kept_back_rial = _keep_back(line)
        line.paid_rial = line.amount_rial - line.kept_back_rial
        line.save(update_fields=["kept_back_rial", "paid_rial"])
    run.state, run.paid_at, run.paid_reference = BonusState.PAID, now, text
    run.save()
    data = {"reference": text, "rial": sum(line.paid_rial or 0 for line in lines)}
    record_audit(action="bonus.paid", subject=str(run.id), data=data, actor=actor, now=now)
    return run


@operation
def cancel_bonuses(*, run_id: UUID, actor: Actor, now: datetime) -> BonusRun:
    """Throw a period's numbers away before they are paid, to work it out anew."""
    run = _run(run_id, BonusState.FROZEN, BonusState.APPROVED)
    run.state = BonusState.CANCELLED
    run.save()
    record_audit(action="bonus.cancelled", subject=str(run.id), data={}, actor=actor, now=now)
    return run


def _run(run_id: UUID, *states: BonusState) -> BonusRun:
    run = BonusRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise NotFound(_("There are no such bonuses."))
    if run.state not in states:
        raise _refused("bonuses_not_open", _("These bonuses are past that step."))
    return run


def _keep_back(line: BonusLine) -> int:
    """Take what the person was paid too much before out of this line; return how much."""
    left = line.amount_rial
    owing = BonusLine.objects.select_for_update().filter(employee=line.employee_id, owed_rial__gt=0)
    for earlier in owing.order_by("id"):
        part = min(left, earlier.owed_rial)
        if part:
            earlier.owed_rial -= part
            earlier.save(update_fields=["owed_rial"])
            left -= part
    return line.amount_rial - left


def _refused(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)
