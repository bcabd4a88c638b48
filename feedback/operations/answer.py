"""Taking a customer's answer, once."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise, persian_digits
from customers.enums import CaseKind
from customers.operations import note_timeline, open_case
from feedback.enums import LOW, SCALES, InvitationState
from feedback.events import SurveyAnswered
from feedback.models import Response, Survey, SurveyInvitation
from feedback.operations.withdraw import MESSAGE_KIND
from feedback.queries.tokens import browser_hash, token_hash
from messaging.operations import cancel_queued
from outbox.operations import publish

MAX_COMMENT: Final = 1000
TIMELINE_KIND: Final = "survey"


@operation
def answer_survey(
    *,
    token: str,
    score: int,
    comment: str,
    from_staff: bool = False,
    browser: str = "",
    now: datetime,
) -> Response:
    """Write down an answer; a low score opens a case.

    `from_staff` tells that it came from a browser of the business, `browser` from which one.

    Raises NotFound, and Problem `invalid_score`, `survey_answered` or `survey_closed`.
    """
    invitation = _open_invitation(token, now)
    survey = Survey.objects.get(id=invitation.survey_id)
    if score not in SCALES[survey.kind]:
        raise Problem("invalid_score", _("Please choose one of the marks."))
    response = Response.objects.create(
        invitation=invitation,
        survey=survey,
        customer_id=invitation.customer_id,
        purchase_id=invitation.purchase_id,
        score=score,
        comment=normalise(comment)[:MAX_COMMENT],
        flagged=invitation.refunded_at is not None,
        from_staff=from_staff,
        browser_hash=browser_hash(browser) if browser else None,
        answered_at=now,
    )
    SurveyInvitation.objects.filter(id=invitation.id).update(state=InvitationState.ANSWERED)
    cancel_queued(ref_kind=MESSAGE_KIND, ref_ids=[invitation.id], now=now)
    _tell(survey, response, now)
    return response


def _open_invitation(token: str, now: datetime) -> SurveyInvitation:
    rows = SurveyInvitation.objects.select_for_update()
    invitation = rows.filter(token_hash=token_hash(token)).first()
    if invitation is None:
        raise NotFound(_("There is no such survey."))
    if invitation.state == InvitationState.ANSWERED:
        raise Problem(
            "survey_answered", _("You have already answered."), status=HTTPStatus.CONFLICT
        )
    over = invitation.state in {InvitationState.EXPIRED, InvitationState.CANCELLED}
    if over or invitation.expires_at <= now:
        raise Problem("survey_closed", _("This survey is over."), status=HTTPStatus.GONE)
    return invitation


def _tell(survey: Survey, response: Response, now: datetime) -> None:
    """Let the customer's story, the people in charge and the other apps know."""
    ref = f"survey:{response.id}"
    note_timeline(
        customer_id=response.customer_id,
        kind=TIMELINE_KIND,
        occurred_at=now,
        now=now,
        data={"kind": survey.kind, "score": response.score, "comment": response.comment},
        source_ref=ref,
    )
    is_low = response.score <= LOW[survey.kind]
    if is_low:
        open_case(
            kind=CaseKind.LOW_SCORE,
            title=_case_title(survey, response),
            detail=response.comment,
            customer_id=response.customer_id,
            source_ref=ref,
            now=now,
        )
    event = SurveyAnswered(
        response_id=response.id,
        survey_id=survey.id,
        customer_id=response.customer_id,
        purchase_id=response.purchase_id,
        kind=survey.kind,
        score=response.score,
        is_low=is_low,
    )
    publish([event], now=now)


def _case_title(survey: Survey, response: Response) -> str:
    """Return the case's title in the business's language, whatever the customer's is."""
    with override(settings.LANGUAGE_CODE):
        title = _("Score %(score)s of %(top)s in the survey after a purchase")
        text = title % {"score": response.score, "top": SCALES[survey.kind][-1]}
    return persian_digits(text)
