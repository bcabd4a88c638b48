"""Writing somebody down who has not bought yet.

Who they are is decided as at a till: by mobile, e-mail or a code of the business, never by a card.
One profile has one open lead: whoever comes again is found, not doubled. Who has bought is no lead.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import is_storable, normalise
from customers.enums import LeadStage, TimelineKind
from customers.events import LeadNoted
from customers.models import Lead, LeadSource
from customers.operations.leads.sources import source_for
from customers.operations.people.profiles import find_or_create, held_profile
from customers.operations.purchases.values import CustomerHint
from customers.operations.stories import note_timeline
from customers.queries.codes import employee_ids
from customers.queries.leads.bought import has_bought
from customers.queries.merging import survivor_of
from outbox.operations import publish

# When somebody who agreed to be contacted is due, unless a time is given.
FIRST_CONTACT: Final = timedelta(days=1)
MOST_WANTS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLead:
    """Somebody interested, and where from: a source's id, or its kind and title."""

    customer: CustomerHint
    kind: str = ""
    source: str = ""
    source_id: UUID | None = None
    wants: str = ""
    consented: bool = False
    next_at: datetime | None = None
    owner_code: str = ""


@dataclass(frozen=True, slots=True)
class NotedLead:
    """Whose lead it is. `lead` is None for somebody who has bought: they are no lead."""

    customer_id: UUID
    lead: Lead | None = None
    created: bool = False


@operation
def note_lead(*, new: NewLead, now: datetime, by: str = "") -> NotedLead:
    """Write down somebody who has not bought yet; who is known already is found.

    Raises Problem `lead_without_contact`, `lead_without_consent`, `invalid_moment`,
    `unknown_employee`, `invalid_text`, those of `find_or_create` and of sources; NotFound for an
    unknown source.
    """
    wants = _clean(new, now)
    owner = owner_of(new.owner_code)
    source = _source(new, now)
    found = find_or_create(customer=new.customer, source=f"lead:{source.kind}", now=now)
    person = held_profile(survivor_of(found.customer_id))
    _remark(person.id, source, wants, by, now)
    if has_bought(person.id):
        return NotedLead(person.id)
    lead = Lead.objects.filter(customer=person).exclude(stage=LeadStage.LOST).first()
    if lead is not None:
        _fill(lead, new, wants, owner, now)
        return NotedLead(person.id, lead)
    lead = Lead.objects.create(
        customer=person,
        source=source,
        owner_id=owner,
        wants=wants,
        made_at=now,
        consented_at=now if new.consented else None,
        next_at=_due(new, now),
    )
    publish([LeadNoted(lead_id=lead.id, customer_id=person.id, source_id=source.id)], now=now)
    return NotedLead(person.id, lead, created=True)


def demand_due(next_at: datetime | None, now: datetime, *, consented: bool) -> None:
    """Raise Problem where somebody may not be contacted then."""
    if next_at is None:
        return
    if not consented:
        raise Problem(
            "lead_without_consent",
            _("They did not agree to be contacted."),
            fields={"next_at": [_("They did not agree to be contacted.")]},
        )
    if next_at < now:
        sentence = _("Choose a time that is still to come.")
        raise Problem("invalid_moment", sentence, fields={"next_at": [sentence]})


def owner_of(code: str) -> UUID | None:
    """Return the employee of a code, None for no code. Raises Problem `unknown_employee`."""
    if not code:
        return None
    found = employee_ids({code}).get(code)
    if found is None:
        sentence = _("Nobody of this code works here.")
        raise Problem("unknown_employee", sentence, fields={"owner": [sentence]})
    return found


def clean_text(typed: str, field: str) -> str:
    """Return a text in one spelling. Raises Problem `invalid_text`."""
    text = normalise(typed.replace("\x00", ""))
    if len(text) > MOST_WANTS or not is_storable(text):
        sentence = _("Say it in at most 500 letters.")
        raise Problem("invalid_text", sentence, fields={field: [sentence]})
    return text


def _clean(new: NewLead, now: datetime) -> str:
    if not (new.customer.mobile or new.customer.email):
        sentence = _("Give a mobile or an e-mail address, so that they can be found again.")
        raise Problem("lead_without_contact", sentence, fields={"customer": [sentence]})
    if new.customer.card is not None:
        sentence = _("A card says nothing of somebody who has not bought.")
        raise Problem("lead_without_contact", sentence, fields={"customer.card": [sentence]})
    demand_due(new.next_at, now, consented=new.consented)
    return clean_text(new.wants, "wants")


def _source(new: NewLead, now: datetime) -> LeadSource:
    if new.source_id is None:
        return source_for(kind=new.kind, title=new.source, now=now)
    row = LeadSource.objects.filter(id=new.source_id).first()
    if row is None:
        raise NotFound(_("There is no such source."))
    if not row.is_open:
        raise Problem("lead_source_closed", _("This source is closed."), status=HTTPStatus.CONFLICT)
    return row


def _fill(lead: Lead, new: NewLead, wants: str, owner: UUID | None, now: datetime) -> None:
    """Add to an open lead what it did not say yet; somebody who agrees now is due."""
    agrees = new.consented and lead.consented_at is None
    facts: dict[str, Any] = {"wants": lead.wants or wants, "owner_id": lead.owner_id or owner}
    if agrees:
        facts["consented_at"] = now
    if new.next_at is not None or (agrees and lead.next_at is None):
        facts["next_at"] = _due(new, now)
    for name, value in facts.items():
        setattr(lead, name, value)
    lead.save(update_fields=list(facts))


def _due(new: NewLead, now: datetime) -> datetime | None:
    return new.next_at or (now + FIRST_CONTACT if new.consented else None)


def _remark(customer_id: UUID, source: LeadSource, wants: str, by: str, now: datetime) -> None:
    note_timeline(
        customer_id=customer_id,
        kind=TimelineKind.LEAD,
        data={"kind": source.kind, "source": source.title, "wants": wants, "by": by},
        occurred_at=now,
        now=now,
    )
