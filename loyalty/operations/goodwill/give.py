"""One person gives one customer points, at once and without asking anybody, within their budget."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import works_here
from core.calendar import business_day
from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.tenancy import active_business_id, operation
from core.tenancy.prepared import Prepared
from core.text import normalise
from customers.enums import CustomerStatus
from customers.operations import demand_nameless
from customers.queries import customer_view
from customers.queries.likeness import contacts_of
from loyalty.enums import CapSpan, EntryKind, GoodwillSpan, LotOrigin
from loyalty.events import GoodwillGiven
from loyalty.models import Goodwill, GoodwillBudget, Lot, Wallet
from loyalty.operations.movements import Cause, demanded_terms, grant, settled_wallet
from loyalty.queries.goodwill import given_in
from loyalty.queries.leaving import demand_not_left
from loyalty.queries.lives import Life, life_of
from loyalty.queries.rules.spans import span_start
from outbox.operations import publish

_MAX_REASON: Final = 200

# The whole of it: nobody reads first, so nobody gives more than they may (C078).
_TAKE: Final = Prepared(
    """
INSERT INTO loyalty_goodwillmeter AS m
    (id, business_id, giver_id, span, since, used_points, most_points)
SELECT %(id)s, %(business)s, %(giver)s, %(span)s, %(since)s, %(points)s, %(most)s
WHERE %(points)s <= %(most)s
ON CONFLICT (business_id, giver_id, span, since) DO UPDATE
SET used_points = m.used_points + excluded.used_points, most_points = excluded.most_points
WHERE m.used_points + excluded.used_points <= excluded.most_points
RETURNING m.id
""",
    id="uuid",
    business="uuid",
    giver="uuid",
    span="text",
    since="date",
    points="bigint",
    most="bigint",
)


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives: somebody signed in, or an employee a program speaks for."""

    id: UUID
    name: str


@operation
def give_goodwill(
    *,
    customer_id: UUID,
    points: int,
    reason: str,
    giver: Giver,
    now: datetime,
    goodwill_id: UUID | None = None,
) -> Goodwill:
    """Give points on the spot; the same `goodwill_id` again gives nothing more.

    Raises NotFound, Problem `no_programme`, `goodwill_closed`, `too_many_points`,
    `goodwill_used_up`, `works_here`, `left_club` (409), `invalid_points`, `reason_missing`,
    `names_the_person`.
    """
    current, why = demanded_terms(), normalise(reason)[:_MAX_REASON]
    budget = _checked(points, why)
    whose = _receiver(customer_id, why)
    wallet = settled_wallet(whose, current, now)
    demand_not_left(wallet.left_at)
    held = Goodwill.objects.filter(id=goodwill_id).first() if goodwill_id else None
    if held is not None:
        return held
    today = business_day(now, current.zone)
    row = Goodwill(
        id=goodwill_id or new_id(),
        customer_id=wallet.id,
        meter_id=_take(budget, giver, points, today),
        giver_id=giver.id,
        giver_name=giver.name,
        points=points,
        worth_rial=points * current.unit_value_rial,
        reason=why,
        at=now,
    )
    row.lot = _grant(row, wallet, life_of(current, today))
    row.save(force_insert=True)
    _tell(row, now)
    return row


def _receiver(customer_id: UUID, why: str) -> UUID:
    """Return who gets them: one of ours, who does not work here and is not named in the reason."""
    person = customer_view(customer_id)
    if person is None or person.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    demand_nameless(why, person.id)
    if works_here(active_business_id(), contacts_of([person.id])):
        raise _conflict("works_here", _("Nobody gives points to people who work here."))
    return person.id


def _grant(row: Goodwill, wallet: Wallet, life: Life) -> Lot:
    facts = {"goodwill": str(row.id), "reason": row.reason, "by": row.giver_name}
    cause = Cause(EntryKind.GOODWILL, data=facts)
    return grant(wallet, row.points, cause, row.at, origin=LotOrigin.GIFT, life=life)


def _checked(points: int, why: str) -> GoodwillBudget:
    budget = GoodwillBudget.objects.first()
    if budget is None or not budget.is_open:
        raise _conflict("goodwill_closed", _("Nobody may give points on the spot here."))
    if points < 1:
        raise Problem("invalid_points", _("Give a number of points above zero."))
    if not why:
        raise Problem("reason_missing", _("Say why the points are given."))
    most = budget.most_at_once or budget.points
    if points > most:
        raise _conflict("too_many_points", _("So many points are not given at once."), most=most)
    return budget


def _take(budget: GoodwillBudget, giver: Giver, points: int, today: date) -> UUID:
    """Count the points in the giver's span; raise where they have fewer left."""
    since = span_start(CapSpan(budget.span), today)
    values = {
        "id": new_id(),
        "business": active_business_id(),
        "giver": giver.id,
        "span": budget.span,
        "since": since,
        "points": points,
        "most": budget.points,
    }
    found = _TAKE.rows(values)
    if not found:
        left = max(0, budget.points - given_in(giver.id, GoodwillSpan(budget.span), since))
        detail = _("What you may give is used up for now.")
        raise _conflict("goodwill_used_up", detail, left_points=left)
    meter_id: UUID = found[0][0]
    return meter_id


def _tell(row: Goodwill, now: datetime) -> None:
    event = GoodwillGiven(
        goodwill_id=row.id, customer_id=row.customer_id, points=row.points, reason=row.reason
    )
    publish([event], now=now)


def _conflict(code: str, detail: Sentence, **extra: int) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT, extra=extra)
