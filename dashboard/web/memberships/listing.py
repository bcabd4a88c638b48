"""The page of paid memberships: how renewals go, who is next, the plans, everybody."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import EVERYONE, MANAGERS, SELLERS, BusinessRequest, business_page
from dashboard.web.memberships.rows import MemberRow, PlanRow, member_row, plan_row
from dashboard.web.parts import Choice, Kpi
from loyalty.enums import MembershipState
from loyalty.queries.memberships import (
    due_between,
    members_by_plan,
    membership_rows,
    next_renewals,
    plan_rows,
    renewals,
)

_SOON: Final = 8
_MOST_PLANS: Final = 20
_BEHIND: Final = timedelta(days=30)
_AHEAD: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class MemberPage:
    """A page of members."""

    rows: list[MemberRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def memberships(request: BusinessRequest) -> HttpResponse:
    """Show plans, the next renewals and the members."""
    asked = request.GET.get("state", "")
    state = asked if asked in MembershipState.values else ""
    found = page(membership_rows(state=state), by="created_at", cursor=request.GET.get("cursor"))
    members = members_by_plan()
    today = business_day(request.now, request.business.timezone)
    context = {
        "page": MemberPage(
            rows=[member_row(row) for row in found.rows], next_cursor=found.next_cursor
        ),
        "plans": _plans(members),
        "soon": [member_row(row) for row in next_renewals(_SOON)],
        "kpis": _kpis(sum(members.values()), today),
        "tabs": _tabs(state),
        "can_offer": role_may(request.role, MANAGERS),
        "can_sell": role_may(request.role, SELLERS),
    }
    return render(request, "dashboard/memberships/memberships.html", context)


def _plans(members: dict[UUID, int]) -> list[PlanRow]:
    """Plans on offer first; withdrawn ones while they have members."""
    rows = plan_rows().order_by("-is_offered", "-created_at")[:_MOST_PLANS]
    shown = [plan_row(plan, members) for plan in rows]
    return [plan for plan in shown if plan.offered or plan.members]


def _kpis(members: int, today: date) -> list[Kpi]:
    went, coming = renewals(today - _BEHIND, today), due_between(today, today + _AHEAD)
    return [
        Kpi(label=_("Members"), value=words.number(members)),
        Kpi(
            label=_("Renewals that succeeded"),
            value=words.percent(went.rate, 0),
            note=_("%(paid)s of %(over)s in the last 30 days")
            % {"paid": words.number(went.paid), "over": words.number(went.paid + went.unpaid)},
        ),
        Kpi(
            label=_("Brought by renewals in 30 days"),
            value=words.toman(went.paid_rial),
            unit=_("toman"),
        ),
        Kpi(
            label=_("Due in the next 7 days"),
            value=words.toman(coming.rial),
            unit=_("toman"),
            note=_("from %(n)s members") % {"n": words.number(coming.many)},
        ),
    ]


def _tabs(state: str) -> list[Choice]:
    return [
        Choice(value="", label=_("Everybody"), chosen=not state, href="?"),
        *(
            Choice(value=value, label=str(label), chosen=value == state, href=f"?state={value}")
            for value, label in MembershipState.choices
        ),
    ]
