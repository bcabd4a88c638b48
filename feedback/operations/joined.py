"""Opinions follow customers whose profiles are joined or taken apart."""

from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from customers.enums import MergeState
from customers.operations import held_merge, send_back, take_along
from feedback.models import Response, SurveyInvitation


@operation
def follow_merge(*, merge_id: UUID, now: datetime) -> None:
    """Move invitations and answers to the profile that stays."""
    del now
    merge = held_merge(merge_id, MergeState.STANDING)
    if merge is not None:
        take_along(merge=merge, model=SurveyInvitation)
        take_along(merge=merge, model=Response)


@operation
def follow_unmerge(*, merge_id: UUID, now: datetime) -> None:
    """Give them back to the profile they came from."""
    del now
    merge = held_merge(merge_id, MergeState.UNDONE)
    if merge is not None:
        send_back(merge=merge, model=SurveyInvitation)
        send_back(merge=merge, model=Response)
