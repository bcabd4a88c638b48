"""One person who sells: whom they won, and by which mobile and login they are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.operations import tie_employee
from businesses.queries import employee_by_id, members_of, role_may
from core.calendar import business_day
from core.errors import Problem
from customers.queries.people import CustomerView, customer_views
from dashboard.web.access import MANAGERS, OWNERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Mobile, refusal_to_form
from dashboard.web.people import local_mobile, title_of
from dashboard.web.staff.listing import LOOK_BACK, NOBODY, rate_of
from loyalty.queries.acquisitions import Won, acquisitions, sums_by_employee, won_by

_ROWS = 50


@dataclass(frozen=True, kw_only=True)
class WonRow:
    """A customer somebody won."""

    customer_id: UUID
    customer: str
    told: bool
    first_on: date
    second_on: date | None
    state: str


class TieForm(forms.Form):
    """By what an employee is known."""

    mobile = Mobile(label=gettext_lazy("Their own mobile"), required=False)
    login_id = forms.TypedChoiceField(
        label=gettext_lazy("Their login"), coerce=UUID, empty_value=None, required=False
    )

    def __init__(self, *args: Any, members: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        choice: Any = self.fields["login_id"]
        choice.choices = [("", _("none")), *members.items()]


@business_page(*MANAGERS)
def staff_member(request: BusinessRequest, employee_id: UUID) -> HttpResponse:
    """Show whom one person won; owners say how they are known."""
    row = employee_by_id(employee_id)
    if row is None:
        raise Http404
    may = role_may(request.role, OWNERS)
    members = {str(one.user_id): str(one.user) for one in members_of(request.business.id)}
    form = TieForm(
        request.POST or None,
        members=members,
        initial={"mobile": local_mobile(row.mobile or ""), "login_id": row.login_id},
    )
    if request.method == "POST" and may and form.is_valid():
        try:
            tie_employee(
                employee_id=row.id, actor=request.user, now=request.now, **form.cleaned_data
            )
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:staff-member", request.business.slug, row.id)
    context = _context(request, row) | {"form": form if may else None}
    answer = render(request, "dashboard/staff/one.html", context)
    return refused(answer) if form.errors else answer


def _context(request: BusinessRequest, row: Any) -> dict[str, Any]:
    since = business_day(request.now, request.business.timezone) - LOOK_BACK
    won = acquisitions(since)
    sums = sums_by_employee(won).get(row.id, NOBODY)
    shown = Paginator(won_by(won, row.id), _ROWS).get_page(request.GET.get("page"))
    people = customer_views([one.customer_id for one in shown])
    return {
        "employee": row,
        "sums": sums,
        "rate": rate_of(sums),
        "rows": [_won(one, people.get(one.customer_id)) for one in shown],
        "shown": shown,
    }


def _won(one: Won, person: CustomerView | None) -> WonRow:
    name = title_of(person.name, person.mobile, person.member_code) if person else ""
    return WonRow(
        customer_id=one.customer_id,
        customer=name,
        told=one.told,
        first_on=one.first_on,
        second_on=one.second_on,
        state=str(one.state.label),
    )
