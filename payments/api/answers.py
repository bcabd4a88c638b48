"""Payments as the API shows them."""

from typing import Any

from payments.api.bodies import CoverOut, PaymentOut
from payments.models import Payment
from payments.queries import pay_url
from payments.queries.covers import covers_of


def payment_document(row: Payment) -> dict[str, Any]:
    """Return a payment as the API shows it, its tries and covers left out."""
    return PaymentOut(
        id=row.id,
        external_id=row.external_id,
        status=row.state,
        method=row.method,
        amount=row.asked_rial,
        covered=row.covered_rial,
        discount=row.discount_rial,
        to_pay=row.amount_rial,
        description=row.description,
        pay_url=pay_url(row),
        return_url=row.return_url,
        purchase_id=row.purchase_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        refunded=row.refunded_rial,
    ).model_dump(exclude={"attempts", "covers"})


def covers_document(payment: Payment) -> list[dict[str, Any]]:
    """Return a payment's covers as the API shows them."""
    return [
        CoverOut(
            id=one.id,
            kind=one.kind,
            name=one.label,
            amount=one.amount_rial,
            status=one.state,
            held_until=one.held_until,
        ).model_dump()
        for one in covers_of(payment)
    ]
