"""A customer did something: noted once, with points as far as the rule goes (C065)."""

from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.queries import works_here
from businesses.queries.modules import module_is_on
from core.calendar import business_day
from core.errors import NotFound, Problem, Sentence
from core.tenancy import active_business_id, operation
from core.text import normalise
from customers.enums import CustomerStatus
from customers.operations import demand_nameless
from customers.queries import customer_view
from customers.queries.likeness import contacts_of
from customers.queries.merging import survivor_of
from customers.queries.people import CustomerView
from loyalty.enums import CapSpan, EntryKind, LotOrigin
from loyalty.enums.engagement import SEEN_HERE, EngagementKind, NoPoints
from loyalty.enums.happenings import HappeningKind
from loyalty.events import EngagementNoted
from loyalty.models import Engagement, EngagementRule, Lot, Wallet
from loyalty.operations.activity import note_told
from loyalty.operations.happenings import Happened, reward_happened
from loyalty.operations.movements import Cause, grant, settled_wallet
from loyalty.queries.engagements import given_times, open_rule, profile_is_complete
from loyalty.queries.leaving import out_of_club
from loyalty.queries.lives import life_of
from loyalty.queries.programme import Terms, terms
from loyalty.queries.rules.spans import span_start
from outbox.operations import publish

_MOST_LETTERS: Final = 100


@operation
def note_engagement(
    *, customer_id: UUID, kind: EngagementKind, reference: str, now: datetime
) -> Engagement:
    """Note what shop or app tells of a customer; the same reference again notes nothing more.

    Raises NotFound, Problem `engagement_closed`, `engagement_taken`, `names_the_person`,
    `no_programme` (409), `seen_here`, `invalid_reference`.
    """
    if kind in SEEN_HERE:
        raise Problem("seen_here", _("This is seen here by itself and need not be told."))
    told = normalise(reference)
    if not 1 <= len(told) <= _MOST_LETTERS:
        detail = _("Give the number or name it has with you, of at most 100 letters.")
        raise Problem("invalid_reference", detail, fields={"reference": [detail]})
    person = customer_view(customer_id)
    if person is None or person.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    demand_nameless(told, person.id)
    found = _note(person, kind, told, now)
    if found is None:
        raise _conflict("engagement_closed", _("This is not counted here."))
    if found.customer_id != survivor_of(person.id):
        raise _conflict("engagement_taken", _("Another customer did this already."))
    return found


@operation
def note_seen(
    *, customer_id: UUID, kind: EngagementKind, now: datetime, reference: str = ""
) -> None:
    """Note what was seen here; where the business does not count it, nothing happens.

    Without a reference a person does it once.
    """
    if not module_is_on(Module.ENGAGEMENT):
        return
    person = customer_view(customer_id)
    if person is not None and person.status != CustomerStatus.ERASED:
        _note(person, kind, reference or str(person.id), now)


@operation
def note_profile(*, customer_id: UUID, now: datetime) -> None:
    """Note a profile that is complete now; once for a person, whatever is changed later."""
    if open_rule(EngagementKind.PROFILE) is None or not profile_is_complete(customer_id, now):
        return
    note_seen(customer_id=customer_id, kind=EngagementKind.PROFILE, now=now)


def _note(
    person: CustomerView, kind: EngagementKind, reference: str, now: datetime
) -> Engagement | None:
    """Note it under the wallet's lock, None where it is not counted.

    Who notes the same for somebody else at that moment waits here, and finds what was noted.
    """
    rule, current = open_rule(kind), terms()
    if rule is None or current is None:
        return None
    wallet = settled_wallet(person.id, current, now)
    since = span_start(CapSpan(rule.span), business_day(now, current.zone))
    fresh = Engagement(
        customer_id=wallet.id,
        kind=kind,
        reference=reference,
        at=now,
        since=since,
        most_times=rule.most_times,
        why_none=NoPoints.NONE_OFFERED,
    )
    Engagement.objects.bulk_create([fresh], ignore_conflicts=True)
    row = Engagement.objects.get(kind=kind, reference=reference)
    if row.id == fresh.id:
        _reward(row, rule, wallet, person, current)
        if rule.is_activity:
            note_told(customer_id=wallet.id, current=current, now=now)
        after = Happened(kind=HappeningKind(row.kind), reference=str(row.id), customer_id=wallet.id)
        reward_happened(happened=[after], current=current, now=now)
        event = EngagementNoted(
            engagement_id=row.id, customer_id=row.customer_id, kind=row.kind, points=row.points
        )
        publish([event], now=now)
    return row


def _reward(
    row: Engagement,
    rule: EngagementRule,
    wallet: Wallet,
    person: CustomerView,
    current: Terms,
) -> None:
    before = given_times(wallet.id, EngagementKind(row.kind), row.since, current.zone)
    why = _why_not(rule, wallet, person, before) or _kept_out(wallet, current, row.at)
    if why:
        row.why_none = why
    else:
        row.points, row.number, row.why_none = rule.points, before + 1, ""
        row.lot = _grant(row, wallet, current)
    row.save(update_fields=["points", "number", "why_none", "lot"])


def _why_not(
    rule: EngagementRule, wallet: Wallet, person: CustomerView, before: int
) -> NoPoints | None:
    if not rule.points:
        return NoPoints.NONE_OFFERED
    if wallet.left_at is not None:
        return NoPoints.LEFT
    if person.status == CustomerStatus.PROVISIONAL:
        return NoPoints.STRANGER
    if before >= rule.most_times:
        return NoPoints.CAPPED
    if works_here(active_business_id(), contacts_of([person.id])):
        return NoPoints.STAFF
    return None


def _kept_out(wallet: Wallet, current: Terms, now: datetime) -> NoPoints | None:
    kept = out_of_club([wallet], has_leavers=current.has_leavers, now=now)
    return NoPoints.LEFT if kept else None


def _grant(row: Engagement, wallet: Wallet, current: Terms) -> Lot:
    facts = {"engagement": row.kind, "noted": str(row.id)}
    return grant(
        wallet,
        row.points,
        Cause(EntryKind.GIFT, data=facts),
        row.at,
        origin=LotOrigin.GIFT,
        life=life_of(current, business_day(row.at, current.zone)),
    )


def _conflict(code: str, detail: Sentence) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)
