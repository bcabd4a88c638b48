"""Store credit of people who are erased: nobody can prove any more that it is theirs (R59)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from core.tenancy import part_of_operation
from loyalty.enums import CardEntryKind
from loyalty.models import GiftCard, StoreCredit
from loyalty.operations.gift_cards.books import post_expired
from loyalty.operations.gift_cards.ledger import move


@part_of_operation
def end_credit(*, customer_ids: Collection[UUID], now: datetime) -> int:
    """Write off what is left, as what nobody used in time; return how much it was."""
    theirs = StoreCredit.objects.filter(customer__in=customer_ids).values("card")
    rows = GiftCard.objects.select_for_update(of=("self",)).select_related("issue")
    ended = 0
    for card in rows.filter(id__in=theirs, balance_rial__gt=0).order_by("id"):
        left = card.balance_rial
        entry_id = move(card, CardEntryKind.EXPIRE, -left, now)
        post_expired(card.issue, entry_id, left, now)
        ended += left
    return ended
