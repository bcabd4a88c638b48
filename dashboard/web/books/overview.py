"""Where money lies, how it moved, and every entry behind it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from defusedcsv import csv
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.api.paging import page
from core.calendar import business_day
from core.money import RIAL_PER_TOMAN
from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Choice, Kpi
from payments.enums import BookAccount
from payments.queries.books import (
    Balance,
    DayFlow,
    JournalFilter,
    day_flows,
    journal_rows,
    trial_balance,
)

_DAYS: Final = 30
_KIND_WORDS: Final = {
    "payment": gettext_lazy("Payment"),
    "reversal": gettext_lazy("Money returned"),
    "transfer_left": gettext_lazy("Money sent out"),
    "transfer_paid": gettext_lazy("Money arrived there"),
    "transfer_back": gettext_lazy("Money came back"),
    "deposit": gettext_lazy("Deposit received"),
    "deposit_return": gettext_lazy("Deposit sent back"),
    "deposit_return_done": gettext_lazy("Deposit arrived back"),
    "deposit_return_failed": gettext_lazy("Deposit could not be sent back"),
    "deposit_owner": gettext_lazy("Own money moved in"),
    "deposit_rounding": gettext_lazy("Amount that named the payer"),
    "debit_returned": gettext_lazy("Debit taken back"),
    "credit": gettext_lazy("Sold on credit"),
    "credit_waived": gettext_lazy("Debt waived"),
    "provider_fee": gettext_lazy("Fee told by the provider"),
    "settlement": gettext_lazy("Paid to the bank"),
    "fee": gettext_lazy("Fee"),
    "late_fee": gettext_lazy("Fee for being late"),
    "late_fee_waived": gettext_lazy("Fee for being late let go"),
    "gift_card_sold": gettext_lazy("Gift card sold"),
    "gift_card_spent": gettext_lazy("Gift card used"),
    "gift_card_returned": gettext_lazy("Money back on a gift card"),
    "gift_card_expired": gettext_lazy("Gift card expired"),
    "gift_card_taken_back": gettext_lazy("Gift card taken back"),
    "gift_card_topped_up": gettext_lazy("Gift card topped up"),
    "gift_card_top_up_taken_back": gettext_lazy("Top-up of a gift card taken back"),
    "store_credit_sold": gettext_lazy("Store credit filled"),
    "store_credit_spent": gettext_lazy("Store credit used"),
    "store_credit_returned": gettext_lazy("Money back in store credit"),
    "store_credit_expired": gettext_lazy("Store credit expired"),
    "store_credit_taken_back": gettext_lazy("Store credit taken back"),
}


@dataclass(frozen=True, kw_only=True)
class BalanceRow:
    """An account in the trial balance; `href` leads to its entries."""

    account: str
    party: str
    debit_rial: int
    credit_rial: int
    balance_rial: int
    href: str


@dataclass(frozen=True, kw_only=True)
class EntryRow:
    """An entry of the journal."""

    what: str
    account: str
    party: str
    debit_rial: int
    credit_rial: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class EntryPage:
    """A page of entries."""

    rows: list[EntryRow]
    next_cursor: str | None


@business_page(*READERS)
def books(request: BusinessRequest) -> HttpResponse:
    """Show the trial balance and the last thirty days of money."""
    balances = trial_balance()
    today = business_day(request.now, request.business.timezone)
    since = today - timedelta(days=_DAYS - 1)
    flows = day_flows(since=since, until=today + timedelta(days=1), zone=request.business.timezone)
    context = {
        "kpis": _kpis(balances, request.business.slug),
        "rows": [_balance(one, request.business.slug) for one in balances],
        "debit_rial": sum(one.debit_rial for one in balances),
        "credit_rial": sum(one.credit_rial for one in balances),
        "flows": _chart(flows, since) if flows else None,
    }
    return render(request, "dashboard/books/books.html", context)


@business_page(*READERS)
def journal(request: BusinessRequest) -> HttpResponse:
    """List the entries of the journal, newest first."""
    wanted = _wanted(request)
    found = page(journal_rows(wanted), by="at", cursor=request.GET.get("cursor"))
    names = {one.party: one.party_name for one in trial_balance()}
    context = {
        "page": EntryPage(
            rows=[_entry(row, names) for row in found.rows], next_cursor=found.next_cursor
        ),
        "accounts": [
            Choice(value=value, label=str(label), chosen=value == wanted.account)
            for value, label in BookAccount.choices
        ],
        "filtered": bool(wanted.account),
    }
    return render(request, "dashboard/books/journal.html", context)


@business_page(*READERS)
def journal_csv(request: BusinessRequest) -> StreamingHttpResponse:
    """Download the entries for the accountant."""
    lines = _csv(request, _wanted(request))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="journal-{request.business.slug}.csv"'
    return answer


def _csv(request: BusinessRequest, wanted: JournalFilter) -> Iterator[str]:
    # Read after the view's scope has ended, so it opens its own.
    with acting_for(request.business.id):
        yield "\ufeff" + _line("time", "kind", "source", "account", "party", "amount_rial")
        rows = journal_rows(wanted).order_by("at", "id")
        for row in rows.iterator(chunk_size=2000):
            yield _line(
                row.at.isoformat(),
                row.kind,
                str(row.source_id),
                row.account,
                row.party,
                str(row.amount_rial),
            )


def _line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _wanted(request: BusinessRequest) -> JournalFilter:
    asked = request.GET.get("account", "")
    return JournalFilter(
        account=asked if asked in BookAccount.values else "", party=request.GET.get("party", "")
    )


def _kpis(balances: list[Balance], slug: str) -> list[Kpi]:
    def held(account: BookAccount) -> int:
        return sum(one.balance_rial for one in balances if one.account is account)

    told = (
        (_("At providers"), BookAccount.PROVIDER, held(BookAccount.PROVIDER)),
        (_("In the bank"), BookAccount.BANK, held(BookAccount.BANK)),
        (_("Received, not yet matched"), BookAccount.UNMATCHED, -held(BookAccount.UNMATCHED)),
        (_("Owed by customers"), BookAccount.RECEIVABLE, held(BookAccount.RECEIVABLE)),
    )
    return [
        Kpi(label=label, value=words.toman(rial), unit=_("toman"), href=_entries(slug, account))
        for label, account, rial in told
    ]


def _entries(slug: str, account: BookAccount, party: str = "") -> str:
    address = reverse("dashboard:journal", args=[slug])
    return f"{address}?account={account}" + (f"&party={party}" if party else "")


def _balance(one: Balance, slug: str) -> BalanceRow:
    return BalanceRow(
        account=str(one.account.label),
        party=one.party_name,
        debit_rial=one.debit_rial,
        credit_rial=one.credit_rial,
        balance_rial=one.balance_rial,
        href=_entries(slug, one.account, one.party),
    )


def _entry(row: Any, names: dict[str, str]) -> EntryRow:
    kind = row.kind.rstrip("_0123456789")
    return EntryRow(
        what=str(_KIND_WORDS.get(kind, kind)),
        account=str(BookAccount(row.account).label),
        party=names.get(row.party, ""),
        debit_rial=max(row.amount_rial, 0),
        credit_rial=max(-row.amount_rial, 0),
        at=row.at,
    )


def _chart(flows: list[DayFlow], since: date) -> dict[str, Any]:
    by_day = {one.day: one for one in flows}
    days = [since + timedelta(days=n) for n in range(_DAYS)]
    empty = DayFlow(since, 0, 0)
    sold = [by_day.get(day, empty).in_rial for day in days]
    back = [by_day.get(day, empty).back_rial for day in days]
    labels = [words.day(day, "day") for day in days]
    return {
        "labels": labels,
        "series": [
            {"name": _("Sales"), "values": [one // RIAL_PER_TOMAN for one in sold]},
            {"name": _("Given back"), "values": [one // RIAL_PER_TOMAN for one in back]},
        ],
        "rows": [
            {"label": label, "texts": [words.toman(one), words.toman(other)]}
            for label, one, other in zip(labels, sold, back, strict=True)
        ],
    }
