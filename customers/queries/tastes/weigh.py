"""Tastes (capability C006): what at least half of what is remembered says, three times or more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from customers.models import AttributeDefinition
from customers.queries.attributes import definitions
from customers.queries.tastes.bought import Bought, bought_by, meant

HALF_LIFE_DAYS: Final = 180
LEAST_PURCHASES: Final = 3
LEAST_SHARE: Final = 0.5
ROUNDING: Final = 1e-9
# That somebody bought nothing for children does not say that they have none.
_SAYS_NOTHING: Final = {"child_goods": "no"}


@dataclass(frozen=True, slots=True)
class Taste:
    """A value that purchases tell: of how many, of what share of their weight, and last when."""

    definition: AttributeDefinition
    value: str
    share: float
    purchases: int
    last_on: date


@dataclass(slots=True)
class _Heap:
    weight: float
    purchases: int
    last_on: date


def tastes_of(customer_id: UUID, today: date) -> list[Taste]:
    """Return a customer's tastes, by attribute, the plainest first. Two queries."""
    asked, bought = evidence(customer_id, today)
    return [taste for one in asked for taste in weigh(one, bought, today)]


def evidence(customer_id: UUID, today: date) -> tuple[list[AttributeDefinition], list[Bought]]:
    """Return the attributes that purchases tell, and a customer's purchases. Two queries."""
    asked = [one for one in definitions() if one.learned_from]
    return asked, bought_by(customer_id, {one.learned_from for one in asked}, today)


def weigh(definition: AttributeDefinition, bought: Sequence[Bought], today: date) -> list[Taste]:
    """Return what purchases say of one attribute, as far as it is a taste.

    A purchase weighs half as much for every 180 days that passed; a value's share is of all
    purchases that say anything.
    """
    whole, heaps = 0.0, dict[str, _Heap]()
    for one in bought:
        values = meant(definition, one.says.get(definition.learned_from, ()), one.on)
        if not values:
            continue
        weight = 0.5 ** ((today - one.on).days / HALF_LIFE_DAYS)
        whole += weight
        for value in values:
            heap = heaps.setdefault(value, _Heap(0.0, 0, one.on))
            heap.weight += weight
            heap.purchases += 1
            heap.last_on = max(heap.last_on, one.on)
    heaps.pop(_SAYS_NOTHING.get(definition.learned_from, ""), None)
    tastes = [
        Taste(definition, value, heap.weight / whole, heap.purchases, heap.last_on)
        for value, heap in heaps.items()
        if heap.purchases >= LEAST_PURCHASES and heap.weight >= LEAST_SHARE * whole - ROUNDING
    ]
    return sorted(tastes, key=lambda taste: (-taste.share, taste.value))
