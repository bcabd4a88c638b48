"""Which segment a buyer was in when they bought; told by the app above that keeps segments."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

Moment = tuple[UUID, datetime]
SegmentsAt = Callable[[Collection[Moment]], Mapping[Moment, str]]


@dataclass(slots=True)
class _Told:
    names: Sequence[tuple[str, str | Promise]] = ()
    at: SegmentsAt | None = field(default=None)


_TOLD = _Told()


def register_segments(names: Sequence[tuple[str, str | Promise]], at: SegmentsAt) -> None:
    """Have segments told: their codes with labels, and which one customers were in at moments.

    `at` asks once for any number, and leaves out who was in none yet.
    """
    _TOLD.names, _TOLD.at = names, at


def segment_names() -> Sequence[tuple[str, str | Promise]]:
    """Return the segments a rule may name, as (code, label), best first."""
    return _TOLD.names


def segments_at(asked: Collection[tuple[UUID | None, datetime]]) -> Mapping[Moment, str]:
    """Return the segment of customers at moments, as scored before them. One query at most."""
    known = {(customer, at) for customer, at in asked if customer is not None}
    return _TOLD.at(known) if _TOLD.at is not None and known else {}
