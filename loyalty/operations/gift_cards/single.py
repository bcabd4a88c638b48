"""One card of the business's own, whose code is made from what it was given for."""

from datetime import datetime
from uuid import UUID

from core.ids import new_id
from core.tenancy import part_of_operation
from loyalty.enums import CardEntryKind, CardKind, CardPaid, CardState
from loyalty.models import GiftCard, GiftCardIssue
from loyalty.operations.gift_cards.ledger import load, locked_card, move
from loyalty.operations.gift_cards.use import let_go
from loyalty.queries.gift_codes import digest_of


@part_of_operation
def give_card(
    *, code: str, name: str, amount_rial: int, ends_at: datetime, by: str, now: datetime
) -> GiftCard:
    """Make a card nobody paid for, loaded and active, in an issue of its own."""
    issue = GiftCardIssue(
        id=new_id(),
        name=name,
        kind=CardKind.PROMOTIONAL,
        paid_by=CardPaid.NOTHING,
        amount_rial=amount_rial,
        count=1,
        expires_at=ends_at,
        issued_at=now,
        issued_by=by,
    )
    issue.save(force_insert=True)
    card = GiftCard(
        id=new_id(),
        issue=issue,
        code_hmac=digest_of(code),
        ends_with=code[-4:],
        state=CardState.ACTIVE,
        activated_at=now,
        expires_at=ends_at,
    )
    card.save(force_insert=True)
    load([card], issue.amount_rial, now)
    return card


@part_of_operation
def void_card(*, card_id: UUID, now: datetime) -> int:
    """End a card that was given; return how much was left on it."""
    card = locked_card(card_id)
    let_go(card, now)
    left = card.balance_rial
    if left:
        move(card, CardEntryKind.TAKE_BACK, -left, now)
    GiftCard.objects.filter(id=card_id).update(state=CardState.VOID)
    return left
