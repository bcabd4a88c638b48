"""Statement files: upload, columns, report, progress, refused rows."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from defusedcsv import csv
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem, Sentence
from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.deposits.accounts import account_choices
from dashboard.web.deposits.tabs import deposit_tabs
from dashboard.web.forms import refusal_to_form
from dashboard.web.payments.history import Fact
from payments.enums.deposits import StatementState
from payments.operations.statements import (
    FIELDS,
    REQUIRED,
    check_statement,
    column_titles,
    map_statement,
    queue_statement,
    upload_statement,
)
from payments.queries import deposits as queries

_EARLIER = 20


class UploadForm(forms.Form):
    """A statement file of one bank account."""

    account = forms.TypedChoiceField(
        label=gettext_lazy("Bank account"), choices=account_choices, coerce=UUID
    )
    file = forms.FileField(
        label=gettext_lazy("CSV, Excel or MT940 file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.sta,.mt940,.940,.txt"}),
    )


class ColumnsForm(forms.Form):
    """What each column means, and the unit of amounts, which is asked and never guessed."""

    def __init__(self, titles: Mapping[str, Sentence], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((header, str(title)) for header, title in titles.items())]
        for name, label in FIELDS.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label), choices=choices, required=name in REQUIRED
            )
        self.fields["unit"] = forms.TypedChoiceField(
            label=gettext_lazy("Amounts in the file are in"),
            choices=(("", "—"), (1, gettext_lazy("rial")), (10, gettext_lazy("toman"))),
            coerce=int,
        )


@business_page(*MANAGERS)
def statements(request: BusinessRequest) -> HttpResponse:
    """List earlier files; take a new one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = upload_statement(
                account_id=form.cleaned_data["account"],
                file_name=file.name or "",
                chunks=file.chunks(),
                by=str(request.user),
                now=request.now,
            )
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return redirect("dashboard:statement", request.business.slug, row.id)
    context = {
        "tabs": deposit_tabs(request, "statements"),
        "form": form if queries.bank_accounts(active=True).exists() else None,
        "rows": [_line(row) for row in queries.statements()[:_EARLIER]],
    }
    answer = render(request, "dashboard/deposits/statements.html", context)
    return refused(answer) if form.is_bound else answer


@business_page(*MANAGERS, scoped=False)
def statement(request: BusinessRequest, statement_file_id: UUID) -> HttpResponse:
    """Show a file: columns, report, progress; check it and start it."""
    with acting_for(request.business.id):
        row = queries.statement_by_id(statement_file_id)
    if row is None:
        raise Http404
    titles = _titles(row)
    form = ColumnsForm(titles, initial={**row.mapping, "unit": row.unit_rial})
    if request.method == "POST" and _acted(request, row):
        return redirect("dashboard:statement", request.business.slug, row.id)
    if request.method == "POST":
        form = ColumnsForm(titles, request.POST)
    editable = row.state in {StatementState.UPLOADED, StatementState.CHECKED}
    with acting_for(request.business.id):
        context = {
            "row": _line(row),
            "facts": _facts(row),
            "form": form if editable else None,
            "preview": [_shown(one) for one in row.report.get("preview", [])],
            "examples": row.report.get("examples", []),
            "suspect": row.report.get("tenfold", 0),
            "can_run": row.state in {StatementState.CHECKED, StatementState.FAILED},
            "errors": row.rows_failed,
        }
        answer = render(request, "dashboard/deposits/statement.html", context)
    return refused(answer) if form.is_bound else answer


@business_page(*MANAGERS)
def statement_errors(request: BusinessRequest, statement_file_id: UUID) -> StreamingHttpResponse:
    """Download the refused rows as CSV."""
    row = queries.statement_by_id(statement_file_id)
    if row is None:
        raise Http404
    titles, names = _titles(row), row.report.get("headers", [])
    lines = _csv(request.business.id, row, [str(titles[name]) for name in names])
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{row.id}.csv"'
    return answer


def _csv(business_id: UUID, row: Any, titles: Sequence[str]) -> Iterator[str]:
    # The stream is read after the view's scope has ended, so it opens its own.
    with acting_for(business_id):
        yield "\ufeff" + _cells(["row", "code", "message", *titles])
        for error in queries.statement_errors(row.id):
            yield _cells([str(error.line), error.code, error.message, *error.raw])


def _titles(row: Any) -> dict[str, Sentence]:
    return column_titles(Path(row.file_path), row.report.get("headers", []))


def _cells(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _acted(request: BusinessRequest, row: Any) -> bool:
    try:
        if request.POST.get("action") == "run":
            with acting_for(request.business.id):
                sure = bool(request.POST.get("sure"))
                queue_statement(statement_id=row.id, sure=sure, now=request.now)
            return True
        unit = request.POST.get("unit", "")
        with acting_for(request.business.id):
            map_statement(
                statement_id=row.id,
                mapping={name: request.POST.get(name, "") for name in FIELDS},
                unit_rial=int(unit) if unit.isdecimal() else None,
            )
        check_statement(business_id=request.business.id, statement_id=row.id)
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return False
    return True


def _line(row: Any) -> dict[str, Any]:
    state = StatementState(row.state)
    good = state == StatementState.DONE
    return {
        "id": row.id,
        "name": row.file_name,
        "account": row.account.title,
        "state": str(state.label),
        "tone": "chip-good" if good else "chip-bad" if state == StatementState.FAILED else "",
        "rows": row.rows_total,
        "at": row.created_at,
        "running": state in {StatementState.QUEUED, StatementState.RUNNING},
    }


def _facts(row: Any) -> list[Fact]:
    report = row.report
    if row.state == StatementState.UPLOADED:
        return []
    if row.state == StatementState.CHECKED:
        amount = _("%(amount)s toman") % {"amount": words.toman(report["came_rial"])}
        return [
            Fact(label=_("Rows"), text=words.number(report["rows"])),
            Fact(label=_("Money in"), text=f"{words.number(report['came'])} · {amount}"),
            Fact(label=_("Money out"), text=words.number(report["left"])),
            Fact(label=_("As their payment asks"), text=words.number(report["exact"])),
            Fact(label=_("Refused rows"), text=words.number(report["refused"])),
        ]
    facts = [
        Fact(label=_("Rows"), text=words.number(row.rows_done)),
        Fact(label=_("New"), text=words.number(row.rows_new)),
        Fact(label=_("There already"), text=words.number(row.rows_known)),
        Fact(label=_("Refused rows"), text=words.number(row.rows_failed)),
    ]
    if row.last_error:
        facts.append(Fact(label=_("Why it stopped"), text=row.last_error, tone="bad"))
    return facts


def _shown(one: dict[str, Any]) -> list[str]:
    return [
        words.moment(datetime.fromisoformat(one["at"])),
        words.toman(one["amount_rial"]),
        words.code(one["identifier"]) or "—",
        words.code(one["reference"]) or "—",
        one["from"] or "—",
    ]
