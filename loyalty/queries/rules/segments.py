"""Which segments a buyer was in when they bought; told by the app above that keeps segments."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

Moment = tuple[UUID, datetime]
SegmentsAt = Callable[[Collection[Moment], Collection[str]], Mapping[Moment, frozenset[str]]]
Named = Sequence[tuple[str, str | Promise]]


@dataclass(slots=True)
class _Told:
    names: Callable[[], Named] = tuple
    at: SegmentsAt | None = field(default=None)


_TOLD = _Told()


def register_segments(names: Callable[[], Named], at: SegmentsAt) -> None:
    """Have segments told: their codes with labels, and which customers were in at moments.

    `at` is asked once for any number of moments, about the codes that rules name.
    """
    _TOLD.names, _TOLD.at = names, at


def segment_names() -> Named:
    """Return the segments a rule may name, as (code, label): the built-in ones, best first."""
    return _TOLD.names()


def segments_at(
    asked: Collection[tuple[UUID | None, datetime]], named: Collection[str]
) -> Mapping[Moment, frozenset[str]]:
    """Return which of some segments customers were in at moments. Nothing is asked for none."""
    known = {(customer, at) for customer, at in asked if customer is not None}
    return _TOLD.at(known, named) if _TOLD.at is not None and known and named else {}
