"""Invitations whose moment has come, and those whose time is over."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from businesses.enums import Module
from businesses.queries import business_by_id
from businesses.queries.modules import module_is_on
from core.tenancy import across_businesses, acting_for, active_business_id, operation
from customers.queries.spending import contacts_of
from feedback.enums import InvitationState
from feedback.models import Survey, SurveyInvitation
from feedback.operations.withdraw import MESSAGE_KIND
from feedback.queries.texts import invitation_text
from feedback.queries.tokens import survey_url, token_for
from messaging.enums import Purpose
from messaging.operations import NewSms, queue_sms_many
from outbox.operations.fence import Fence

_AT_ONCE: Final = 500


def sweep(*, now: datetime) -> int:
    """Send and expire invitations of every business; return how many were moved on.

    Runs under the worker role, which may see whose invitations are due.
    """
    moved = 0
    for business_id in _businesses(now):
        with Fence(f"feedback.sweep {business_id}"):
            moved += _in_business(business_id, now)
    return moved


@operation
def send_invitations(*, now: datetime, limit: int = _AT_ONCE) -> int:
    """Queue the SMS of due invitations; without a mobile the link on the receipt has to do."""
    rows = SurveyInvitation.objects.select_for_update(skip_locked=True)
    due = list(rows.filter(_waiting(now)).order_by("due_at")[:limit])
    if due:
        _queue(due, now)
        SurveyInvitation.objects.filter(id__in=[one.id for one in due]).update(
            state=InvitationState.OPEN
        )
    return len(due)


@operation
def expire_invitations(*, now: datetime) -> int:
    """Close links whose time is over."""
    return SurveyInvitation.objects.filter(_over(now)).update(state=InvitationState.EXPIRED)


@operation
def drop_invitations(*, now: datetime) -> int:
    """Close what would be asked now."""
    return SurveyInvitation.objects.filter(_waiting(now)).update(state=InvitationState.EXPIRED)


def _businesses(now: datetime) -> list[UUID]:
    with across_businesses(why="find due survey invitations"):
        rows = SurveyInvitation.objects.filter(_waiting(now) | _over(now))
        return list(rows.values_list("business_id", flat=True).distinct())


def _in_business(business_id: UUID, now: datetime) -> int:
    with acting_for(business_id):
        return expire_invitations(now=now) + _move_waiting(now)


def _move_waiting(now: datetime) -> int:
    """Ask whose moment has come; where surveys are switched off they are asked no more."""
    if module_is_on(Module.SURVEYS):
        return send_invitations(now=now)
    return drop_invitations(now=now)


def _waiting(now: datetime) -> Q:
    return Q(state=InvitationState.WAITING, due_at__lte=now)


def _over(now: datetime) -> Q:
    return Q(state=InvitationState.OPEN, expires_at__lte=now)


def _queue(due: list[SurveyInvitation], now: datetime) -> None:
    surveys = Survey.objects.in_bulk({one.survey_id for one in due})
    people = contacts_of({one.customer_id for one in due})
    shop = business_by_id(active_business_id()).name
    messages = []
    for one in due:
        if one.customer_id in people:
            name, mobile = people[one.customer_id]
            link = survey_url(token_for(one.business_id, one.id))
            text = invitation_text(surveys[one.survey_id].invitation, name, shop, link)
            messages.append(NewSms(mobile, text, f"survey:{one.id}", one.id))
    queue_sms_many(messages=messages, purpose=Purpose.SURVEY, now=now, ref_kind=MESSAGE_KIND)
