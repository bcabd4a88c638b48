"""Reports of providers held against our books: upload, differences, what was found out."""

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import NotFound, Problem
from customers.operations.imports.reading import SUFFIXES
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page, refused
from dashboard.web.books.feeds import feed_rows
from dashboard.web.forms import JalaliDay, Line, refusal_to_form
from dashboard.web.parts import Choice
from payments.enums.books import Comparison, ReportKind, ReportSource
from payments.operations.books import read_report, reconcile, resolve_line
from payments.queries import accounts_for
from payments.queries.books import (
    account_feeds,
    comparison_counts,
    reconciliation_by_id,
    reconciliation_lines,
    reconciliation_rows,
)

_MOST_BYTES: Final = 20 * 1024 * 1024
# Tokens are long and differ at their ends.
_TAIL: Final = 10
_TONES: Final = {
    Comparison.MATCHED: "chip-good",
    Comparison.MISSING: "chip-bad",
    Comparison.EXTRA: "chip-amber",
    Comparison.AMOUNT_DIFF: "chip-bad",
}


def _gateways() -> list[tuple[str, str]]:
    return [
        (str(row.id), row.title or f"{row.get_provider_display()} …{row.hint}")
        for row in accounts_for("gateway")
    ]


class ReportForm(forms.Form):
    """A provider's report of one day."""

    account = forms.ChoiceField(label=gettext_lazy("Gateway"), choices=_gateways)
    day = JalaliDay(label=gettext_lazy("Day of the report"))
    unit_rial = forms.TypedChoiceField(
        label=gettext_lazy("Amounts in the file are in"),
        choices=((1, gettext_lazy("rial")), (10, gettext_lazy("toman"))),
        coerce=int,
    )
    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_day(self) -> date:
        """Demand a day: a report without one cannot be compared."""
        day = self.cleaned_data["day"]
        if not isinstance(day, date):
            raise forms.ValidationError(_("Write a day like 1405/9/2."))
        return day

    def clean_file(self) -> "UploadedFile[Any]":
        """Refuse what is no table, or too large for one day."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if Path(file.name or "").suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(_("Choose a CSV or Excel file."))
        if (file.size or 0) > _MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for one day."))
        return file


@dataclass(frozen=True, kw_only=True)
class DayRow:
    """A reconciled day in the list."""

    id: UUID
    day: date
    account: str
    ours_rial: int
    theirs_rial: int
    unresolved: int
    text: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class Days:
    """A page of days."""

    rows: list[DayRow]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A line of a reconciliation."""

    id: UUID
    kind: str
    result: str
    tone: str
    reference: str
    whole: str
    ours_rial: int | None
    theirs_rial: int | None
    payment_id: UUID | None
    open: bool
    resolved_at: datetime | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Differences:
    """A page of lines."""

    rows: list[Difference]
    next_cursor: str | None


@business_page(*READERS)
def reconciliations(request: BusinessRequest) -> HttpResponse:
    """List reconciled days; take a provider's report."""
    may = role_may(request.role, MANAGERS)
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and may and form.is_valid():
        try:
            done = _compare(request, form.cleaned_data)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return redirect("dashboard:reconciliation", request.business.slug, done)
    found = page(reconciliation_rows(), by="day", cursor=request.GET.get("cursor"))
    counts = comparison_counts([row.id for row in found.rows])
    rows = [_day(row, *counts[row.id]) for row in found.rows]
    context = {
        "page": Days(rows=rows, next_cursor=found.next_cursor),
        "form": form if may else None,
        "feeds": feed_rows(account_feeds()),
    }
    answer = render(request, "dashboard/books/reconciliations.html", context)
    return refused(answer) if form.is_bound else answer


@business_page(*READERS)
def reconciliation(request: BusinessRequest, reconciliation_id: UUID) -> HttpResponse:
    """Show one day line by line, differences first."""
    info = reconciliation_by_id(reconciliation_id)
    if info is None:
        raise Http404
    asked = request.GET.get("result", "")
    result = asked if asked in Comparison.values else ""
    lines = reconciliation_lines(reconciliation_id, result=result)
    found = page(lines, by="reference", cursor=request.GET.get("cursor"))
    context = {
        "run": info.row,
        "unresolved": info.unresolved,
        "page": Differences(
            rows=[_difference(row) for row in found.rows], next_cursor=found.next_cursor
        ),
        "tabs": [
            Choice(value="", label=_("Everything"), chosen=not result, href="?"),
            *(
                Choice(
                    value=value,
                    label=f"{label} · {words.number(info.counts.get(Comparison(value), 0))}",
                    chosen=value == result,
                    href=f"?result={value}",
                )
                for value, label in Comparison.choices
            ),
        ],
        "can_resolve": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/books/reconciliation.html", context)


class NoteForm(forms.Form):
    """What was found out about a difference."""

    note = Line(max_length=500, required=False)


@require_POST
@business_page(*MANAGERS)
def resolve_difference(request: BusinessRequest, reconciliation_line_id: UUID) -> HttpResponse:
    """Say what was found out about a difference."""
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        day = resolve_line(
            line_id=reconciliation_line_id, note=note, by=str(request.user), now=request.now
        )
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("Noted."))
    return redirect("dashboard:reconciliation", request.business.slug, day)


def _compare(request: BusinessRequest, data: dict[str, Any]) -> UUID:
    file: UploadedFile[Any] = data["file"]
    with tempfile.NamedTemporaryFile(suffix=Path(file.name or "").suffix.lower()) as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        lines = read_report(
            Path(copy.name),
            day=data["day"],
            unit_rial=data["unit_rial"],
            zone=request.business.timezone,
        )
    return reconcile(
        account_id=UUID(data["account"]),
        day=data["day"],
        lines=lines,
        source=ReportSource.FILE,
        file_name=file.name or "",
        by=str(request.user),
        now=request.now,
    )


def _day(row: Any, counts: dict[Comparison, int], unresolved: int) -> DayRow:
    return DayRow(
        id=row.id,
        day=row.day,
        account=row.account.title or str(row.account.get_provider_display()),
        ours_rial=row.ours_rial,
        theirs_rial=row.theirs_rial,
        unresolved=unresolved,
        text=_("%(n)s lines agree") % {"n": words.number(counts.get(Comparison.MATCHED, 0))},
        tone="chip-amber" if unresolved else "chip-good",
    )


def _difference(row: Any) -> Difference:
    result = Comparison(row.result)
    return Difference(
        id=row.id,
        kind=str(ReportKind(row.kind).label),
        result=str(result.label),
        tone=_TONES[result],
        reference=words.code(row.reference[-_TAIL:]),
        whole=row.reference,
        ours_rial=row.ours_rial,
        theirs_rial=row.theirs_rial,
        payment_id=row.payment_id,
        open=result is not Comparison.MATCHED and row.resolved_at is None,
        resolved_at=row.resolved_at,
        note=row.note,
    )
