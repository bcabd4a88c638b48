"""Survey links and the page behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.tenancy import active_business_id
from core.tenancy.prepared import Joined, Prepared
from customers.queries.spending import contacts_of
from feedback.enums import SCALES, InvitationState
from feedback.models import Response, Survey, SurveyInvitation
from feedback.queries.tokens import survey_url, token_for, token_hash
from messaging.enums import Purpose
from messaging.queries import may_be_sent

_USABLE: Final = (InvitationState.WAITING, InvitationState.OPEN)

# Asked for at the till after every sale, hence without the mapper.
# The sub-select hides how many are asked for, so that one plan serves and is kept.
SURVEY_LINKS: Final = Prepared(
    """
SELECT i.business_id, i.purchase_id, i.id
FROM unnest((SELECT %(purchases)s)) AS asked (id)
CROSS JOIN LATERAL (
    SELECT business_id, purchase_id, id, state, expires_at FROM feedback_surveyinvitation
    WHERE business_id = %(business)s AND purchase_id = asked.id LIMIT 1
) i
WHERE i.state IN ('waiting', 'open') AND i.expires_at > %(now)s
""",
    business="uuid",
    purchases="uuid[]",
    now="timestamptz",
)
_ALONE: Final = Joined(SURVEY_LINKS)


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """What the public page shows. `score` is the answer already given, if any.

    `may_ask_for_news` tells whether the customer could still agree to hear of offers.
    """

    kind: str
    question: str
    comment_question: str
    thanks: str
    scale: tuple[int, ...]
    is_over: bool
    score: int | None
    may_ask_for_news: bool


def survey_links(purchase_ids: Iterable[UUID], now: datetime) -> dict[UUID, dict[str, Any]]:
    """Return {purchase: {"url": …}} of purchases that may still be answered about. One query."""
    wanted: dict[str, Any] = {
        "business": active_business_id(),
        "purchases": list(purchase_ids),
        "now": now,
    }
    (rows,) = _ALONE.rows(wanted)
    return links_of(rows)


def links_of(rows: Iterable[tuple[Any, ...]]) -> dict[UUID, dict[str, Any]]:
    """Return {purchase: {"url": …}} from the rows of SURVEY_LINKS as `Joined` gives them."""
    return {
        UUID(purchase_id): {"url": survey_url(token_for(UUID(business_id), UUID(invitation_id)))}
        for business_id, purchase_id, invitation_id in rows
    }


def invitation_url_for(purchase_id: UUID, now: datetime) -> str | None:
    """Return the survey's address for one purchase, or None."""
    found = survey_links([purchase_id], now).get(purchase_id)
    return str(found["url"]) if found else None


def survey_page(token: str, now: datetime) -> SurveyPage | None:
    """Return the page of a token of the active business, or None for a stranger's."""
    invitation = SurveyInvitation.objects.filter(token_hash=token_hash(token)).first()
    if invitation is None:
        return None
    survey = Survey.objects.get(id=invitation.survey_id)
    answered = invitation.state == InvitationState.ANSWERED
    return SurveyPage(
        kind=survey.kind,
        question=survey.question,
        comment_question=survey.comment_question,
        thanks=survey.thanks,
        scale=tuple(SCALES[survey.kind]),
        is_over=not answered and not _is_usable(invitation, now),
        score=_score(invitation) if answered else None,
        may_ask_for_news=answered and _may_ask(invitation.customer_id),
    )


def _is_usable(invitation: SurveyInvitation, now: datetime) -> bool:
    return invitation.state in _USABLE and invitation.expires_at > now


def _score(invitation: SurveyInvitation) -> int:
    return Response.objects.values_list("score", flat=True).get(invitation_id=invitation.id)


def _may_ask(customer_id: UUID) -> bool:
    people = contacts_of([customer_id])
    if customer_id not in people:
        return False
    _name, mobile = people[customer_id]
    return not may_be_sent([mobile], Purpose.MARKETING)
