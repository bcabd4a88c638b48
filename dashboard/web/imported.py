"""How an import is told: its state, its progress and its sums."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from customers.enums import ImportState
from dashboard.web import words
from dashboard.web.parts import Meter
from dashboard.web.payments.history import Fact

_TONES: Final[dict[ImportState, str]] = {
    ImportState.UPLOADED: "",
    ImportState.CHECKED: "chip-brand",
    ImportState.QUEUED: "chip-amber",
    ImportState.RUNNING: "chip-amber",
    ImportState.DONE: "chip-good",
    ImportState.FAILED: "chip-bad",
    ImportState.CANCELLED: "",
}
_AT_WORK: Final = (ImportState.QUEUED, ImportState.RUNNING)


@dataclass(frozen=True, kw_only=True)
class RefusedRow:
    """A row of the file that was refused."""

    number: int
    text: str


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """An import in a list and at the head of its page."""

    id: UUID
    name: str
    state: str
    tone: str
    rows: int
    errors: int
    at: datetime
    running: bool
    can_run: bool
    progress: Meter | None


def line_of(job: Any) -> JobLine:
    """Return an import as shown."""
    state = ImportState(job.state)
    return JobLine(
        id=job.id,
        name=job.file_name,
        state=str(state.label),
        tone=_TONES[state],
        rows=job.rows_total,
        errors=job.rows_failed,
        at=job.created_at,
        running=state in _AT_WORK,
        can_run=state in {ImportState.CHECKED, ImportState.FAILED, ImportState.CANCELLED},
        progress=_progress(job) if state in _AT_WORK else None,
    )


def facts_of(job: Any) -> list[Fact]:
    """Return the sums: what would happen, or what did."""
    if job.state == ImportState.UPLOADED:
        return []
    return _would_do(job.report) if job.state == ImportState.CHECKED else _did(job)


def _would_do(report: dict[str, Any]) -> list[Fact]:
    span = " – ".join(
        words.day(date.fromisoformat(report[end])) for end in ("first_on", "last_on") if report[end]
    )
    amount = _("%(amount)s toman") % {"amount": words.toman(report["total_rial"])}
    return [
        Fact(label=_("Rows"), text=words.number(report["rows"])),
        Fact(label=_("Purchases"), text=words.number(report["purchases"])),
        Fact(label=_("Customers"), text=words.number(report["customers"])),
        Fact(label=_("Without a customer"), text=words.number(report["without_customer"])),
        Fact(label=_("Total"), text=amount),
        Fact(label=_("From – to"), text=span or "—"),
        Fact(label=_("Refused rows"), text=words.number(report["refused"])),
    ]


def _did(job: Any) -> list[Fact]:
    facts = [
        Fact(label=_("Rows"), text=words.number(job.rows_done)),
        Fact(label=_("Recorded"), text=words.number(job.rows_recorded)),
        Fact(label=_("There already"), text=words.number(job.rows_replayed)),
        Fact(label=_("Refused rows"), text=words.number(job.rows_failed)),
    ]
    if job.last_error:
        facts.append(Fact(label=_("Why it stopped"), text=job.last_error, tone="bad"))
    return facts


def _progress(job: Any) -> Meter:
    share = job.rows_done / job.rows_total if job.rows_total else 0.0
    rows = _("%(done)s of %(all)s rows")
    values = {"done": words.number(job.rows_done), "all": words.number(job.rows_total)}
    return Meter(label=_("Progress"), share=share, text=words.percent(share, 0), note=rows % values)
