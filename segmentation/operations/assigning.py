"""Saying who sees to an action, and until when (C110)."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id, employee_by_code
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from segmentation.enums import ActionState
from segmentation.models import ActionItem


@operation
def assign_action(
    *,
    action_item_id: UUID,
    owner_code: str,
    due_on: date | None,
    actor: Actor | None,
    now: datetime,
) -> ActionItem:
    """Say who sees to an action ("" is nobody) and until which day (None: none).

    From then on it waits for its answer from day to day. Raises NotFound, Problem
    `unknown_employee`, `invalid_due_on` for a day that has passed, `action_answered` (409).
    """
    row = ActionItem.objects.select_for_update(of=("self",)).filter(id=action_item_id).first()
    if row is None:
        raise NotFound(_("There is no such action."))
    if row.state != ActionState.OPEN:
        sentence = _("This action was answered already.")
        raise Problem("action_answered", sentence, status=HTTPStatus.CONFLICT)
    today = business_day(now, business_by_id(active_business_id()).timezone)
    if due_on is not None and due_on < today and due_on != row.due_on:
        raise _unfit("invalid_due_on", _("Give a day that has not passed."), "due_on")
    row.owner, row.due_on = _owner(owner_code), due_on
    row.save()
    data = {"owner": owner_code, "due_on": str(due_on or "")}
    record_audit(action="action.assigned", subject=str(row.id), data=data, actor=actor, now=now)
    return row


def _owner(code: str) -> Any:
    if not code:
        return None
    found = employee_by_code(code)
    if found is None:
        raise _unfit("unknown_employee", _("Nobody with this code works here."), "owner_code")
    return found


def _unfit(code: str, detail: Any, about: str) -> Problem:
    return Problem(code, detail, status=HTTPStatus.UNPROCESSABLE_ENTITY, about=about)
