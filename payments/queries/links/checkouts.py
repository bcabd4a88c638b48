"""Checkouts left unfinished, and what reminding of them brought."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum

from customers.queries.identities import ForeignNumber, parse_mobile
from payments.enums import PaymentState
from payments.enums.links import RecoveryArm
from payments.models import CheckoutPolicy, CheckoutRecovery, Payment

_PAID: Final = Q(payment__state=PaymentState.SETTLED)


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
    """Return unfinished checkouts with their payment; the caller orders and pages by `at`."""
    rows = CheckoutRecovery.objects.select_related("payment")
    return rows.filter(arm=arm) if arm else rows


def arm_results(since: datetime) -> list[ArmResult]:
    """Return both arms of the checkouts decided since, in one query; skipped ones are left out."""
    rows = (
        CheckoutRecovery.objects.filter(at__gte=since)
        .values("arm")
        .annotate(n=Count("id"), paid=Count("id", filter=_PAID), rial=_paid_sum())
    )
    found = {row["arm"]: row for row in rows}
    return [
        ArmResult(arm, row["n"], row["paid"], row["rial"] or 0)
        for arm in (RecoveryArm.REMINDED, RecoveryArm.HOLDOUT)
        if (row := found.get(arm))
    ]


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
