"""From a payment, or from money taken elsewhere, to a recorded purchase."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from pydantic_core import from_json, to_json

from core.errors import Problem
from core.tenancy import operation
from core.text import normalise, normalise_code
from customers.enums import Channel, TenderMethod
from customers.operations import (
    CardHint,
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    PurchaseOutcome,
    record_purchases,
)
from payments.enums import PaymentMethod
from payments.enums.covers import CoverKind
from payments.models import Payment, PaymentCover
from payments.operations.covers.off import held_for

SOURCE: Final = "payment"
# Money that reached the business without us: we note it, no gateway confirms it.
RECORDED_METHODS: Final = frozenset(
    {
        TenderMethod.POS,
        TenderMethod.CASH,
        TenderMethod.CARD_TO_CARD,
        TenderMethod.PAYA,
        TenderMethod.SATNA,
        TenderMethod.OTHER,
    }
)
_HINT_FIELDS: Final = ("mobile", "email", "name", "member_code", "external_id")


@operation
def record_sale(
    *,
    external_id: str,
    lines: Sequence[NewLine] = (),
    tenders: Sequence[NewTender],
    customer: CustomerHint | None = None,
    branch_code: str | None = None,
    employee_code: str | None = None,
    channel: str = Channel.TILL,
    now: datetime,
) -> PurchaseOutcome:
    """Record a sale paid by POS, cash, card to card, PAYA or SATNA, in one or more parts.

    Raises Problem `tender_not_recorded_here` for methods that something else must confirm, and
    whatever recording a purchase refuses.
    """
    for place, tender in enumerate(tenders):
        if tender.method not in RECORDED_METHODS:
            raise Problem(
                "tender_not_recorded_here",
                _("This kind of payment is not recorded by hand."),
                fields={f"tenders.{place}.method": [_("Choose another method.")]},
            )
    purchase = NewPurchase(
        external_id=external_id,
        channel=channel,
        occurred_at=None,
        branch_code=branch_code,
        employee_code=employee_code,
        customer=customer,
        lines=tuple(lines),
        tenders=tuple(tenders),
    )
    (outcome,) = record_purchases(purchases=[purchase], source=str(channel), now=now)
    if outcome.error:
        raise outcome.error
    return outcome


def purchase_of(
    payment: Payment,
    *,
    method: str = PaymentMethod.GATEWAY,
    reference: str = "",
    masked_pan: str = "",
    card_hash: str = "",
) -> NewPurchase:
    """Return the purchase a payment stands for; without a proof, as it would be."""
    covers = held_for(payment)
    return NewPurchase(
        external_id=payment.external_id,
        channel=Channel.WEB,
        branch_code=payment.branch_code or None,
        employee_code=payment.employee_code or None,
        customer=_payer(payment, masked_pan, card_hash),
        lines=tuple(line_from_json(line) for line in payment.lines),
        tenders=(
            *(
                [money_tender(payment, method, reference, masked_pan)]
                if payment.amount_rial
                else []
            ),
            *(_held_tender(one) for one in covers if one.kind != CoverKind.COUPON),
        ),
        holds=tuple(one.hold_id for one in covers if one.kind == CoverKind.COUPON),
        payment_id=payment.id,
    )


def money_tender(payment: Payment, method: str, reference: str, masked_pan: str = "") -> NewTender:
    """Return the tender of what comes as money."""
    return NewTender(
        method=TenderMethod(method),
        amount_rial=payment.amount_rial,
        reference=reference,
        masked_pan=masked_pan,
    )


def _held_tender(cover: PaymentCover) -> NewTender:
    return NewTender(
        method=TenderMethod(cover.kind),
        amount_rial=cover.amount_rial,
        reference=str(cover.hold_id),
    )


def hint_to_json(hint: CustomerHint | None) -> dict[str, str]:
    """Return what we keep of a hint, in normal spelling; never a card."""
    values = {name: normalise(getattr(hint, name) or "") for name in _HINT_FIELDS} if hint else {}
    return {name: value for name, value in values.items() if value}


def line_to_json(line: NewLine) -> dict[str, Any]:
    """Return a line as the payment keeps it; numbers JSON does not know become null."""
    return {
        "sku": normalise_code(line.sku),
        "name": line.name,
        "category": line.category,
        "quantity": str(line.quantity),
        "unit_price_rial": line.unit_price_rial,
        "discount_rial": line.discount_rial,
        "total_rial": line.total_rial,
        "attributes": from_json(to_json(dict(line.attributes), inf_nan_mode="null")),
    }


def line_from_json(kept: Mapping[str, Any]) -> NewLine:
    """Return a line as it was kept, its total with it."""
    return NewLine(**{**kept, "quantity": Decimal(kept["quantity"])})


def _payer(payment: Payment, masked_pan: str, card_hash: str) -> CustomerHint | None:
    card = CardHint(masked_pan=masked_pan, hash=card_hash) if card_hash else None
    if not payment.customer_hint and card is None:
        return None
    return CustomerHint(**payment.customer_hint, card=card)
