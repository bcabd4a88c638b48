"""Announcing what moves on cards that are somebody's store credit; other cards say nothing here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from core.tenancy import part_of_operation
from loyalty.enums import CREDIT_CARDS
from loyalty.events import StoreCreditExpired, StoreCreditReturned, StoreCreditSpent
from loyalty.models import GiftCard, StoreCredit
from outbox.operations import publish


@part_of_operation
def tell_spent(*, card: GiftCard, purchase_id: UUID, amount_rial: int, now: datetime) -> None:
    """Announce that a sale was paid from one filling."""
    row = _filling(card)
    if row is not None:
        event = StoreCreditSpent(
            store_credit_id=row.id,
            customer_id=row.customer_id,
            purchase_id=purchase_id,
            amount_rial=amount_rial,
            left_rial=card.balance_rial,
            reason=row.reason,
        )
        publish([event], now=now)


@part_of_operation
def tell_returned(*, card: GiftCard, purchase_id: UUID, amount_rial: int, now: datetime) -> None:
    """Announce that money came home to a filling with goods that were paid from it."""
    row = _filling(card)
    if row is not None:
        event = StoreCreditReturned(
            store_credit_id=row.id,
            customer_id=row.customer_id,
            purchase_id=purchase_id,
            amount_rial=amount_rial,
            left_rial=card.balance_rial,
            reason=row.reason,
        )
        publish([event], now=now)


@part_of_operation
def tell_expired(*, ended: Sequence[tuple[GiftCard, int]], now: datetime) -> None:
    """Announce fillings that ended with so much unused. One query and one statement for all."""
    rial = {card.id: left for card, left in ended if card.issue.kind in CREDIT_CARDS}
    if not rial:
        return
    rows = StoreCredit.objects.filter(card__in=rial).order_by("id")
    publish([_expired(row, rial) for row in rows], now=now)


def _expired(row: StoreCredit, rial: Mapping[UUID, int]) -> StoreCreditExpired:
    return StoreCreditExpired(
        store_credit_id=row.id,
        customer_id=row.customer_id,
        amount_rial=rial[row.card_id],
        reason=row.reason,
    )


def _filling(card: GiftCard) -> StoreCredit | None:
    if card.issue.kind not in CREDIT_CARDS:
        return None
    return StoreCredit.objects.filter(card=card).first()
