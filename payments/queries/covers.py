"""Reading what stands for part of payments."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from payments.enums import PaymentState
from payments.enums.covers import CoverKind, CoverState
from payments.models import Payment, PaymentCover

# What counts in a payment's sums; one that was lost at the end counts as covered all the same.
_COUNTED = (CoverState.HELD, CoverState.USED, CoverState.LOST)


def covers_of(payment: Payment) -> Sequence[PaymentCover]:
    """Return what is held of cards and coupons for a payment, or was used with it."""
    if not payment.covered_rial and not payment.discount_rial:
        return []
    rows = PaymentCover.objects.filter(payment=payment, state__in=_COUNTED)
    return list(rows.order_by("held_at", "id"))


def miscounted_covers() -> list[UUID]:
    """Return payments whose sums are not those of their covers, or that ended with one held."""
    wrong = ~Q(covered_rial=F("cards")) | ~Q(discount_rial=F("coupons"))
    rows = Payment.objects.annotate(
        cards=_sum(CoverKind.GIFT_CARD, CoverKind.STORE_CREDIT), coupons=_sum(CoverKind.COUPON)
    ).filter(wrong)
    open_ones = (PaymentState.CREATED, PaymentState.PROCESSING, PaymentState.NEEDS_REVIEW)
    late = PaymentCover.objects.filter(state=CoverState.HELD).exclude(payment__state__in=open_ones)
    return [*rows.values_list("id", flat=True), *late.values_list("payment_id", flat=True)]


def _sum(*kinds: CoverKind) -> Coalesce:
    rows: QuerySet[PaymentCover] = PaymentCover.objects.filter(
        payment=OuterRef("id"), kind__in=kinds, state__in=_COUNTED
    )
    summed = rows.values("payment").annotate(n=Sum("amount_rial")).values("n")
    return Coalesce(Subquery(summed, output_field=BigIntegerField()), Value(0))
