"""Providers' reports held against the shop's own books, with what does not fit."""

import csv
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from core.calendar import TEHRAN, business_day, jalali
from dashboard.management.demo.rails.calendar import Calendar
from dashboard.management.demo.rails.gateways import ZARINPAL, ZIBAL
from dashboard.management.demo.rails.play import Play
from dashboard.management.demo.rails.refunds import LEILA
from payments.enums.books import Comparison, ReportSource
from payments.operations.books import read_report, reconcile, resolve_line
from payments.queries import accounts_for
from payments.queries.books import reconciliation_lines

_HEADERS: Final = ("authority", "ref_id", "مبلغ", "کارمزد", "تاریخ", "تسویه")
_PAID: Final = {"PAID", "VERIFIED", "SETTLED"}
_FEE_MOST: Final = 40_000
_DAYS: Final = range(14, 0, -1)


def books(play: Play, calendar: Calendar) -> None:
    """Compare a fortnight of reports on the evening before today."""

    def scene(now: datetime) -> None:
        for provider, merchant in (("zarinpal", ZARINPAL), ("zibal", ZIBAL)):
            rows = play.bank.payments_of(merchant)
            spoils = iter((_another_amount, _another_payment) if provider == "zarinpal" else ())
            for days_ago in _DAYS:
                day = calendar.day(days_ago)
                if told := _told(rows, day):
                    next(spoils, _as_it_is)(told)
                    _compare(play, provider, day, told, now)

    play.at(calendar.ago(minutes=25), scene)


def _told(rows: Sequence[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    return [
        {**row, "day": day}
        for row in rows
        if row["state"] in _PAID
        and row["verified_at"]
        and business_day(datetime.fromisoformat(row["verified_at"]), TEHRAN) == day
    ]


def _as_it_is(_told: list[dict[str, Any]]) -> None:
    """Let a report be right."""


def _another_amount(told: list[dict[str, Any]]) -> None:
    """Let a report tell one payment with another amount."""
    told[0]["amount_rial"] -= 1_000_000


def _another_payment(told: list[dict[str, Any]]) -> None:
    """Let a report lack one payment and name one nobody knows."""
    last = told.pop()
    told.append({**last, "authority": "S" + "0" * 25 + "7421900311", "ref_id": 90_311_742})


def _compare(
    play: Play, provider: str, day: date, told: Sequence[dict[str, Any]], now: datetime
) -> None:
    name = f"{provider}-{jalali(day)}.csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name.replace("/", "-"))
        _write(path, told)
        lines = read_report(path, day=day, unit_rial=1, zone=TEHRAN)
    with play.acting():
        account = next(row for row in accounts_for("gateway") if row.provider == provider)
        run_id = reconcile(
            account_id=account.id,
            day=day,
            lines=lines,
            source=ReportSource.FILE,
            file_name=path.name,
            by=LEILA,
            now=now,
        )
        differing = reconciliation_lines(run_id).filter(result=Comparison.AMOUNT_DIFF)
        for line in differing[:1]:
            resolve_line(
                line_id=line.id, note="کارمزد از مبلغ کم شده بود؛ پیگیری شد.", by=LEILA, now=now
            )


def _write(path: Path, told: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADERS)
        for row in told:
            rial = row["amount_rial"]
            day = row["day"].isoformat()
            fee = min(rial // 100, _FEE_MOST)
            writer.writerow((row["authority"], row["ref_id"], rial, fee, day, day))
