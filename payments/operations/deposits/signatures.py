"""Lending a payment an amount of its own, for shops that have nothing but a card."""

import secrets
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import operation
from payments.enums import PaymentState
from payments.enums.deposits import SignatureState
from payments.models import AmountSignature, BankAccount
from payments.operations.create import locked
from payments.operations.deposits.rows import locked_account

# The payer gives less than a hundred toman more; they are told before.
ADDED: Final = range(1, 1000)


@operation
def lend_signature(*, account_id: UUID, payment_id: UUID, now: datetime) -> AmountSignature:
    """Return the amount that names a payment for the next minutes; asking again returns it.

    No two payments have one amount at a time, by constraint, and it rests as long again before
    it is lent anew. Raises NotFound, Problem `payment_not_open`, `no_card_here`,
    `no_free_signature`.
    """
    account = locked_account(account_id)
    payment = locked(payment_id)
    if payment.state != PaymentState.CREATED:
        raise Problem(
            "payment_not_open",
            _("This payment is not waiting for money."),
            status=HTTPStatus.CONFLICT,
            extra={"payment_status": payment.state},
        )
    if not account.card or not account.is_active:
        raise Problem(
            "no_card_here",
            _("This bank account has no card to pay to."),
            status=HTTPStatus.CONFLICT,
        )
    valid = timedelta(minutes=account.signature_minutes)
    lent = AmountSignature.objects.filter(account=account, state=SignatureState.OPEN)
    lent.filter(expires_at__lte=now - valid).update(state=SignatureState.OVER)
    mine = lent.filter(payment=payment).first()
    if mine is not None and mine.expires_at > now:
        return mine
    if mine is not None:
        mine.state = SignatureState.OVER
        mine.save(update_fields=["state"])
    if payment.expires_at < now + valid:
        payment.expires_at = now + valid
        payment.save(update_fields=["expires_at"])
    added = _free(account, payment.amount_rial, now - valid)
    return AmountSignature.objects.create(
        account=account,
        payment=payment,
        amount_rial=payment.amount_rial + added,
        added_rial=added,
        created_at=now,
        expires_at=now + valid,
    )


def _free(account: BankAccount, amount_rial: int, resting_since: datetime) -> int:
    """Draw an addition whose whole amount nobody has now or had a moment ago."""
    taken = set(
        AmountSignature.objects.filter(
            account=account,
            amount_rial__gte=amount_rial + ADDED.start,
            amount_rial__lt=amount_rial + ADDED.stop,
            expires_at__gt=resting_since,
        ).values_list("amount_rial", flat=True)
    )
    free = [added for added in ADDED if amount_rial + added not in taken]
    if not free:
        raise Problem(
            "no_free_signature",
            _("Too many people are paying this sum just now; try again in half an hour."),
            status=HTTPStatus.CONFLICT,
        )
    return secrets.choice(free)
