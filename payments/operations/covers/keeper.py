"""Who keeps the gift cards and coupons payments are covered by: an app above, at start-up."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from payments.enums.covers import CoverKind


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCover:
    """A payment as somebody would cover it: its lines, what is to be paid, who pays.

    A rest between nothing and `least_rial` no gateway takes. `holds` are held for it already.
    """

    lines: Sequence[Mapping[str, Any]]
    asked_rial: int
    due_rial: int
    least_rial: int
    mobile: str
    holds: Collection[UUID]


@dataclass(frozen=True, kw_only=True, slots=True)
class Covering:
    """What is held now; `off_lines` is what a coupon takes off each line."""

    kind: CoverKind
    hold_id: UUID
    amount_rial: int
    label: str
    off_lines: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeper:
    """How holds are made and ended, inside the business's scope, under the payment's lock.

    `hold` returns None when the same card is held for the payment already, and raises Problem;
    `spend` tells whether the held thing now belongs to the sale. `credit` holds store credit of
    who pays, of whom the caller has proof; nothing where some is held for the payment already.
    """

    offered: Callable[[], bool]
    hold: Callable[[str, ToCover, datetime, datetime], Covering | None]
    keep: Callable[[UUID, datetime], None]
    free: Callable[[UUID, datetime], None]
    spend: Callable[[UUID, UUID, datetime], bool]
    credit: Callable[[ToCover, datetime, datetime], Sequence[Covering]]
    credit_offered: Callable[[], bool]


_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """Let an app keep what payments are covered by; one only."""
    _keepers[:] = [keeper]


def covers_offered() -> bool:
    """Tell whether the active business has anything a payment could be covered by."""
    return any(one.offered() for one in _keepers)


def credit_offered() -> bool:
    """Tell whether the active business takes store credit."""
    return any(one.credit_offered() for one in _keepers)


def the_keeper() -> Keeper:
    """Return the keeper. Raises Problem `covers_not_offered`."""
    if not _keepers:
        raise Problem(
            "covers_not_offered",
            _("Gift cards and coupons are not taken here."),
            status=HTTPStatus.CONFLICT,
        )
    return _keepers[0]
