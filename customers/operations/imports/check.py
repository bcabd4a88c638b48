"""The dry run: what an import would do, without writing anything."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import branches, business_by_id, employees
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.enums import ImportState
from customers.models import ImportJob
from customers.operations.imports.attributes import attribute_fields
from customers.operations.imports.columns import check_mapping
from customers.operations.imports.groups import Group, groups_of, refused_all
from customers.operations.imports.jobs import path_of
from customers.operations.imports.parsing import Layout
from customers.operations.imports.reading import rows_of
from customers.operations.purchases.draft import IMPORT_SOURCE, Draft, Setting, draft_of
from customers.queries.identities import key_of

MAX_CHECKED: Final = 200_000
_PREVIEW: Final = 8
_EXAMPLES: Final = 20
# Beyond this the number of customers is told as "more than", so that memory stays bounded.
_MOST_COUNTED: Final = 250_000


def check_import(*, business_id: UUID, job_id: UUID, now: datetime) -> ImportJob:
    """Read the whole file (at most 200,000 rows) and keep a report on the job.

    Opens its own scopes: no transaction is held while the file is read. Raises NotFound, Problem
    `column_missing`, `unreadable_file`.
    """
    with acting_for(business_id):
        job = ImportJob.objects.filter(id=job_id).first()
        if job is None:
            raise NotFound(_("There is no such import."))
        layout = layout_of(job)
        setting = _setting(business_id, now)
    tally = _Tally(setting)
    rows = islice(rows_of(path_of(job)), MAX_CHECKED + 1)
    for group in groups_of(rows, layout, start=1):
        if group.last > MAX_CHECKED:
            tally.partial = True
            break
        tally.add(group)
    report = {"headers": job.report["headers"], **tally.report()}
    with acting_for(business_id):
        ImportJob.objects.filter(
            id=job_id, state__in=[ImportState.UPLOADED, ImportState.CHECKED]
        ).update(state=ImportState.CHECKED, report=report, rows_total=tally.rows)
        return ImportJob.objects.get(id=job_id)


def layout_of(job: ImportJob) -> Layout:
    """Return how to read a job's rows. Raises Problem `column_missing`."""
    fields = attribute_fields()
    columns = check_mapping(job.mapping, job.report["headers"], fields)
    return Layout(
        columns=columns,
        attributes={field: one for field, one in fields.items() if field in columns},
        unit_rial=job.unit_rial,
        zone=business_by_id(job.business_id).timezone,
        row_prefix=job.file_digest[:16],
    )


def _setting(business_id: UUID, now: datetime) -> Setting:
    return Setting(
        identity_key=key_of(business_id),
        zone=business_by_id(business_id).timezone,
        branches=dict(branches().values_list("code", "id")),
        employees=dict(employees().values_list("code", "id")),
        source=IMPORT_SOURCE,
        now=now,
    )


@dataclass(slots=True)
class _Tally:
    """Adds up the report, row by row."""

    setting: Setting
    rows: int = 0
    purchases: int = 0
    total_rial: int = 0
    without_customer: int = 0
    first_on: date | None = None
    last_on: date | None = None
    partial: bool = False
    customers: set[bytes] = field(default_factory=set)
    errors: Counter[str] = field(default_factory=Counter)
    sentences: dict[str, str] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def add(self, group: Group) -> None:
        self.rows = group.last
        if group.purchase is None:
            self._refuse(group)
            return
        try:
            self._count(draft_of(group.purchase, self.setting))
        except Problem as problem:
            group.refusals = refused_all(group, problem)
            self._refuse(group)

    def _refuse(self, group: Group) -> None:
        for refusal in group.refusals:
            code = refusal.problem.code
            self.errors[code] += 1
            self.sentences.setdefault(code, str(refusal.problem.detail))
            if len(self.examples) < _EXAMPLES:
                self.examples.append(
                    {"row": refusal.row + 1, "code": code, "message": str(refusal.problem.detail)}
                )

    def _count(self, draft: Draft) -> None:
        self.purchases += 1
        self.total_rial += draft.total_rial
        self.first_on = min(self.first_on or draft.local_date, draft.local_date)
        self.last_on = max(self.last_on or draft.local_date, draft.local_date)
        if draft.payer is None:
            self.without_customer += 1
        elif len(self.customers) < _MOST_COUNTED:
            self.customers.add(draft.payer.identities[0].digest[:8])
        if len(self.preview) < _PREVIEW:
            self.preview.append(_shown(draft))

    def report(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "purchases": self.purchases,
            "customers": len(self.customers),
            "customers_exact": len(self.customers) < _MOST_COUNTED,
            "without_customer": self.without_customer,
            "total_rial": self.total_rial,
            "first_on": self.first_on and self.first_on.isoformat(),
            "last_on": self.last_on and self.last_on.isoformat(),
            "partial": self.partial,
            "refused": sum(self.errors.values()),
            "errors": [
                {"code": code, "rows": count, "message": self.sentences[code]}
                for code, count in self.errors.most_common()
            ],
            "examples": self.examples,
            "preview": self.preview,
        }


def _shown(draft: Draft) -> dict[str, Any]:
    payer = draft.payer
    return {
        "external_id": draft.external_id,
        "on": draft.local_date.isoformat(),
        "total_rial": draft.total_rial,
        "customer": (payer.name or payer.mobile or payer.email or "") if payer else "",
        "mobile": payer.mobile if payer else None,
        "lines": len(draft.lines),
    }
