"""Holding part of a payment's money for a way back: one conditional update, never read-then-write.

The database refuses more than was captured, whoever asks at the same moment.
"""

from http import HTTPStatus
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.spelling import number
from payments.enums import PaymentState
from payments.models import Payment


def reserve(payment_id: UUID, amount_rial: int) -> None:
    """Hold an amount of a paid payment. Raises Problem `refund_exceeds_payment`."""
    held = Payment.objects.filter(
        id=payment_id,
        state__in=[PaymentState.SETTLED, PaymentState.REVERSED],
        refunded_rial__lte=F("amount_rial") - amount_rial,
    ).update(refunded_rial=F("refunded_rial") + amount_rial)
    if not held:
        raise exceeds(Payment.objects.get(id=payment_id))


def release(payment_id: UUID, amount_rial: int) -> None:
    """Give a held amount free: it certainly did not reach the customer."""
    if amount_rial:
        Payment.objects.filter(id=payment_id).update(refunded_rial=F("refunded_rial") - amount_rial)


def exceeds(payment: Payment) -> Problem:
    """Return the refusal of more than a payment has left."""
    left = payment.amount_rial - payment.refunded_rial
    detail: Sentence = _("All of this payment has gone back, or is on its way.")
    if left > 0:
        detail = _("Only %(left)s rial of this payment can still go back.") % {"left": number(left)}
    return Problem(
        "refund_exceeds_payment",
        detail,
        status=HTTPStatus.CONFLICT,
        fields={"amount": [detail]},
        extra={"left_rial": left},
    )
