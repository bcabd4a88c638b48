"""Money of a returned sale on its way back to the gift card it came from, never elsewhere (R24)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from businesses.queries import business_by_id
from core.calendar import business_day, day_start
from core.tenancy import active_business_id, operation
from loyalty.enums import CardEntryKind, CardState, RedemptionState
from loyalty.models import GiftCard, GiftCardUse
from loyalty.operations.gift_cards.books import post_returned
from loyalty.operations.gift_cards.credit_told import tell_returned
from loyalty.operations.gift_cards.ledger import locked_card, move
from loyalty.queries.programme import program
from loyalty.queries.returned import cumulative

_GRACE_DAYS: Final = 30


@operation
def return_to_cards(
    *, purchase_id: UUID, returned_rial: int, total_rial: int, now: datetime
) -> int:
    """Give every card its part of what came back of a sale; return how much it was.

    Counted from the sale's beginning, so that parts sum exactly; a repeated return changes nothing.
    """
    rows = GiftCardUse.objects.filter(purchase=purchase_id, state=RedemptionState.COMMITTED)
    back = 0
    for use_id, card_id in rows.order_by("card_id", "id").values_list("id", "card_id"):
        card = locked_card(card_id)
        use = GiftCardUse.objects.select_for_update().get(id=use_id)
        back += give_back(card, use, returned_rial, total_rial, now)
    return back


def give_back(
    card: GiftCard, use: GiftCardUse, returned_rial: int, total_rial: int, now: datetime
) -> int:
    """Give one use's part back to its locked card; return how much.

    A card past its date is good again for the programme's days of grace. One whose own price went
    back gets nothing: whoever bought it has that money already.
    """
    if returned_rial <= 0 or card.state == CardState.VOID:
        return 0
    part = cumulative(use.amount_rial, returned_rial, total_rial) - use.returned_rial
    if part <= 0:
        return 0
    _extend(card, now)
    entry_id = move(card, CardEntryKind.REFUND, part, now, use)
    use.returned_rial += part
    use.save(update_fields=["returned_rial"])
    post_returned(card.issue, entry_id, part, now)
    if use.purchase_id is not None:
        tell_returned(card=card, purchase_id=use.purchase_id, amount_rial=part, now=now)
    return part


def _extend(card: GiftCard, now: datetime) -> None:
    if card.expires_at is None or card.expires_at > now:
        return
    zone = business_by_id(active_business_id()).timezone
    current = program()
    days = current.grace_days if current else _GRACE_DAYS
    card.expires_at = day_start(business_day(now, zone) + timedelta(days=days + 1), zone)
    card.save(update_fields=["expires_at"])
