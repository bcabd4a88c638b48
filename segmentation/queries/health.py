"""How an account stands: what we know, whether we talk, and whether we did well (C109).

Knowledge is the part we know of what we want to know. Relationship is two-way: how lately they
spoke to us (an answer, a case) and we to them (an offer that arrived, a call that was made), each
halving every ninety days. Performance is the part of a year's purchases without a return or a
complaint that was not without ground, with what they last said of us. Health is the mean; what is
not known has no part in it, and below two parts there is none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id
from customers.queries.dealings import Dealings, dealings_of
from feedback.queries.moods import LastAnswer, last_answers
from messaging.queries.reached import reached_at
from segmentation.enums import ActionState, NamedSegment
from segmentation.models import ActionItem, NamedStay

_YEAR: Final = timedelta(days=365)
_HALF_LIFE: Final = 90.0
# Of fewer purchases nobody can say whether things go well.
FEWEST: Final = 3
_LEAST_PARTS: Final = 2


@dataclass(frozen=True, slots=True)
class Health:
    """Marks of 0 to 100, None where not known; the days since either side last spoke."""

    knowledge: int
    relationship: int
    performance: int | None
    heard_days: int | None
    told_days: int | None
    bought: int
    troubles: int

    @property
    def parts(self) -> Sequence[int]:
        """Return the marks that are known."""
        found = (self.knowledge, self.relationship, self.performance)
        return [one for one in found if one is not None]

    @property
    def score(self) -> int | None:
        """Return the mean of what is known, from two parts on."""
        return round(sum(self.parts) / len(self.parts)) if len(self.parts) >= _LEAST_PARTS else None


def healths_of(customer_ids: Collection[UUID], now: datetime) -> dict[UUID, Health]:
    """Return how a few accounts stand. Six queries, however many."""
    today = business_day(now, business_by_id(active_business_id()).timezone)
    dealings = dealings_of(customer_ids, today - _YEAR, now)
    said = last_answers(customer_ids)
    reached = reached_at([one.mobile for one in dealings.values() if one.mobile])
    done = dict(
        ActionItem.objects.filter(customer_id__in=list(customer_ids), state=ActionState.DONE)
        .values_list("customer_id")
        .annotate(at=Max("answered_at"))
    )
    return {
        who: _health(one, said.get(who), [reached.get(one.mobile or ""), done.get(who)], now)
        for who, one in dealings.items()
    }


def strategic_ids(customer_ids: Collection[UUID]) -> set[UUID]:
    """Return who of these is a strategic account: of the fifth that brings most. One query."""
    rows = NamedStay.objects.filter(
        customer_id__in=list(customer_ids), left_at=None, segment=NamedSegment.HIGH_PROFIT
    )
    return set(rows.values_list("customer_id", flat=True))


def _health(
    one: Dealings, said: LastAnswer | None, told: Sequence[datetime | None], now: datetime
) -> Health:
    heard = _since([said.at if said else None, one.last_case_at], now)
    spoken = _since(told, now)
    return Health(
        knowledge=round(100 * one.known / one.wanted),
        relationship=round((_fresh(heard) + _fresh(spoken)) / 2),
        performance=_performance(one, said),
        heard_days=heard,
        told_days=spoken,
        bought=one.bought,
        troubles=one.troubles,
    )


def _performance(one: Dealings, said: LastAnswer | None) -> int | None:
    if one.bought < FEWEST:
        return None
    well = 100 * (one.bought - one.troubles) / one.bought
    if said is None:
        return round(well)
    mood = {True: 100, None: 50, False: 0}[said.content]
    return round((well + mood) / 2)


def _since(moments: Sequence[datetime | None], now: datetime) -> int | None:
    known = [one for one in moments if one is not None]
    return max(0, (now - max(known)).days) if known else None


def _fresh(days: int | None) -> float:
    return 0.0 if days is None else 100 * 0.5 ** (days / _HALF_LIFE)
