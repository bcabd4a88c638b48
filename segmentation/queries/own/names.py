"""What a rule names of a business, so that it can be checked and told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from businesses.queries import branches, employees
from customers.enums import DATED_KINDS
from customers.queries.attributes import can_be_asked, definitions
from customers.queries.context import context_fields
from customers.queries.tastes import can_be_tasted
from loyalty.queries.programme import tiers
from segmentation.queries.own.document import HasAttribute, HasTaste, InTier, OfSales, leaves


@dataclass(frozen=True, slots=True)
class Names:
    """Branches, employees, tiers, attributes and fields of sales by what rules call them."""

    branches: Mapping[UUID, str]
    employees: Mapping[UUID, str]
    tiers: Mapping[UUID, str]
    attributes: Mapping[str, Any]
    fields: Mapping[str, Any]


def names() -> Names:
    """Return the names of the active business. Five queries, four where sales have no fields."""
    return Names(
        branches={one.id: one.name for one in branches()},
        employees={one.id: one.name for one in employees()},
        tiers={one.id: one.name for one in tiers()},
        attributes={one.key: one for one in definitions()},
        fields=context_fields(),
    )


def strangers(rule: Any, known: Names) -> Sequence[str]:
    """Return what a rule names that the business does not have, or asks for what cannot be."""
    return [found for one in leaves(rule) for found in _strange(one, known)]


def _strange(one: Any, known: Names) -> Sequence[str]:
    if isinstance(one, OfSales):
        return _strange_sales(one, known)
    if isinstance(one, InTier):
        return [str(tier) for tier in one.tiers if tier not in known.tiers]
    if isinstance(one, HasAttribute):
        return [] if _is_askable(one, known) else [one.key]
    if isinstance(one, HasTaste):
        definition = known.attributes.get(one.key)
        return [] if definition is not None and can_be_tasted(definition) else [one.key]
    return []


def _strange_sales(one: OfSales, known: Names) -> Sequence[str]:
    asked: Sequence[tuple[object, Mapping[Any, Any]]] = (
        (one.branch_id, known.branches),
        (one.employee_id, known.employees),
        # Where no field is named, lines say what they like.
        (one.field if known.fields else None, known.fields),
    )
    return [str(what) for what, there in asked if what is not None and what not in there]


def _is_askable(one: HasAttribute, known: Names) -> bool:
    definition = known.attributes.get(one.key)
    if definition is None:
        return False
    if one.comes:
        return definition.kind in DATED_KINDS
    codes = [choice["code"] for choice in definition.choices]
    ranged = one.values is None
    return can_be_asked(definition.kind, codes, one.values or (), ranged=ranged)
