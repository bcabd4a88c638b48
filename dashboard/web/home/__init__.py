"""Home: what needs me today, and how are we doing."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from businesses.queries import branches, role_may
from core.calendar import business_day
from customers.queries.sales import purchase_rows
from dashboard.web import words
from dashboard.web.access import READERS, SELLERS, BusinessRequest, business_page
from dashboard.web.home.others import (
    owed_kpi,
    payment_days,
    payment_meters,
    payments_kpi,
    risk_kpi,
    satisfaction_kpi,
)
from dashboard.web.home.sales import history, returning_kpi, sales_kpi, weeks_chart
from dashboard.web.home.steps import first_steps
from dashboard.web.home.todos import todos
from dashboard.web.parts import Choice
from dashboard.web.picture import heat
from dashboard.web.purchases import list_rows
from payments.queries import payment_totals
from segmentation.queries import grid, summary

_PERIODS: Final = (7, 30, 90)
_USUAL: Final = 30
_LATEST: Final = 8


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days looked at: `days` of them, up to and with `today`."""

    today: date
    days: int

    @property
    def since(self) -> date:
        """Return the first day."""
        return self.today - timedelta(days=self.days - 1)


@business_page(*READERS)
def home(request: BusinessRequest) -> HttpResponse:
    """Show today's page; a new business sees what is left of its first steps."""
    span = Span(today=business_day(request.now, request.business.timezone), days=_days(request))
    latest = list(purchase_rows().order_by("-occurred_at", "-id")[:_LATEST])
    context: dict[str, Any] = {
        "today": span.today,
        "branches_text": _branches_text(),
        "empty": not latest,
        "can_sell": role_may(request.role, SELLERS),
        "way": first_steps(request),
    }
    if latest:
        context |= _figures(request, span)
        context["purchases"] = list_rows(latest, request.now)
    return render(request, "dashboard/home.html", context)


def _figures(request: BusinessRequest, span: Span) -> dict[str, Any]:
    slug, rows = request.business.slug, summary()
    past = history(span.today, span.days)
    tries = payment_days(request.business.timezone, span.today, span.days)
    totals = payment_totals(
        since=span.today - timedelta(days=_USUAL),
        until=span.today + timedelta(days=1),
        zone=request.business.timezone,
    )
    kpis = [
        sales_kpi(past, span.days, _to("purchases", slug)),
        returning_kpi(past, span.days, _to("repeat", slug)),
        satisfaction_kpi(request.now, span.days, _to("feedback", slug)),
        owed_kpi(request.now, span.today, span.days, _to("customers", slug)),
        risk_kpi(rows, span.since, _to("segments", slug)),
        payments_kpi(tries, span.since, _to("payments", slug)),
    ]
    return {
        "kpis": kpis,
        "weeks": weeks_chart(past, span.today),
        "heat": heat(grid(), slug),
        "todos": todos(slug, rows, totals, (request.now, span.today)),
        "meters": payment_meters([day for day in tries if day.day >= span.since]),
        "periods": [_period(one, span.days) for one in _PERIODS],
        "period_text": _period(span.days, span.days).label,
    }


def _to(name: str, slug: str) -> str:
    return reverse(f"dashboard:{name}", args=[slug])


def _days(request: BusinessRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(one) for one in _PERIODS} else _USUAL


def _period(days: int, chosen: int) -> Choice:
    label = _("last %(n)s days") % {"n": words.number(days)}
    return Choice(value=str(days), label=label, chosen=days == chosen)


def _branches_text() -> str:
    count = branches().count()
    return ngettext("%(n)s branch", "%(n)s branches", count) % {"n": words.number(count)}
