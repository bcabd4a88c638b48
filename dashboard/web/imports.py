"""Past purchases from a file: upload, columns, report, progress, refused rows."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from core.tenancy import acting_for
from customers.enums import ImportState
from customers.operations.imports.attributes import attribute_fields
from customers.operations.imports.check import check_import
from customers.operations.imports.columns import FIELDS, REQUIRED
from customers.operations.imports.jobs import map_import, queue_import, upload_import
from customers.queries.imports import (
    import_errors,
    import_errors_csv,
    import_job,
    import_jobs,
)
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page, refused
from dashboard.web.forms import refusal_to_form
from dashboard.web.imported import RefusedRow, facts_of, line_of

_EARLIER: Final = 20
_SHOWN: Final = 20


class FileForm(forms.Form):
    """A file of past purchases."""

    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class MappingForm(forms.Form):
    """What each column means, and the unit of amounts."""

    def __init__(self, job: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        headers = job.report["headers"]
        with acting_for(job.business_id):
            known = {field: one.title for field, one in attribute_fields().items()}
        choices = [("", "—"), *((header, header) for header in headers)]
        for name, label in {**FIELDS, **known}.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label), choices=choices, required=name in REQUIRED
            )
        self.fields["unit_rial"] = forms.TypedChoiceField(
            label=gettext_lazy("Amounts in the file are in"),
            choices=((1, gettext_lazy("rial")), (10, gettext_lazy("toman"))),
            coerce=int,
        )


@business_page(*MANAGERS)
def imports(request: BusinessRequest) -> HttpResponse:
    """List earlier files; take a new one."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = _upload(request, form.cleaned_data["file"])
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return redirect("dashboard:import", request.business.slug, job.id)
    jobs = [line_of(job) for job in import_jobs()[:_EARLIER]]
    page = render(request, "dashboard/imports.html", {"form": form, "jobs": jobs})
    return refused(page) if form.is_bound else page


@business_page(*MANAGERS, scoped=False)
def one_import(request: BusinessRequest, job_id: UUID) -> HttpResponse:
    """Show a file: its columns, its report, its progress; check it and start it."""
    with acting_for(request.business.id):
        job = import_job(job_id)
    if job is None:
        raise Http404
    if request.method == "POST":
        return _act(request, job)
    return _page(request, job, _mapping_form(job))


@business_page(*MANAGERS)
def refused_rows(request: BusinessRequest, job_id: UUID) -> StreamingHttpResponse:
    """Download the refused rows as CSV."""
    job = import_job(job_id)
    if job is None:
        raise Http404
    lines = _in_scope(request.business.id, job)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{job.id}.csv"'
    return answer


def _in_scope(business_id: UUID, job: Any) -> Iterator[str]:
    # The stream is read after the view's scope has ended, so it opens its own.
    with acting_for(business_id):
        yield from import_errors_csv(job)


def _upload(request: BusinessRequest, file: "UploadedFile[Any]") -> Any:
    return upload_import(
        file_name=file.name or "",
        chunks=file.chunks(),
        now=request.now,
        created_by=str(request.user),
    )


def _act(request: BusinessRequest, job: Any) -> HttpResponse:
    if request.POST.get("action") == "run":
        return _start(request, job)
    form = MappingForm(job, request.POST)
    if form.is_valid():
        try:
            _check(request, job, dict(form.cleaned_data))
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            return redirect("dashboard:import", request.business.slug, job.id)
    return refused(_page(request, job, form))


def _check(request: BusinessRequest, job: Any, columns: dict[str, Any]) -> None:
    unit = columns.pop("unit_rial")
    with acting_for(request.business.id):
        map_import(job_id=job.id, mapping=columns, unit_rial=unit, now=request.now)
    check_import(business_id=request.business.id, job_id=job.id, now=request.now)


def _start(request: BusinessRequest, job: Any) -> HttpResponse:
    try:
        with acting_for(request.business.id):
            queue_import(job_id=job.id, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return redirect("dashboard:import", request.business.slug, job.id)


def _mapping_form(job: Any) -> MappingForm:
    return MappingForm(job, initial={**job.mapping, "unit_rial": job.unit_rial})


def _page(request: BusinessRequest, job: Any, form: MappingForm) -> HttpResponse:
    editable = job.state in {ImportState.UPLOADED, ImportState.CHECKED}
    with acting_for(request.business.id):
        context = {
            "job": line_of(job),
            "mapping": form if editable else None,
            "facts": facts_of(job),
            "report_title": _title(job),
            "errors": _errors(job),
            "sample": [_sample(row) for row in job.report.get("preview", [])] if editable else [],
        }
        return render(request, "dashboard/import.html", context)


def _title(job: Any) -> str:
    if job.state == ImportState.CHECKED:
        return _("What this import would do")
    return _("What was imported")


def _errors(job: Any) -> list[RefusedRow]:
    if job.state in {ImportState.UPLOADED, ImportState.CHECKED}:
        examples = job.report.get("examples", [])
        return [RefusedRow(number=one["row"], text=one["message"]) for one in examples]
    return [RefusedRow(number=row.row, text=row.message) for row in import_errors(job.id)[:_SHOWN]]


def _sample(row: dict[str, Any]) -> list[str]:
    return [
        words.digits(row["external_id"]),
        words.day(date.fromisoformat(row["on"])),
        words.toman(row["total_rial"]),
        row["customer"] or "—",
    ]
