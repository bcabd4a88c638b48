"""Rules to begin from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.money import RIAL_PER_TOMAN

_HOUR: Final = 60


@dataclass(frozen=True, kw_only=True)
class Template:
    """A rule to begin from."""

    key: str
    icon: str
    title: Promise
    text: Promise
    initial: Mapping[str, Any]


TEMPLATES: Final = (
    Template(
        key="mornings",
        icon="sun",
        title=_("Double points on weekday mornings"),
        text=_("Fill quiet hours: Saturday to Wednesday, 8 to 12."),
        initial={
            "name": _("Double points in the morning"),
            "effect": "times",
            "times": "2/1",
            "weekdays": ["0", "1", "2", "3", "4"],
            "start": 8 * _HOUR,
            "end": 12 * _HOUR,
        },
    ),
    Template(
        key="first",
        icon="star",
        title=_("A gift on the first purchase"),
        text=_("Points at once, so that the first reward is near."),
        initial={
            "name": _("Welcome"),
            "effect": "fixed",
            "points": 50,
            "which": "first",
            "customer_cap": 50,
            "customer_span": "ever",
        },
    ),
    Template(
        key="category",
        icon="tag",
        title=_("More points on some goods"),
        text=_("Double points on a category you want known."),
        initial={"name": _("Double points on a category"), "effect": "times", "times": "2/1"},
    ),
    Template(
        key="large",
        icon="basket",
        title=_("A gift on large baskets"),
        text=_("Points at once from an amount on, with a budget."),
        initial={
            "name": _("Large basket"),
            "effect": "fixed",
            "points": 20,
            "least": 500_000 * RIAL_PER_TOMAN,
            "customer_cap": 100,
            "customer_span": "month",
            "budget": 5_000_000 * RIAL_PER_TOMAN,
        },
    ),
    Template(
        key="tenth",
        icon="refresh",
        title=_("Every tenth purchase"),
        text=_("A reason to come back: points at once each tenth time."),
        initial={
            "name": _("Tenth purchase"),
            "effect": "fixed",
            "points": 100,
            "which": "every",
            "number": 10,
        },
    ),
)
