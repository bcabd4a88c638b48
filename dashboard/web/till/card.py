"""The greeting card (capability C088): what a cashier needs to know of who stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.enums import CaseState
from customers.queries.people import CustomerView
from dashboard.web import words
from dashboard.web.attributes.spoken import spoken
from loyalty.queries.offers import RewardOffer
from loyalty.queries.till.card import till_card


@dataclass(frozen=True, kw_only=True)
class Knows:
    """One thing worth knowing; a guess from what they buy, or said."""

    title: str
    text: str
    guessed: bool


@dataclass(frozen=True, kw_only=True)
class LastCase:
    """The last complaint or request."""

    title: str
    when: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    """What to know: tastes, the last case, a reward within reach, and the usual order."""

    knows: Sequence[Knows]
    case: LastCase | None
    reward: str
    usual: str


def greeting_card(
    person: CustomerView, balance: int, will_earn: int, today: date, now: datetime
) -> Card:
    """Return the card of a customer in words."""
    told = till_card(person, balance, will_earn, today, now)
    return Card(
        knows=[
            Knows(
                title=one.definition.title,
                text=spoken(one.definition, one.value, today),
                guessed=one.guessed,
            )
            for one in told.knows
        ],
        case=_case(told.case, now) if told.case else None,
        reward=_reward(told.reward) if told.reward else "",
        usual=told.usual,
    )


def _case(case: Any, now: datetime) -> LastCase:
    is_open = case.state == CaseState.OPEN
    return LastCase(title=case.title, when=words.ago(case.opened_at, now), is_open=is_open)


def _reward(reward: RewardOffer) -> str:
    if reward.is_affordable:
        facts = {"name": reward.name, "n": words.number(reward.cost_points)}
        return _("“%(name)s” can be had now, for %(n)s points.") % facts
    facts = {"name": reward.name, "n": words.number(reward.missing_points)}
    return _("After this sale “%(name)s” can be had; only %(n)s points are missing.") % facts
