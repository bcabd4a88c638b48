"""The greeting card (capability C088): what a cashier needs to know of who stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from customers.enums import AttributePrivacy, CaseState
from customers.queries.attributes import attributes_of
from customers.queries.cases import case_rows
from customers.queries.people import CustomerView
from customers.queries.tastes import tastes_of
from dashboard.web import words
from dashboard.web.attributes.spoken import spoken
from loyalty.queries.offers import RewardOffer, available_rewards

_MOST: Final = 5
_USUAL: Final = "item"


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
    """Return the card of a customer. Only what is plain is shown where others look."""
    said = {
        key: one
        for key, one in attributes_of([person.id], now)[person.id].items()
        if one.definition.privacy == AttributePrivacy.PLAIN
    }
    tastes = [
        one
        for one in tastes_of(person.id, today)
        if one.definition.privacy == AttributePrivacy.PLAIN and one.definition.key not in said
    ]
    known = [
        *(_knows(one.definition, one.value, today, guessed=False) for one in said.values()),
        *(_knows(one.definition, one.value, today, guessed=True) for one in tastes),
    ]
    items = (one.value for one in tastes if one.definition.learned_from == _USUAL)
    return Card(
        knows=known[:_MOST],
        case=_last_case(person, now),
        reward=_within_reach(available_rewards(balance), will_earn),
        usual=next(items, ""),
    )


def _knows(definition: Any, value: str, today: date, *, guessed: bool) -> Knows:
    text = spoken(definition, value, today)
    return Knows(title=definition.title, text=text, guessed=guessed)


def _last_case(person: CustomerView, now: datetime) -> LastCase | None:
    case = case_rows(customer_id=person.id).first()
    if case is None:
        return None
    is_open = case.state == CaseState.OPEN
    return LastCase(title=case.title, when=words.ago(case.opened_at, now), is_open=is_open)


def _within_reach(rewards: Sequence[RewardOffer], will_earn: int) -> str:
    """Say the dearest reward that can be had, else one that this sale brings within reach."""
    had = [one for one in rewards if one.is_affordable]
    if had:
        facts = {"name": had[-1].name, "n": words.number(had[-1].cost_points)}
        return _("“%(name)s” can be had now, for %(n)s points.") % facts
    near = next((one for one in rewards if 0 < one.missing_points <= will_earn), None)
    if near is None:
        return ""
    facts = {"name": near.name, "n": words.number(near.missing_points)}
    return _("After this sale “%(name)s” can be had; only %(n)s points are missing.") % facts
