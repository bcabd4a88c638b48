"""Balances and movements of the money journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils.translation import gettext as _

from core.calendar import day_start
from payments.enums import BookAccount
from payments.models import BankAccount, MoneyEntry, ProviderAccount

_WHOSE: Final = Case(
    When(account=BookAccount.RECEIVABLE, then=Value("")),
    default=F("party"),
    output_field=TextField(),
)
_ORDER: Final = {account: place for place, account in enumerate(BookAccount)}

# The party of deposits on their way back, as they are posted.
_GOING_BACK: Final = "deposit"


@dataclass(frozen=True, slots=True)
class Balance:
    """What one account holds: `debit_rial` and `credit_rial` are what moved, not the balance."""

    account: BookAccount
    party: str
    party_name: str
    debit_rial: int
    credit_rial: int

    @property
    def balance_rial(self) -> int:
        """Return the balance; a debit one is positive."""
        return self.debit_rial - self.credit_rial


@dataclass(frozen=True, slots=True)
class DayFlow:
    """Money that came in and went back on one business day."""

    day: date
    in_rial: int
    back_rial: int


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalFilter:
    """Which entries to read; `until` is exclusive."""

    account: str = ""
    party: str = ""
    since: datetime | None = None
    until: datetime | None = None


def trial_balance(*, until: datetime | None = None) -> list[Balance]:
    """Return every account with what moved on it, before `until`, in the order of the chart.

    What customers owe is one account here, however many they are. Three queries; the balances of
    any moment sum to zero.
    """
    rows = MoneyEntry.objects.all() if until is None else MoneyEntry.objects.filter(at__lt=until)
    sums = list(
        rows.values("account", whose=_WHOSE).annotate(
            debit=_total(amount_rial__gt=0), credit=_total(amount_rial__lt=0)
        )
    )
    names = party_names(row["whose"] for row in sums)
    balances = [_balance(dict(row), names) for row in sums]
    return sorted(balances, key=lambda one: (_ORDER[one.account], one.party_name))


def journal_rows(wanted: JournalFilter) -> QuerySet[MoneyEntry]:
    """Return entries; the caller orders and pages by `at`."""
    rows = MoneyEntry.objects.all()
    if wanted.account:
        rows = rows.filter(account=wanted.account)
    if wanted.party:
        rows = rows.filter(party=wanted.party)
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(at__lt=wanted.until)
    return rows


def day_flows(*, since: date, until: date, zone: ZoneInfo) -> list[DayFlow]:
    """Return sales and money given back per business day in [since, until), one query."""
    rows = (
        MoneyEntry.objects.filter(
            at__gte=day_start(since, zone),
            at__lt=day_start(until, zone),
            account__in=[BookAccount.SALES, BookAccount.REFUNDS],
        )
        .annotate(day=TruncDate("at", tzinfo=zone))
        .values("day")
        .annotate(sold=_total(account=BookAccount.SALES), back=_total(account=BookAccount.REFUNDS))
        .order_by("day")
    )
    return [DayFlow(row["day"], -row["sold"], row["back"]) for row in rows]


def party_names(parties: Iterable[str]) -> dict[str, str]:
    """Return what to call provider and bank accounts, and a way of money. Two queries."""
    ids = {UUID(party) for party in parties if _is_id(party)}
    providers = ProviderAccount.objects.filter(id__in=ids)
    banks = BankAccount.objects.filter(id__in=ids)
    return (
        {str(row.id): row.title or str(row.get_provider_display()) for row in providers}
        | {str(row.id): row.title for row in banks}
        | {_GOING_BACK: str(_("deposits going back"))}
    )


def _is_id(party: str) -> bool:
    try:
        UUID(party)
    except ValueError:
        return False
    return True


def _total(**where: Any) -> Coalesce:
    total = Cast(Sum("amount_rial", filter=Q(**where)), BigIntegerField())
    return Coalesce(total, 0, output_field=BigIntegerField())


def _balance(row: dict[str, Any], names: dict[str, str]) -> Balance:
    return Balance(
        account=BookAccount(row["account"]),
        party=row["whose"],
        party_name=names.get(row["whose"], ""),
        debit_rial=row["debit"],
        credit_rial=-row["credit"],
    )
