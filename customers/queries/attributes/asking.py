"""Whether what is known of a customer is what somebody asks for; no database here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from customers.enums import DATED_KINDS, LISTED_KINDS, AttributeKind
from customers.queries.attributes.values import age_of


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of a kind, in its kept form."""

    kind: str
    value: str


def is_among(fact: Fact, values: Collection[str]) -> bool:
    """Tell whether a value is one of some; of several choices one is enough."""
    if fact.kind == AttributeKind.CHOICES:
        return not set(fact.value.split(",")).isdisjoint(values)
    return fact.value in values


def is_between(fact: Fact, least: int | None, most: int | None, on: date) -> bool:
    """Tell whether a number, or the age in whole years on a day, is within two, both included."""
    if fact.kind in DATED_KINDS:
        number = age_of(fact.value, on)[0]
    elif fact.kind == AttributeKind.NUMBER:
        number = int(fact.value)
    else:
        return False
    return (least is None or number >= least) and (most is None or number <= most)


def can_be_asked(
    kind: str, codes: Collection[str], values: Collection[str], *, ranged: bool
) -> bool:
    """Tell whether an attribute of a kind can be asked for these values, or for a range."""
    if kind in DATED_KINDS or kind == AttributeKind.NUMBER:
        return ranged and not values
    if kind in LISTED_KINDS:
        return not ranged and bool(values) and set(values) <= set(codes)
    if kind == AttributeKind.YES_NO:
        return not ranged and bool(values) and set(values) <= {"yes", "no"}
    return not ranged and bool(values)
