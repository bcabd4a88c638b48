"""The few ways money moves on a gift card. Every caller holds the card's row."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from loyalty.enums import CardEntryKind
from loyalty.models import GiftCard, GiftCardEntry, GiftCardTopUp, GiftCardUse


def locked_card(card_id: UUID) -> GiftCard:
    """Return a card, its row locked: nobody else moves its money until this transaction ends."""
    return GiftCard.objects.select_for_update().select_related("issue").get(id=card_id)


def locked_cards(issue_id: UUID) -> list[GiftCard]:
    """Return the cards of an issue, locked in order of id."""
    rows = GiftCard.objects.select_for_update().filter(issue=issue_id)
    return list(rows.order_by("id"))


def move(
    card: GiftCard,
    kind: CardEntryKind,
    amount_rial: int,
    now: datetime,
    use: GiftCardUse | None = None,
) -> UUID:
    """Write one movement; the database moves the balance with it. Return the entry's id."""
    entry = GiftCardEntry(
        id=new_id(), card=card, use=use, kind=kind, amount_rial=amount_rial, at=now
    )
    entry.save(force_insert=True)
    card.balance_rial += amount_rial
    return entry.id


def move_top_up(card: GiftCard, top_up: GiftCardTopUp, now: datetime, *, back: bool) -> None:
    """Put a top-up on its card, or take it off again."""
    kind = CardEntryKind.TAKE_BACK if back else CardEntryKind.TOP_UP
    rial = -top_up.amount_rial if back else top_up.amount_rial
    entry = GiftCardEntry(
        id=new_id(), card=card, top_up=top_up, kind=kind, amount_rial=rial, at=now
    )
    entry.save(force_insert=True)
    card.balance_rial += rial


def load(cards: Sequence[GiftCard], amount_rial: int, now: datetime) -> None:
    """Load new cards, in one statement."""
    GiftCardEntry.objects.bulk_create(
        GiftCardEntry(
            id=new_id(), card=card, kind=CardEntryKind.LOAD, amount_rial=amount_rial, at=now
        )
        for card in cards
    )
