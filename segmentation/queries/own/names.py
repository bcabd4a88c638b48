"""What a rule names of a business, so that it can be checked and told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from businesses.queries import branches
from customers.queries.attributes import can_be_asked, definitions
from customers.queries.tastes import can_be_tasted
from loyalty.queries.programme import tiers
from segmentation.queries.own.document import Bought, HasAttribute, HasTaste, InTier, leaves


@dataclass(frozen=True, slots=True)
class Names:
    """Branches, tiers and attributes by what rules call them."""

    branches: Mapping[UUID, str]
    tiers: Mapping[UUID, str]
    attributes: Mapping[str, Any]


def names() -> Names:
    """Return the names of the active business. Three queries."""
    return Names(
        branches={one.id: one.name for one in branches()},
        tiers={one.id: one.name for one in tiers()},
        attributes={one.key: one for one in definitions()},
    )


def strangers(rule: Any, known: Names) -> Sequence[str]:
    """Return what a rule names that the business does not have, or asks for what cannot be."""
    return [found for one in leaves(rule) for found in _strange(one, known)]


def _strange(one: Any, known: Names) -> Sequence[str]:
    if isinstance(one, Bought) and one.branch_id is not None:
        return [] if one.branch_id in known.branches else [str(one.branch_id)]
    if isinstance(one, InTier):
        return [str(tier) for tier in one.tiers if tier not in known.tiers]
    if isinstance(one, HasAttribute):
        return [] if _is_askable(one, known) else [one.key]
    if isinstance(one, HasTaste):
        definition = known.attributes.get(one.key)
        return [] if definition is not None and can_be_tasted(definition) else [one.key]
    return []


def _is_askable(one: HasAttribute, known: Names) -> bool:
    definition = known.attributes.get(one.key)
    if definition is None:
        return False
    codes = [choice["code"] for choice in definition.choices]
    ranged = one.values is None
    return can_be_asked(definition.kind, codes, one.values or (), ranged=ranged)
