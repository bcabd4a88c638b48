"""What must always hold of money on its way back or out."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from payments.enums.books import BookAccount
from payments.enums.refunds import AT_PROVIDER, RefundState, Waiting
from payments.models import MoneyEntry, Payment, Reversal, Transfer, TransferPart
from payments.providers.contract import TransferState

_STUCK_AFTER: Final = timedelta(hours=1)


def broken_refunds(now: datetime) -> list[tuple[str, list[UUID]]]:
    """Return what is wrong, each with the rows; empty lists when all is well."""
    return [
        ("payments whose refunds do not add up", _uncounted()),
        ("refunds and payouts nobody will look at", _forgotten()),
        ("refunds and payouts overdue for an hour", _stuck(now)),
        ("parts whose books differ from their state", _misbooked()),
        ("money that left without its sale undone", _sale_stands()),
    ]


def _uncounted() -> list[UUID]:
    rows = Payment.objects.annotate(
        held=_sum(Transfer.objects.filter(payment_id=OuterRef("id")), "payment_id"),
        undone=_sum(Reversal.objects.filter(payment_id=OuterRef("id")), "payment_id"),
    )
    wrong = rows.exclude(refunded_rial=F("held") + F("undone"))
    return list(wrong.values_list("id", flat=True))


def _sum(rows: QuerySet[Transfer] | QuerySet[Reversal], by: str) -> Coalesce:
    total = rows.order_by().values(by).annotate(n=Sum("reserved_rial")).values("n")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def _forgotten() -> list[UUID]:
    watched = Q(state__in=[RefundState.REQUESTED, *AT_PROVIDER])
    unsettled = Q(state__in=[RefundState.PAID, RefundState.PARTLY_PAID], confirmed_at=None)
    rows = Transfer.objects.filter(watched | unsettled, next_try_at=None)
    return list(rows.exclude(waiting=Waiting.PERSON).values_list("id", flat=True))


def _stuck(now: datetime) -> list[UUID]:
    rows = Transfer.objects.filter(next_try_at__lt=now - _STUCK_AFTER)
    return list(rows.values_list("id", flat=True))


def _misbooked() -> list[UUID]:
    rows = TransferPart.objects.annotate(
        given=_booked(
            BookAccount.REFUNDS,
            BookAccount.PAYOUTS,
            BookAccount.RECEIVABLE,
            BookAccount.ORPHANS,
        ),
        way=_booked(BookAccount.IN_TRANSIT),
    )
    paid = Q(state=TransferState.PAID, given=F("amount_rial"), way=0)
    going = Q(state=TransferState.IN_TRANSIT, given=0, way=F("amount_rial"))
    nowhere = Q(given=0, way=0) & ~Q(state__in=[TransferState.PAID, TransferState.IN_TRANSIT])
    return list(rows.exclude(paid | going | nowhere).values_list("transfer_id", flat=True))


def _booked(*accounts: BookAccount) -> Coalesce:
    total = (
        MoneyEntry.objects.filter(source_id=OuterRef("id"), account__in=accounts)
        .order_by()
        .values("source_id")
        .annotate(n=Sum("amount_rial"))
        .values("n")
    )
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def _sale_stands() -> list[UUID]:
    left = TransferPart.objects.filter(left_at__isnull=False).values("transfer_id")
    rows = Transfer.objects.filter(id__in=left, records_return=True, undone_at=None)
    return list(rows.exclude(payment=None).values_list("id", flat=True))
