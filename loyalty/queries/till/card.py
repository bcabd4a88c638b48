"""What to know of who stands at the till: tastes, the last case, a reward within reach (C088)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from customers.enums import AttributePrivacy
from customers.queries.attributes import attributes_of
from customers.queries.cases import case_rows
from customers.queries.people import CustomerView
from customers.queries.tastes import tastes_of
from loyalty.queries.offers import RewardOffer, available_rewards

_MOST: Final = 5
_USUAL: Final = "item"


@dataclass(frozen=True, slots=True)
class Knows:
    """One attribute worth knowing: said, or guessed from what they buy."""

    definition: Any
    value: str
    guessed: bool


@dataclass(frozen=True, slots=True)
class TillCard:
    """What to know. `reward` can be had now, or after this sale."""

    knows: Sequence[Knows]
    case: Any
    reward: RewardOffer | None
    usual: str


def till_card(
    person: CustomerView, balance: int, will_earn: int, today: date, now: datetime
) -> TillCard:
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
        *(Knows(one.definition, one.value, guessed=False) for one in said.values()),
        *(Knows(one.definition, one.value, guessed=True) for one in tastes),
    ]
    items = (one.value for one in tastes if one.definition.learned_from == _USUAL)
    return TillCard(
        knows=known[:_MOST],
        case=case_rows(customer_id=person.id).first(),
        reward=_within_reach(available_rewards(balance), will_earn),
        usual=next(items, ""),
    )


def _within_reach(rewards: Sequence[RewardOffer], will_earn: int) -> RewardOffer | None:
    """Return the dearest reward that can be had, else one that this sale brings within reach."""
    had = [one for one in rewards if one.is_affordable]
    if had:
        return had[-1]
    return next((one for one in rewards if 0 < one.missing_points <= will_earn), None)
