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
    Template(
        key="come-back",
        icon="ticket",
        title=_("A coupon for the next time"),
        text=_("Who buys much gets a coupon to come back with."),
        initial={
            "name": _("Coupon for the next time"),
            "effect": "coupon",
            "least": 300_000 * RIAL_PER_TOMAN,
            "days": 30,
            "customer_cap": 2,
            "customer_span": "month",
        },
    ),
    Template(
        key="birthday",
        icon="gift",
        title=_("A free item in the week of the birthday"),
        text=_("From three days before to three days after, once a year."),
        initial={
            "name": _("Birthday treat"),
            "effect": "item",
            "worth": 100_000 * RIAL_PER_TOMAN,
            "days": 14,
            "around": ["birthday"],
            "around_days": 3,
            "customer_cap": 1,
            "customer_span": "year",
        },
    ),
    Template(
        key="stamps",
        icon="rubber-stamp",
        title=_("A second stamp in quiet hours"),
        text=_("The card fills sooner for who comes when it is quiet."),
        initial={
            "name": _("Second stamp"),
            "effect": "stamp",
            "stamps": 1,
            "weekdays": ["0", "1", "2", "3", "4"],
            "start": 15 * _HOUR,
            "end": 17 * _HOUR,
        },
    ),
    Template(
        key="gift-card",
        icon="credit-card",
        title=_("A gift card on very large baskets"),
        text=_("Money to spend here next time, with a budget."),
        initial={
            "name": _("Gift card with a large basket"),
            "effect": "gift_card",
            "least": 2_000_000 * RIAL_PER_TOMAN,
            "worth": 100_000 * RIAL_PER_TOMAN,
            "days": 60,
            "customer_cap": 1,
            "customer_span": "month",
            "budget": 10_000_000 * RIAL_PER_TOMAN,
        },
    ),
    Template(
        key="joined",
        icon="user-plus",
        title=_("Welcome to the club"),
        text=_("Points at once for who joins, with a budget and without a purchase."),
        initial={
            "name": _("Welcome to the club"),
            "moment": "after",
            "after": ["joined"],
            "effect": "fixed",
            "points": 50,
            "customer_cap": 50,
            "customer_span": "ever",
            "budget": 5_000_000 * RIAL_PER_TOMAN,
        },
    ),
    Template(
        key="own-day",
        icon="gift",
        title=_("A gift card on the customer's birthday"),
        text=_("For good customers alone, by what they bought before."),
        initial={
            "name": _("Birthday card"),
            "moment": "after",
            "after": ["day_birthday"],
            "effect": "gift_card",
            "worth": 100_000 * RIAL_PER_TOMAN,
            "days": 30,
            "bought": 2_000_000 * RIAL_PER_TOMAN,
            "customer_cap": 1,
            "customer_span": "year",
            "budget": 10_000_000 * RIAL_PER_TOMAN,
        },
    ),
    Template(
        key="thanks",
        icon="star",
        title=_("A reward for who wrote a review"),
        text=_("With the next purchase within a month of it."),
        initial={
            "name": _("Thank you for the review"),
            "effect": "reward",
            "did": ["review"],
            "did_days": 30,
            "customer_cap": 1,
            "customer_span": "year",
        },
    ),
)
