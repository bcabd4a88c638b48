"""What becomes of surveys when a person is erased (rule R59): nobody asks them any more."""

from datetime import datetime
from typing import Final

from core.tenancy.personal import Whom
from customers.operations import Farewell, Outlook
from feedback.enums import InvitationState
from feedback.models import SurveyInvitation


def _foresee(whom: Whom, now: datetime) -> Outlook:
    del whom, now
    return Outlook()


def _end(whom: Whom, now: datetime) -> None:
    del now
    unanswered = (InvitationState.WAITING, InvitationState.OPEN)
    rows = SurveyInvitation.objects.filter(customer_id__in=whom.ids, state__in=unanswered)
    rows.update(state=InvitationState.CANCELLED)


FAREWELL: Final = Farewell("feedback", _foresee, _end)
