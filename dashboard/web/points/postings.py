"""The entries behind a step of the bridge, and the same as files for the accountant."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from openpyxl import Workbook

from core.api.paging import page
from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Choice
from dashboard.web.points.files import csv_line
from dashboard.web.points.funders import write_funders
from dashboard.web.points.spans import Days, asked_days, jalali_text
from loyalty.enums import PostingKind
from loyalty.queries import explain
from loyalty.queries.books import ACCOUNTS, Bridge, PostingFilter, bridge, postings

_AT_ONCE: Final = 2_000
# A sheet of a workbook ends at 1,048,576 rows.
_SHEET: Final = 1_000_000
_COLUMNS: Final = (
    "time",
    "day",
    "kind",
    "entry",
    "customer",
    "lot",
    "purchase",
    "points",
    *ACCOUNTS,
)


@dataclass(frozen=True, kw_only=True)
class PostingRow:
    """A posting with the sentence of its entry."""

    what: str
    why: str
    points: str
    toman: str
    at: datetime
    customer_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class PostingPage:
    """A page of postings."""

    rows: list[PostingRow]
    next_cursor: str | None


@business_page(*READERS)
def points_postings(request: BusinessRequest) -> HttpResponse:
    """List the entries of a span that changed what is owed, newest first."""
    days = asked_days(request)
    kind = _kind(request)
    rows = _wanted(days, kind).select_related("entry", "valuation")
    found = page(rows, by="at", cursor=request.GET.get("cursor"))
    context = {
        "days": days,
        "page": PostingPage(rows=[_row(row) for row in found.rows], next_cursor=found.next_cursor),
        "kinds": [
            Choice(value=value, label=str(label), chosen=value == kind)
            for value, label in PostingKind.choices
            if value != PostingKind.ACTIVATE
        ],
    }
    return render(request, "dashboard/points/postings.html", context)


@business_page(*READERS)
def points_csv(request: BusinessRequest) -> StreamingHttpResponse:
    """Download the postings of a span."""
    lines = _csv(request, asked_days(request), _kind(request))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="points-{request.business.slug}.csv"'
    return answer


@business_page(*READERS)
def points_xlsx(request: BusinessRequest) -> FileResponse:
    """Download the bridge of a span and the postings behind it as a workbook."""
    days = asked_days(request)
    book = Workbook(write_only=True)
    told = bridge(days.since, days.last)
    _write_bridge(book, told)
    write_funders(book, told)
    _write_postings(book, _lines(_wanted(days, _kind(request))))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer
    book.save(file)
    file.seek(0)
    name = f"points-{request.business.slug}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _kind(request: BusinessRequest) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in PostingKind.values else ""


def _wanted(days: Days, kind: str) -> Any:
    return postings(PostingFilter(since=days.since, last=days.last, kind=kind))


def _row(row: Any) -> PostingRow:
    return PostingRow(
        what=str(PostingKind(row.kind).label),
        why=explain(row.entry) if row.entry else row.valuation.reason,
        points=words.signed(row.points),
        toman=words.toman(-row.owed_rial - row.allowance_rial),
        at=row.at,
        customer_id=row.entry.customer_id if row.entry else None,
    )


def _csv(request: BusinessRequest, days: Days, kind: str) -> Iterator[str]:
    # Read after the view's scope has ended, so it opens its own.
    with acting_for(request.business.id):
        yield "\ufeff" + csv_line(_COLUMNS)
        for cells in _lines(_wanted(days, kind)):
            yield csv_line(cells)


def _lines(rows: Any) -> Iterator[tuple[object, ...]]:
    for row in rows.select_related("entry").order_by("at", "id").iterator(chunk_size=_AT_ONCE):
        yield (
            row.at.isoformat(),
            jalali_text(row.on),
            row.kind,
            *_named(row.entry),
            row.points,
            *(getattr(row, name) for name in ACCOUNTS),
        )


def _named(entry: Any) -> list[str]:
    """Return the ids of an entry, its customer, lot and purchase; empty where there is none."""
    names = ("id", "customer_id", "lot_id", "purchase_id")
    found = [getattr(entry, name, None) for name in names]
    return ["" if one is None else str(one) for one in found]


def _write_bridge(book: Any, told: Bridge) -> None:
    sheet = book.create_sheet(_("Bridge"))
    sheet.append([_("What happened"), _("Points"), _("rial"), _("Entries")])
    sheet.append([_("At the beginning of these days"), told.opening.points, told.opening.rial])
    for part in told.parts:
        sheet.append([str(part.kind.label), part.change.points, part.change.rial, part.postings])
    sheet.append([_("At the end of these days"), told.closing.points, told.closing.rial])


def _write_postings(book: Any, lines: Iterator[tuple[object, ...]]) -> None:
    number, title = 1, _("Entries")
    while rows := list(islice(lines, _AT_ONCE)):
        sheet = book.create_sheet(f"{title} {number}")
        sheet.append(_COLUMNS)
        written = 0
        while rows:
            for cells in rows:
                sheet.append(cells)
            written += len(rows)
            rows = list(islice(lines, _AT_ONCE)) if written < _SHEET else []
        number += 1
