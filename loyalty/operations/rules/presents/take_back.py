"""Presents taken back by a return of what they were given for (N8), whether or not they were used.

Locks are taken in one order: gift cards, presents, wallets, limits. A sale that spends a coupon
takes its pool first and the present after it, so neither waits for the other the wrong way round.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core.tenancy import part_of_operation
from loyalty.enums import PresentState
from loyalty.models import GiftCard, Lot, RulePresent
from loyalty.operations.gift_cards.single import void_card
from loyalty.operations.rules.meters import Key
from loyalty.queries.rules.presents import presents_lost, was_used


@part_of_operation
def lock_presents(purchase_ids: Collection[UUID]) -> None:
    """Lock what rules gave for some purchases, before their wallets."""
    lock_given(RulePresent.objects.filter(purchase__in=purchase_ids))


def lock_given(rows: QuerySet[RulePresent]) -> None:
    """Lock presents that were not taken back, their gift cards first."""
    found = {one.id: one.gift_card_id for one in rows.filter(state=PresentState.GIVEN)}
    if not found:
        return
    cards = [one for one in found.values() if one is not None]
    list(GiftCard.objects.select_for_update().filter(id__in=cards).order_by("id"))
    list(RulePresent.objects.select_for_update().filter(id__in=found).order_by("id"))


@part_of_operation
def take_presents_back(
    *, lot: Lot, returned_rial: int, total_rial: int, now: datetime
) -> Mapping[Key, int]:
    """Take back what a purchase's returns undo; return what limits of rules get back."""
    freed: Counter[Key] = Counter()
    for present, why in presents_lost(lot, returned_rial, total_rial):
        freed.update(take_present_back(present, why, now))
    return freed


def take_present_back(
    present: RulePresent, why: Mapping[str, Any], now: datetime
) -> Mapping[Key, int]:
    """Take one back, used or not; return what limits get back."""
    present.undone = {**why, **({"used": True} if was_used(present) else {})}
    if present.gift_card_id is not None:
        present.undone["left_rial"] = void_card(card_id=present.gift_card_id, now=now)
    present.state, present.taken_back_at = PresentState.TAKEN_BACK, now
    present.save(update_fields=["state", "undone", "taken_back_at"])
    return _freed(present)


def _freed(present: RulePresent) -> dict[Key, int]:
    freed: dict[Key, int] = {}
    if present.budget_rial:
        freed[present.key, None, None] = present.budget_rial
    if present.since is not None:
        freed[present.key, present.buyer_id, present.since] = present.number
    return freed
