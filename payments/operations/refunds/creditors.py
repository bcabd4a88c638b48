"""Who keeps store credit: `payments` knows none, so an app above registers itself (ADR 70)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from payments.enums.debits import Collects
from payments.models import Payment


@dataclass(frozen=True, kw_only=True, slots=True)
class NewFilling:
    """What a refund fills: of which sale, how much, why; its id fills once."""

    transfer_id: UUID
    purchase_id: UUID
    amount_rial: int
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Creditor:
    """Whoever keeps store credit: `check` and `fill` raise Problem where it may not be filled."""

    check: Callable[[UUID, int, datetime], None]
    fill: Callable[[NewFilling, datetime], None]


_creditors: list[Creditor] = []


def register_creditor(creditor: Creditor) -> None:
    """Let the app that keeps store credit fill it from refunds."""
    if creditor not in _creditors:
        _creditors.append(creditor)


def fill_credit(new: NewFilling, now: datetime) -> None:
    """Fill the buyer's store credit. Raises Problem where it may not be filled any more."""
    for creditor in _creditors:
        creditor.fill(new, now)


def check_credit(payment: Payment, amount_rial: int, now: datetime) -> None:
    """Refuse what cannot become store credit. Raises Problem `destination_not_offered` (409)."""
    if not _creditors or payment.purchase_id is None or payment.collects != Collects.SALE:
        detail = _("Store credit is not offered for refunds here.")
        raise Problem(
            "destination_not_offered", detail, status=HTTPStatus.CONFLICT, about="destination"
        )
    for creditor in _creditors:
        creditor.check(payment.purchase_id, amount_rial, now)
