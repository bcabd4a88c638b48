"""The list of people who have not bought yet, with a picture of how far they get."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.api.paging import page
from customers.enums import LeadStage
from customers.queries.leads import (
    Bought,
    Funnel,
    LeadState,
    bought_by,
    due_count,
    funnel,
    lead_rows,
)
from dashboard.web import words
from dashboard.web.access import (
    EVERYONE,
    MANAGERS,
    READERS,
    SELLERS,
    BusinessRequest,
    business_page,
)
from dashboard.web.leads.words_of_leads import source_title
from dashboard.web.parts import Choice, Kpi, Meter, Tone
from dashboard.web.people import local_mobile, title_of
from feedback.queries.intervals import share

LOOK_BACK: Final = timedelta(days=90)
_TABS: Final = {
    LeadState.DUE: gettext_lazy("To be contacted"),
    LeadState.OPEN: gettext_lazy("Not bought yet"),
    LeadState.BOUGHT: gettext_lazy("Bought"),
    LeadState.LOST: gettext_lazy("Lost"),
}
_STEPS: Final = {
    "leads": gettext_lazy("Left their number"),
    "contacted": gettext_lazy("Spoken to"),
    "interested": gettext_lazy("Interested"),
    "bought": gettext_lazy("Bought"),
    "again": gettext_lazy("Bought on a second day"),
}
_TONES: Final[Mapping[str, Tone]] = {
    LeadStage.CONTACTED: "brand",
    LeadStage.INTERESTED: "good",
    LeadStage.LOST: "bad",
}


@dataclass(frozen=True, kw_only=True)
class LeadRow:
    """Somebody in the list."""

    customer_id: UUID
    name: str
    title: str
    mobile: str
    wants: str
    source: str
    stage: str
    tone: Tone
    made_at: datetime
    next_at: datetime | None
    late: bool
    owner: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A page of the list."""

    rows: list[LeadRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def leads(request: BusinessRequest) -> HttpResponse:
    """Show how far people get, and who they are."""
    state = _asked(request)
    found = page(
        lead_rows(now=request.now, state=state, source_id=_source(request)),
        by="made_at",
        cursor=request.GET.get("cursor"),
    )
    bought = bought_by([row.customer_id for row in found.rows])
    told = funnel(request.now - LOOK_BACK, request.now)
    due = due_count(request.now)
    rows = [_row(row, bought.get(row.customer_id), request.now) for row in found.rows]
    context = {
        "kpis": _kpis(told, due),
        "steps": steps(told),
        "page": Listing(rows=rows, next_cursor=found.next_cursor),
        "tabs": _tabs(state, due),
        "empty": not rows and not told.sources and not request.GET,
        "can_note": role_may(request.role, SELLERS),
        "can_change": role_may(request.role, MANAGERS),
        "can_compare": role_may(request.role, READERS),
    }
    return render(request, "dashboard/leads/leads.html", context)


def steps(told: Funnel) -> list[Meter]:
    """Return how many got how far; each step holds those who got further."""
    whole = told.total("leads")
    if not whole:
        return []
    counts = {step: told.total(step) for step in _STEPS}
    return [
        Meter(
            label=str(_STEPS[step]),
            share=count / whole,
            text=words.number(count),
            note="" if step == "leads" else words.percent(count / whole, 0),
            tone="good" if step in {"bought", "again"} else "brand",
        )
        for step, count in counts.items()
    ]


def _kpis(told: Funnel, due: int) -> list[Kpi]:
    whole, bought = told.total("leads"), told.total("bought")
    note = _("in the last 90 days")
    return [
        Kpi(label=_("To be contacted"), value=words.number(due), href="?state=due"),
        Kpi(label=_("Left their number"), value=words.number(whole), note=note),
        _bought_kpi(bought, whole),
        Kpi(
            label=_("Days until the first purchase"),
            value="—" if told.median_days is None else words.number(round(told.median_days)),
            note=_("half of those who bought were faster"),
        ),
    ]


def _bought_kpi(bought: int, whole: int) -> Kpi:
    label = _("Became customers")
    if not whole:
        return Kpi(label=label, value="—")
    sure = share(bought, whole)
    bounds = {"low": words.number(sure.low * 100), "high": words.number(sure.high * 100)}
    return Kpi(
        label=label,
        value=words.percent(sure.score, 0),
        unit=_("%(part)s of %(all)s") % {"part": words.number(bought), "all": words.number(whole)},
        note=_("95%%: %(low)s to %(high)s") % bounds,
    )


def _asked(request: BusinessRequest) -> LeadState:
    asked = request.GET.get("state", LeadState.OPEN)
    return LeadState(asked) if asked in set(LeadState) else LeadState.OPEN


def _source(request: BusinessRequest) -> UUID | None:
    text = request.GET.get("source", "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Http404 from error


def _tabs(chosen: LeadState, due: int) -> list[Choice]:
    def label(state: LeadState) -> str:
        waits = state is LeadState.DUE and due
        return f"{_TABS[state]} ({words.number(due)})" if waits else str(_TABS[state])

    return [
        Choice(value=state, label=label(state), chosen=state is chosen, href=f"?state={state}")
        for state in _TABS
    ]


def _row(row: Any, bought: Bought | None, now: datetime) -> LeadRow:
    person = row.customer
    return LeadRow(
        customer_id=row.customer_id,
        name=person.name,
        title=title_of(person.name, person.mobile, person.member_code),
        mobile=local_mobile(person.mobile),
        wants=row.wants,
        source=source_title(row.source),
        stage=_stage(row, bought),
        tone="good" if bought else _TONES.get(row.stage, ""),
        made_at=row.made_at,
        next_at=None if bought else row.next_at,
        late=row.next_at is not None and row.next_at <= now,
        owner=row.owner.name if row.owner else "",
        note=_note(row, bought),
    )


def _stage(row: Any, bought: Bought | None) -> str:
    if bought is None:
        return str(row.get_stage_display())
    if bought.first_at < row.made_at:
        return _("was a customer before")
    return _("bought again") if bought.second_on else _("bought")


def _note(row: Any, bought: Bought | None) -> str:
    if bought is not None:
        return _("%(amount)s toman since") % {"amount": words.toman(bought.net_rial)}
    if row.stage == LeadStage.LOST:
        return str(row.get_lost_because_display())
    if row.consented_at is None:
        return _("did not agree to be contacted")
    if row.tries:
        return _("%(n)s tries without an answer") % {"n": words.number(row.tries)}
    return ""
