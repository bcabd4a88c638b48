"""One person gives one customer something, at once and asking nobody, within their budget."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import works_here
from core.calendar import business_day, day_start
from core.errors import NotFound, Problem, Sentence
from core.ids import new_id
from core.tenancy import active_business_id, operation
from core.tenancy.prepared import Prepared
from core.text import normalise
from customers.enums import CustomerStatus
from customers.operations import demand_nameless
from customers.queries import customer_view
from customers.queries.likeness import contacts_of
from loyalty.enums import CapSpan, GoodwillSpan
from loyalty.events import GoodwillGiven
from loyalty.models import Goodwill, GoodwillBudget
from loyalty.operations.goodwill.things import Making, Thing, What, thing_of
from loyalty.operations.movements import demanded_terms, settled_wallet
from loyalty.queries.goodwill import given_in, goodwill_by_id
from loyalty.queries.leaving import demand_not_left
from loyalty.queries.lives import life_of
from loyalty.queries.rules.spans import span_start
from outbox.operations import publish

_MAX_REASON: Final = 200

# The whole of it: nobody reads first, so nobody gives more than they may (C078).
_TAKE: Final = Prepared(
    """
INSERT INTO loyalty_goodwillmeter AS m
    (id, business_id, giver_id, span, since, used_rial, most_rial)
SELECT %(id)s, %(business)s, %(giver)s, %(span)s, %(since)s, %(rial)s, %(most)s
WHERE %(rial)s <= %(most)s
ON CONFLICT (business_id, giver_id, span, since) DO UPDATE
SET used_rial = m.used_rial + excluded.used_rial, most_rial = excluded.most_rial
WHERE m.used_rial + excluded.used_rial <= excluded.most_rial
RETURNING m.id
""",
    id="uuid",
    business="uuid",
    giver="uuid",
    span="text",
    since="date",
    rial="bigint",
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
    what: What,
    reason: str,
    giver: Giver,
    now: datetime,
    goodwill_id: UUID | None = None,
) -> Goodwill:
    """Give something on the spot; the same `goodwill_id` again gives nothing more.

    Raises NotFound, Problem `no_programme`, `goodwill_closed`, `too_much_at_once`,
    `goodwill_used_up`, `works_here`, `left_club`, `benefit_closed`, `benefit_out_of_stock` (409),
    `invalid_goodwill` (422), `reason_missing`, `names_the_person`.
    """
    current, why = demanded_terms(), normalise(reason)[:_MAX_REASON]
    budget = _open_budget(why)
    thing = thing_of(what, current)
    _check_most(budget, thing)
    whose = _receiver(customer_id, why)
    wallet = settled_wallet(whose, current, now)
    demand_not_left(wallet.left_at)
    held = goodwill_by_id(goodwill_id) if goodwill_id else None
    if held is not None:
        return held
    today = business_day(now, current.zone)
    row = Goodwill(
        id=goodwill_id or new_id(),
        customer_id=wallet.id,
        meter_id=_take(budget, giver, thing.worth_rial, today),
        giver_id=giver.id,
        giver_name=giver.name,
        kind=what.kind,
        points=what.points,
        worth_rial=thing.worth_rial,
        name=thing.name,
        reason=why,
        at=now,
    )
    end = day_start(today + timedelta(days=budget.good_days + 1), current.zone)
    thing.make(row, Making(wallet, life_of(current, today), end))
    row.save(force_insert=True)
    _tell(row, now)
    return row


def _receiver(customer_id: UUID, why: str) -> UUID:
    """Return who gets it: one of ours, who does not work here and is not named in the reason."""
    person = customer_view(customer_id)
    if person is None or person.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    demand_nameless(why, person.id)
    if works_here(active_business_id(), contacts_of([person.id])):
        raise _conflict("works_here", _("Nobody gives anything to people who work here."))
    return person.id


def _open_budget(why: str) -> GoodwillBudget:
    budget = GoodwillBudget.objects.first()
    if budget is None or not budget.is_open:
        raise _conflict("goodwill_closed", _("Nobody may give anything on the spot here."))
    if not why:
        raise Problem("reason_missing", _("Say why it is given."))
    return budget


def _check_most(budget: GoodwillBudget, thing: Thing) -> None:
    most = budget.most_at_once_rial or budget.amount_rial
    if thing.worth_rial > most:
        detail = _("So much is not given at once.")
        raise _conflict("too_much_at_once", detail, most_rial=most)


def _take(budget: GoodwillBudget, giver: Giver, rial: int, today: date) -> UUID:
    """Count the worth in the giver's span; raise where they have less left."""
    since = span_start(CapSpan(budget.span), today)
    values = {
        "id": new_id(),
        "business": active_business_id(),
        "giver": giver.id,
        "span": budget.span,
        "since": since,
        "rial": rial,
        "most": budget.amount_rial,
    }
    found = _TAKE.rows(values)
    if not found:
        left = max(0, budget.amount_rial - given_in(giver.id, GoodwillSpan(budget.span), since))
        detail = _("What you may give is used up for now.")
        raise _conflict("goodwill_used_up", detail, left_rial=left)
    meter_id: UUID = found[0][0]
    return meter_id


def _tell(row: Goodwill, now: datetime) -> None:
    event = GoodwillGiven(
        goodwill_id=row.id,
        customer_id=row.customer_id,
        kind=row.kind,
        name_of_thing=row.name,
        points=row.points,
        worth_rial=row.worth_rial,
        reason=row.reason,
    )
    publish([event], now=now)


def _conflict(code: str, detail: Sentence, **extra: int) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT, extra=extra)
