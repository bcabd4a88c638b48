"""What must always hold of identified deposits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from payments.enums import BookAccount, PaymentMethod, PaymentState
from payments.enums.deposits import (
    AllocationState,
    DepositState,
    ReturnState,
    SignatureState,
)
from payments.models import (
    AmountSignature,
    BankRow,
    Deposit,
    DepositAllocation,
    DepositReturn,
    MoneyEntry,
    Payment,
)
from payments.queries.invariants.parts import Found, sums_differ

_STUCK_AFTER: Final = timedelta(hours=1)
_PARTS: Final = [AllocationState.HELD, AllocationState.SETTLED]
_UNDONE: Final = [ReturnState.ORDERED, ReturnState.DONE]
_BY_ROW: Final = [PaymentMethod.IDENTIFIED_DEPOSIT, PaymentMethod.CARD_TO_CARD]


def found(now: datetime) -> list[Found]:
    """Return each promise with the rows that break it."""
    checks: tuple[tuple[str, Callable[[], list[UUID]]], ...] = (
        ("bank rows with money and no deposit", _rows_lost),
        ("deposits whose row tells another amount", _other_amount),
        ("deposits whose parts differ from what they allocated", _parts_differ),
        ("deposits whose returns differ from what they returned", _returns_differ),
        ("confirmed deposits with money left over", _left_over),
        ("payments settled by deposits that are not worth them", _not_worth),
        ("credited parts of payments that are not paid", _credited_unpaid),
        ("payments whose parts are whole and which are not paid", _whole_unpaid),
        ("deposits that are not in the books", _unposted),
        ("open amount signatures shared by two payments", _shared_signatures),
        ("received and unmatched money that is not what open deposits hold", _unmatched),
    )
    return [
        *((what, check()) for what, check in checks),
        ("deposits overdue for an hour", _stuck(now)),
    ]


def _rows_lost() -> list[UUID]:
    taken = Deposit.objects.filter(row_id=OuterRef("id"))
    rows = BankRow.objects.filter(amount_rial__gt=0).exclude(Exists(taken))
    return list(rows.values_list("id", flat=True))


def _other_amount() -> list[UUID]:
    rows = Deposit.objects.exclude(amount_rial=F("row__amount_rial"))
    return list(rows.values_list("id", flat=True))


def _parts_differ() -> list[UUID]:
    live = DepositAllocation.objects.filter(state__in=_PARTS)
    return sums_differ(Deposit.objects.all(), "allocated_rial", live, "deposit_id")


def _returns_differ() -> list[UUID]:
    live = DepositReturn.objects.filter(state__in=_UNDONE)
    return sums_differ(Deposit.objects.all(), "returned_rial", live, "deposit_id")


def _left_over() -> list[UUID]:
    used = F("allocated_rial") + F("returned_rial") + F("aside_rial")
    rows = Deposit.objects.filter(state=DepositState.CONFIRMED).exclude(amount_rial=used)
    return list(rows.values_list("id", flat=True))


def _not_worth() -> list[UUID]:
    paid = Payment.objects.filter(state=PaymentState.SETTLED, method__in=_BY_ROW)
    parts = DepositAllocation.objects.filter(
        state=AllocationState.SETTLED, deposit__taken_at__isnull=False
    )
    return sums_differ(paid, "amount_rial", parts, "payment_id")


def _credited_unpaid() -> list[UUID]:
    rows = DepositAllocation.objects.filter(state=AllocationState.SETTLED)
    unpaid = Q(payment__state__in=[PaymentState.CREATED, PaymentState.CANCELLED])
    return list(rows.filter(unpaid).values_list("id", flat=True))


def _whole_unpaid() -> list[UUID]:
    parts = DepositAllocation.objects.filter(
        state=AllocationState.HELD,
        payment__state=PaymentState.CREATED,
        deposit__taken_at__isnull=False,
    )
    summed = parts.values("payment_id", "payment__amount_rial").annotate(n=Sum("amount_rial"))
    whole = summed.filter(n=F("payment__amount_rial"))
    return list(whole.values_list("payment_id", flat=True))


def _unposted() -> list[UUID]:
    posted = MoneyEntry.objects.filter(
        source_id=OuterRef("id"),
        kind="deposit",
        account=BookAccount.UNMATCHED,
        amount_rial=-OuterRef("amount_rial"),
    )
    return list(Deposit.objects.exclude(Exists(posted)).values_list("id", flat=True))


def _shared_signatures() -> list[UUID]:
    twin = AmountSignature.objects.filter(
        state=SignatureState.OPEN,
        account_id=OuterRef("account_id"),
        amount_rial=OuterRef("amount_rial"),
    ).exclude(id=OuterRef("id"))
    rows = AmountSignature.objects.filter(Exists(twin), state=SignatureState.OPEN)
    return list(rows.values_list("id", flat=True))


def _unmatched() -> list[UUID]:
    """The liability equals what deposits hold beyond what was credited, returned or put aside."""
    entries = MoneyEntry.objects.filter(account=BookAccount.UNMATCHED)
    booked = entries.aggregate(n=Coalesce(Sum("amount_rial"), 0))["n"]
    total = Deposit.objects.aggregate(
        n=Coalesce(Sum(F("amount_rial") - F("returned_rial") - F("aside_rial")), 0)
    )["n"]
    credited = DepositAllocation.objects.filter(state=AllocationState.SETTLED).aggregate(
        n=Coalesce(Sum("amount_rial"), 0)
    )["n"]
    if -booked == total - credited:
        return []
    held = Deposit.objects.exclude(state=DepositState.CONFIRMED).order_by("-at")
    return list(held.values_list("id", flat=True)[:20]) or [UUID(int=0)]


def _stuck(now: datetime) -> list[UUID]:
    rows = Deposit.objects.filter(next_try_at__lt=now - _STUCK_AFTER)
    return list(rows.values_list("id", flat=True))
