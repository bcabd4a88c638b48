"""What came of getting in touch, and who looks after somebody."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from customers.enums import LeadLoss, LeadStage, LeadStep, TimelineKind
from customers.models import Lead
from customers.operations.leads.note import clean_text, demand_due, owner_of
from customers.operations.stories import note_timeline
from customers.queries.leads.bought import has_bought

_CHANGED = (
    "stage",
    "contacted_at",
    "interested_at",
    "lost_at",
    "lost_because",
    "tries",
    "next_at",
)


@operation
def follow_up(
    *,
    lead_id: UUID,
    step: str,
    now: datetime,
    note: str = "",
    because: str = "",
    next_at: datetime | None = None,
    by: str = "",
) -> Lead:
    """Write down what came of getting in touch, and when to do so again (None: not again).

    Raises NotFound, Problem `invalid_step`, `lead_lost` or `lead_not_lost` (409), `lead_bought`
    (409), `invalid_loss`, `lead_without_consent`, `invalid_moment`, `invalid_text`.
    """
    lead = _held(lead_id)
    taken = _step(lead, step)
    text = clean_text(note, "note")
    demand_due(next_at, now, consented=lead.consented_at is not None)
    lead.next_at = next_at
    _go(lead, taken, because, now)
    lead.save(update_fields=_CHANGED)
    note_timeline(
        customer_id=lead.customer_id,
        kind=TimelineKind.LEAD_STEP,
        data={"step": taken, "note": text, "because": lead.lost_because, "by": by},
        occurred_at=now,
        now=now,
    )
    return lead


@operation
def assign_lead(*, lead_id: UUID, owner_code: str, now: datetime) -> Lead:
    """Say who looks after somebody; "" is nobody. Raises NotFound, Problem `unknown_employee`."""
    del now
    lead = _held(lead_id)
    lead.owner_id = owner_of(owner_code)
    lead.save(update_fields=["owner_id"])
    return lead


def _held(lead_id: UUID) -> Lead:
    lead = Lead.objects.select_for_update(no_key=True).filter(id=lead_id).first()
    if lead is None:
        raise NotFound(_("There is no such lead."))
    return lead


def _step(lead: Lead, step: str) -> LeadStep:
    """Return the step if it can be taken from where the lead is."""
    if step not in LeadStep.values:
        sentence = _("Say what came of it, by one of the answers offered.")
        raise Problem("invalid_step", sentence, fields={"step": [sentence]})
    taken, lost = LeadStep(step), lead.stage == LeadStage.LOST
    if taken is LeadStep.REOPENED and not lost:
        raise _conflict("lead_not_lost", _("This lead is open."))
    if taken is not LeadStep.REOPENED and lost:
        raise _conflict("lead_lost", _("This lead is lost; take it up again first."))
    if has_bought(lead.customer_id):
        raise _conflict("lead_bought", _("They have bought: they are a customer now."))
    return taken


def _go(lead: Lead, step: LeadStep, because: str, now: datetime) -> None:
    if step is LeadStep.LOST:
        _lose(lead, because, now)
    elif step is LeadStep.REOPENED:
        lead.lost_at, lead.lost_because = None, ""
        lead.stage = _reached(lead)
    elif step is LeadStep.NO_ANSWER:
        lead.tries += 1
    else:
        lead.tries = 0
        lead.contacted_at = lead.contacted_at or now
        if step is LeadStep.INTERESTED:
            lead.interested_at = lead.interested_at or now
        lead.stage = _reached(lead)


def _lose(lead: Lead, because: str, now: datetime) -> None:
    if because not in LeadLoss.values:
        sentence = _("Say why, by one of the reasons offered.")
        raise Problem("invalid_loss", sentence, fields={"because": [sentence]})
    lead.stage, lead.lost_at, lead.lost_because = LeadStage.LOST, now, because
    lead.next_at = None


def _reached(lead: Lead) -> LeadStage:
    """Return the furthest stage the dates tell of."""
    if lead.interested_at:
        return LeadStage.INTERESTED
    return LeadStage.CONTACTED if lead.contacted_at else LeadStage.NEW


def _conflict(code: str, sentence: object) -> Problem:
    return Problem(code, str(sentence), status=HTTPStatus.CONFLICT)
