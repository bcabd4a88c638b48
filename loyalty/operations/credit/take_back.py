"""Taking a filling back that was a mistake: what is left of it, with the reason in the audit."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import CardEntryKind, CardState
from loyalty.enums.credit import CreditSource
from loyalty.events import StoreCreditTakenBack
from loyalty.models import GiftCard, StoreCredit
from loyalty.operations.credit.fill import conflict
from loyalty.operations.gift_cards.books import post_taken_back
from loyalty.operations.gift_cards.ledger import locked_card, move
from loyalty.operations.gift_cards.use import let_go
from outbox.operations import publish

_MAX_REASON = 200


@operation
def take_credit_back(
    *, credit_id: UUID, reason: str, actor: Actor | None, now: datetime
) -> StoreCredit:
    """End a filling that was paid in or given by mistake, whole; twice is once.

    Money that came back of a sale stays the customer's: nobody takes that. Raises NotFound,
    Problem `reason_missing`, `store_credit_of_return`, `store_credit_used` (409).
    """
    why = normalise(reason)[:_MAX_REASON]
    if not why:
        detail = _("Write why.")
        raise Problem("reason_missing", detail, fields={"reason": [detail]})
    row = StoreCredit.objects.filter(id=credit_id).first()
    if row is None:
        raise NotFound(_("There is no such store credit."))
    if row.source in {CreditSource.RETURN, CreditSource.REFUND}:
        detail = _("This came back of a purchase; it is the customer's money.")
        raise conflict("store_credit_of_return", detail)
    card = locked_card(row.card_id)
    row.card = card
    if card.state == CardState.VOID:
        return row
    let_go(card, now)
    if card.balance_rial != row.amount_rial:
        raise conflict("store_credit_used", _("Some of it was spent or has expired."))
    move(card, CardEntryKind.TAKE_BACK, -card.balance_rial, now)
    GiftCard.objects.filter(id=card.id).update(state=CardState.VOID)
    post_taken_back(card.issue, row.amount_rial, 0, now)
    data = {"rial": str(row.amount_rial), "reason": why}
    record_audit(
        action="store_credit.taken_back", subject=str(row.id), data=data, actor=actor, now=now
    )
    event = StoreCreditTakenBack(
        store_credit_id=row.id,
        customer_id=row.customer_id,
        amount_rial=row.amount_rial,
        reason=why,
    )
    publish([event], now=now)
    card.state = CardState.VOID
    return row
