"""A year under the draft: progress, then what it costs, who gains and who loses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.errors import Problem
from core.money import RIAL_PER_TOMAN
from customers.queries.people import customer_views
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi, Meter
from dashboard.web.rules.told import replay_kpis, rule_lines
from loyalty.enums import ReplayState
from loyalty.operations.rules.replays import cancel_replay, queue_replay
from loyalty.queries.rules.reading import open_draft, replay_by_id, replay_rows

_LISTED: Final = 5
_TONES: Final[dict[ReplayState, str]] = {
    ReplayState.QUEUED: "chip-amber",
    ReplayState.RUNNING: "chip-amber",
    ReplayState.DONE: "chip-good",
    ReplayState.FAILED: "chip-bad",
    ReplayState.CANCELLED: "",
}


@dataclass(frozen=True, kw_only=True)
class ReplayLine:
    """A replay in a list and at the head of its page."""

    id: UUID
    state: str
    tone: str
    span: str
    at: datetime
    running: bool
    failed: bool
    again: bool
    progress: Meter | None


@dataclass(frozen=True, kw_only=True)
class Person:
    """A customer who gains or loses most."""

    id: UUID
    name: str
    points: str


@require_POST
@business_page(*MANAGERS)
def rule_replay_start(request: BusinessRequest) -> HttpResponse:
    """Ask for the last year under the draft."""
    draft = open_draft()
    if draft is None:
        raise Http404
    try:
        replay = queue_replay(draft_id=draft.id, actor=request.user, now=request.now)
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return redirect("dashboard:rule-draft", request.business.slug)
    return redirect("dashboard:rule-replay", request.business.slug, replay.id)


@require_POST
@business_page(*MANAGERS)
def rule_replay_stop(request: BusinessRequest, rule_replay_id: UUID) -> HttpResponse:
    """Stop a replay."""
    cancel_replay(replay_id=rule_replay_id, now=request.now)
    return redirect("dashboard:rule-replay", request.business.slug, rule_replay_id)


@require_GET
@business_page(*READERS)
def rule_replay(request: BusinessRequest, rule_replay_id: UUID) -> HttpResponse:
    """Show how far a replay is, or what came out."""
    row = replay_by_id(rule_replay_id)
    if row is None:
        raise Http404
    context: dict[str, Any] = {"replay": _line(row)}
    if row.report:
        context |= _report(row.report)
    return render(request, "dashboard/rules/replay.html", context)


def replay_lines() -> list[ReplayLine]:
    """Return the latest replays. One query."""
    return [_line(row) for row in replay_rows().order_by("-created_at")[:_LISTED]]


def _line(row: Any) -> ReplayLine:
    state = ReplayState(row.state)
    span = {"since": words.day(row.since), "until": words.day(row.until)}
    return ReplayLine(
        id=row.id,
        state=str(state.label),
        tone=_TONES[state],
        span=_("%(since)s to before %(until)s") % span,
        at=row.created_at,
        running=row.due_at is not None,
        failed=state == ReplayState.FAILED,
        again=row.attempts > 1,
        progress=_progress(row) if row.due_at is not None else None,
    )


def _progress(row: Any) -> Meter:
    share = min(1.0, row.done / row.total) if row.total else 0.0
    facts = {"done": words.number(row.done), "all": words.number(row.total)}
    return Meter(
        label=_("Purchases judged"),
        share=share,
        text=words.percent(share, 0),
        note=_("%(done)s of %(all)s purchases") % facts,
    )


def _report(report: dict[str, Any]) -> dict[str, Any]:
    kpis: Sequence[Kpi] = replay_kpis(report)
    return {
        "report": report,
        "kpis": kpis,
        "months": _months(report),
        "histogram": _histogram(report),
        "rules": rule_lines(report),
        "gaining": _people(report["top_gain"]),
        "losing": _people(report["top_lose"]),
        "differ": words.number(report["differ"]) if report["differ"] else "",
        "posted": words.number(report["posted"]),
    }


def _months(report: dict[str, Any]) -> dict[str, Any]:
    months, unit = report["months"], report["unit_rial"]
    sides = (("old", _("Rules in force")), ("new", _("The draft")))
    labels = [words.day(date.fromisoformat(one["month"]), "month") for one in months]
    return {
        "labels": labels,
        "series": [
            {
                "name": name,
                "values": [_cost(one, side, unit) / RIAL_PER_TOMAN / 1000 for one in months],
            }
            for side, name in sides
        ],
        "rows": [
            {
                "label": label,
                "texts": [words.toman(_cost(one, side, unit)) for side, _name in sides],
            }
            for label, one in zip(labels, months, strict=True)
        ],
    }


def _cost(month: dict[str, Any], side: str, unit_rial: int) -> int:
    """Return what a month's points and presents are worth."""
    rial: int = month[side] * unit_rial + month.get(f"{side}_presents_rial", 0)
    return rial


def _histogram(report: dict[str, Any]) -> dict[str, Any]:
    columns = report["histogram"]
    labels = [_span(one["over"], one["upto"]) for one in columns]
    return {
        "labels": labels,
        "series": [{"name": _("customers"), "values": [one["customers"] for one in columns]}],
        "rows": [
            {"label": label, "texts": [words.number(one["customers"])]}
            for label, one in zip(labels, columns, strict=True)
        ],
    }


def _span(over: int | None, upto: int | None) -> str:
    """Return a column's name, thousand toman: from the loss or gain nearer to zero."""
    if over == upto:
        return _("the same")
    if over is None or (upto is not None and upto <= 0):
        edge = upto or 0
        return _("less by %(n)s") % {"n": _thousands(-edge)} if edge else _("a little less")
    return _("more by %(n)s") % {"n": _thousands(over)} if over else _("a little more")


def _thousands(rial: int) -> str:
    return words.number(rial // RIAL_PER_TOMAN // 1000)


def _people(rows: Sequence[dict[str, Any]]) -> list[Person]:
    known = customer_views([UUID(one["customer"]) for one in rows])
    return [
        Person(
            id=UUID(one["customer"]),
            name=known[UUID(one["customer"])].name or _("Without a name"),
            points=_change(one),
        )
        for one in rows
        if UUID(one["customer"]) in known
    ]


def _change(one: dict[str, Any]) -> str:
    """Return by how much somebody's year changes: in points, with presents in toman."""
    if "rial" not in one:
        return words.signed(one["points"])
    return _("%(toman)s toman") % {"toman": words.signed(one["rial"] // RIAL_PER_TOMAN)}
