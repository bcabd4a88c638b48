"""Whatever rules ask about buyers and days when they bought, read together and only if asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, TypedDict
from uuid import UUID

from businesses.queries import business_by_id
from core.tenancy import active_business_id
from customers.queries.attributes import Fact
from customers.queries.bought import bought_until
from loyalty.enums.presents import SharedDayState
from loyalty.models import CustomerOccasion, Engagement, SharedDay
from loyalty.queries.rules.attributes import attributes_at
from loyalty.queries.rules.document import When
from loyalty.queries.rules.segments import segments_at

Moment = tuple[UUID, datetime]
_NOBODY: Final = UUID(int=0)


class Told(TypedDict):
    """What is known of one buyer and of the calendar, as a basket holds it."""

    segments: frozenset[str]
    attributes: Mapping[str, Fact]
    occasions: Collection[tuple[str, int, int]]
    did: Mapping[str, datetime]
    bought_rial: int
    weekend: Collection[int]
    shared: Collection[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of buyers at moments; empty where no rule asks."""

    segments: Mapping[Moment, frozenset[str]] = field(default_factory=dict)
    attributes: Mapping[Moment, Mapping[str, Fact]] = field(default_factory=dict)
    occasions: Mapping[UUID, Sequence[tuple[str, int, int, datetime]]] = field(default_factory=dict)
    did: Mapping[UUID, Sequence[tuple[str, datetime, datetime | None]]] = field(
        default_factory=dict
    )
    bought: Mapping[Moment, int] = field(default_factory=dict)
    weekend: Collection[int] = ()
    shared: Collection[tuple[str, date]] = ()

    def at(self, customer_id: UUID | None, at: datetime) -> Told:
        """Return what was known of a buyer at a moment; nothing but the calendar of nobody."""
        if customer_id is None:
            nobody = Known(weekend=self.weekend, shared=self.shared)
            return nobody.at(_NOBODY, at)
        moment = (customer_id, at)
        return Told(
            segments=self.segments.get(moment, frozenset()),
            attributes=self.attributes.get(moment, {}),
            occasions=[one[:3] for one in self.occasions.get(customer_id, ()) if one[3] < at],
            # In the order of time: of each kind the latest before the purchase stays.
            did={
                kind: when
                for kind, when, until in self.did.get(customer_id, ())
                if when < at and (until is None or until > at)
            },
            bought_rial=self.bought.get(moment, 0),
            weekend=self.weekend,
            shared=self.shared,
        )


def known_of(asked: Collection[tuple[UUID | None, datetime]], whens: Sequence[When]) -> Known:
    """Return what rules ask about buyers. One query at most for each kind of question."""
    people = {customer for customer, _at in asked if customer is not None}
    days = Known(weekend=_weekend(whens), shared=_shared(whens))
    if not people:
        return days
    return replace(
        days,
        segments=segments_at(asked, {one for when in whens for one in when.segments}),
        attributes=attributes_at(asked, whens),
        occasions=_occasions(people) if any(when.around for when in whens) else {},
        did=_did(people, whens),
        bought=bought_until(asked) if any(when.bought_rial for when in whens) else {},
    )


def _weekend(whens: Sequence[When]) -> Collection[int]:
    if all(when.weekend is None for when in whens):
        return ()
    return business_by_id(active_business_id()).weekend


def _shared(whens: Sequence[When]) -> Collection[tuple[str, date]]:
    kinds = {kind for when in whens if when.shared for kind in when.shared.kinds}
    if not kinds:
        return ()
    rows = SharedDay.objects.filter(kind__in=kinds).exclude(state=SharedDayState.CANCELLED)
    return list(rows.order_by("on").values_list("kind", "on"))


def _occasions(people: Collection[UUID]) -> dict[UUID, list[tuple[str, int, int, datetime]]]:
    found: dict[UUID, list[tuple[str, int, int, datetime]]] = {}
    rows = CustomerOccasion.objects.filter(customer__in=people)
    for row in rows.only("customer_id", "kind", "month", "day", "told_at"):
        found.setdefault(row.customer_id, []).append((row.kind, row.month, row.day, row.told_at))
    return found


def _did(
    people: Collection[UUID], whens: Sequence[When]
) -> dict[UUID, list[tuple[str, datetime, datetime | None]]]:
    kinds = {kind for when in whens if when.did for kind in when.did.kinds}
    found: dict[UUID, list[tuple[str, datetime, datetime | None]]] = {}
    if not kinds:
        return found
    rows = Engagement.objects.filter(customer__in=people, kind__in=kinds).order_by("at")
    for whose, kind, at, until in rows.values_list("customer_id", "kind", "at", "taken_back_at"):
        found.setdefault(whose, []).append((kind, at, until))
    return found
