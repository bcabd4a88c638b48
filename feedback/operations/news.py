"""After answering, a customer may agree to hear of offers."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.tenancy import operation
from customers.queries.spending import contacts_of
from feedback.enums import InvitationState
from feedback.models import SurveyInvitation
from feedback.queries.tokens import token_hash
from messaging.enums import ConsentSource, Purpose
from messaging.operations import record_consent


@operation
def agree_to_news(*, token: str, now: datetime) -> None:
    """Note the yes of whoever answered by this link. Raises NotFound."""
    invitation = SurveyInvitation.objects.filter(
        token_hash=token_hash(token), state=InvitationState.ANSWERED
    ).first()
    people = contacts_of([invitation.customer_id]) if invitation else {}
    if not invitation or not people:
        raise NotFound(_("There is no such survey."))
    _name, mobile = people[invitation.customer_id]
    record_consent(
        address=mobile,
        purpose=Purpose.MARKETING,
        granted=True,
        source=ConsentSource.SURVEY_PAGE,
        now=now,
    )
