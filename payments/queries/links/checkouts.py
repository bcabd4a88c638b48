"""Checkouts left unfinished, and what reminding of them brought."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from customers.enums import Channel
from customers.queries.identities import ForeignNumber, parse_mobile
from customers.queries.sales import purchase_rows
from payments.enums import PaymentState
from payments.enums.links import RecoveryArm
from payments.models import Cart, CheckoutPolicy, CheckoutRecovery, Payment

_PAID: Final = Q(payment__state=PaymentState.SETTLED) | Q(bought=True)


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether, and how soon, unfinished checkouts are reminded."""

    is_on: bool = False
    after_minutes: int = 30
    holdout_percent: int = 10


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm: checkouts, those paid after all, and what they brought."""

    arm: RecoveryArm
    checkouts: int
    paid: int
    paid_rial: int


def checkout_policy() -> Policy:
    """Return the business's policy; off until it is set."""
    row = CheckoutPolicy.objects.first()
    if row is None:
        return Policy()
    return Policy(row.is_on, row.after_minutes, row.holdout_percent)


def recovery_rows(arm: str = "") -> QuerySet[CheckoutRecovery]:
    """Return unfinished checkouts with payment or cart; the caller orders and pages by `at`.

    `bought` says of a cart whether it was paid after all, by whatever method.
    """
    rows = _with_outcome().select_related("payment", "cart")
    return rows.filter(arm=arm) if arm else rows


def arm_results(since: datetime) -> list[ArmResult]:
    """Return both arms of the checkouts decided since, in one query; skipped ones are left out."""
    rows = (
        _with_outcome()
        .filter(at__gte=since)
        .values("arm")
        .annotate(n=Count("id"), paid=Count("id", filter=_PAID), rial=_paid_sum())
    )
    found = {row["arm"]: row for row in rows}
    return [
        ArmResult(arm, row["n"], row["paid"], row["rial"] or 0)
        for arm in (RecoveryArm.REMINDED, RecoveryArm.HOLDOUT)
        if (row := found.get(arm))
    ]


def _with_outcome() -> QuerySet[Any]:
    return CheckoutRecovery.objects.annotate(bought=_told(bought_cart("cart__")))


def bought_cart(path: str = "") -> Q:
    """Tell of a cart, at the end of `path`, whether a sale came of it.

    A sale under its number, or one of the same sum to the same mobile since: by a gateway, at the
    till, or told by the shop.
    """
    sales = purchase_rows().order_by()
    # Every channel by name: numbers are indexed channel by channel.
    by_number = sales.filter(channel__in=Channel.values, external_id=OuterRef(f"{path}external_id"))
    same_sum = sales.filter(
        customer__mobile=OuterRef(f"{path}mobile"),
        total_rial=OuterRef(f"{path}amount_rial"),
        occurred_at__gte=OuterRef(f"{path}created_at"),
    )
    return Q(Exists(by_number)) | Q(Exists(same_sum))


def _told(condition: Q) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(condition, output_field=BooleanField())


def cart_rows() -> QuerySet[Any]:
    """Return carts with what became of them; the caller orders and pages by `changed_at`."""
    return Cart.objects.annotate(bought=_told(bought_cart()))


def cart_by_id(cart_id: UUID) -> Any | None:
    """Return one cart with what became of it, or None."""
    return cart_rows().filter(id=cart_id).first()


def recovery_of_cart(cart_id: UUID) -> CheckoutRecovery | None:
    """Return what was decided about a cart, or None."""
    return CheckoutRecovery.objects.filter(cart_id=cart_id).first()


def is_decided(external_id: str) -> bool:
    """Tell whether a cart of this number had its one reminder, or was left alone."""
    return CheckoutRecovery.objects.filter(cart__external_id=external_id).exists()


def mobile_in(payment: Payment) -> str | None:
    """Return the Iranian mobile the buyer gave, as E.164, or None."""
    try:
        return parse_mobile(payment.customer_hint.get("mobile", ""))
    except ForeignNumber:
        return None


def paid_otherwise(payment: Payment) -> bool:
    """Tell whether the same person has paid the same sum since, by another payment."""
    mobile = payment.customer_hint.get("mobile", "")
    others = Payment.objects.filter(
        state=PaymentState.SETTLED,
        amount_rial=payment.amount_rial,
        settled_at__gte=payment.created_at,
        customer_hint__mobile=mobile,
    )
    return others.exclude(id=payment.id).exists()


def _paid_sum() -> Sum:
    return Sum("amount_rial", filter=_PAID)
