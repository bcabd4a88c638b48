"""Gift cards and coupons that stand for part of a payment, over HTTP."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from payments.api.answers import covers_document, payment_document
from payments.api.bodies import CoverIn, PaymentOut
from payments.operations.covers.put import (
    cover_by_credit,
    cover_payment,
    finish_covered,
    uncover_payment,
)
from payments.queries import payment_by_id


class PaymentCovers(Endpoint):
    """POST a gift card's or coupon's code, or store credit, to pay part of a payment with it."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": CoverIn}
    answer: ClassVar = {"POST": PaymentOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: CoverIn, payment_id: UUID) -> Reply:
        """Hold it for half an hour, or while the buyer pays; `to_pay` is what is left."""
        if body.store_credit:
            cover_by_credit(payment_id=payment_id, now=call.now)
        else:
            cover_payment(payment_id=payment_id, code=body.code, now=call.now)
        return Reply(_told(payment_id), HTTPStatus.CREATED)


class PaymentCoverItem(Endpoint):
    """DELETE lets go of what is held for a payment."""

    scopes: ClassVar = {"DELETE": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"DELETE": PaymentOut}

    def delete(self, call: Call, payment_id: UUID, payment_cover_id: UUID) -> Reply:
        """Let go of it; what it stood for is to be paid again."""
        uncover_payment(payment_id=payment_id, cover_id=payment_cover_id, now=call.now)
        return Reply(_told(payment_id))


class PaymentFinishing(Endpoint):
    """POST settles a payment that gift cards cover whole."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": PaymentOut}

    def post(self, call: Call, payment_id: UUID) -> Reply:
        """Record the sale; nothing is left to pay."""
        finish_covered(payment_id=payment_id, now=call.now)
        return Reply(_told(payment_id))


def _told(payment_id: UUID) -> dict[str, Any]:
    payment = payment_by_id(payment_id)
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return payment_document(payment) | {"covers": covers_document(payment)}
