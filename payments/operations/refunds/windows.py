"""A business's own days to return: of categories, and of tiers (C074)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.tenancy import operation
from core.text import normalise
from outbox.operations import publish
from payments.events import ReturnPolicyChanged
from payments.models import ReturnWindow
from payments.queries.return_days import refund_policy
from payments.queries.tiers import tier_names

_MOST_DAYS: Final = 3650
_MOST_CHARS: Final = 200


@operation
def set_return_window(*, category: str, days: int | None, now: datetime) -> None:
    """Set for how many days goods of a category come back; None: at any time.

    Raises Problem `invalid_return_window`.
    """
    _set_category(_sound(category, days), days, now)
    publish([ReturnPolicyChanged()], now=now)


@operation
def set_tier_window(*, tier_id: UUID, days: int | None, now: datetime) -> None:
    """Set for how many days customers of a tier bring goods back; None: at any time.

    Raises Problem `invalid_return_window`.
    """
    _set_tiers({**refund_policy().tier_days, tier_id: days}, now)
    publish([ReturnPolicyChanged()], now=now)


@operation
def replace_return_windows(
    *,
    windows: Sequence[tuple[str, int | None]],
    tiers: Sequence[tuple[UUID, int | None]] | None = None,
    now: datetime,
) -> None:
    """Let exactly these categories have days of their own, and where told exactly these tiers.

    Where two name the same category, in letters that differ only to a machine, the last counts.
    Raises Problem `invalid_return_window`.
    """
    wanted = {_sound(category, days): days for category, days in windows}
    ReturnWindow.objects.filter(tier_id=None).exclude(category__in=wanted).delete()
    for name, days in wanted.items():
        _set_category(name, days, now)
    if tiers is not None:
        _set_tiers(dict(tiers), now)
    publish([ReturnPolicyChanged()], now=now)


@operation
def forget_return_window(*, category: str, now: datetime) -> bool:
    """Let the general days hold for a category again; return whether it had its own."""
    gone, _by_table = ReturnWindow.objects.filter(tier_id=None, category=category).delete()
    publish([ReturnPolicyChanged()], now=now)
    return bool(gone)


@operation
def forget_tier_window(*, tier_id: UUID, now: datetime) -> bool:
    """Let a tier follow the days of all customers again; return whether it had its own."""
    gone, _by_table = ReturnWindow.objects.filter(tier_id=tier_id).delete()
    publish([ReturnPolicyChanged()], now=now)
    return bool(gone)


def _set_tiers(wanted: Mapping[UUID, int | None], now: datetime) -> None:
    """Let exactly these tiers have days of their own."""
    known = {tier for tier, _name in tier_names()}
    if not known.issuperset(wanted):
        raise _bad("tier", _("There is no such tier."))
    for days in wanted.values():
        _check(days)
    ReturnWindow.objects.filter(tier_id__isnull=False).exclude(tier_id__in=wanted).delete()
    for tier_id, days in wanted.items():
        ReturnWindow.objects.update_or_create(
            tier_id=tier_id, defaults={"days": days, "changed_at": now}
        )


def _set_category(name: str, days: int | None, now: datetime) -> None:
    ReturnWindow.objects.update_or_create(
        category=name, tier_id=None, defaults={"days": days, "changed_at": now}
    )


def _sound(category: str, days: int | None) -> str:
    """Return the category as purchases name it."""
    name = normalise(category)
    if not name or len(name) > _MOST_CHARS:
        raise _bad("category", _("Name a category as your purchases do."))
    _check(days)
    return name


def _check(days: int | None) -> None:
    if days is not None and not 0 <= days <= _MOST_DAYS:
        raise _bad("days", _("Between no day and ten years."))


def _bad(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_return_window",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
