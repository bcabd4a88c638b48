"""The monthly statement, to read, print or hand to the accountant."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.calendar import (
    MONTH_NAMES,
    add_months,
    business_day,
    jalali,
    month_start,
    read_month,
)
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from payments.enums import BookAccount
from payments.queries.books import Statement, monthly_statement


@business_page(*READERS)
def month(request: BusinessRequest) -> HttpResponse:
    """Show one Jalali month; `?month=1405-09`, this month unless told."""
    today = business_day(request.now, request.business.timezone)
    first = read_month(request.GET.get("month", "")) or month_start(today)
    statement = monthly_statement(first, zone=request.business.timezone)
    following = add_months(first, 1, anchor_day=1)
    context = {
        "title": _name(first),
        "kpis": _kpis(statement),
        "rows": statement.rows,
        "before": _key(add_months(first, -1, anchor_day=1)),
        "after": _key(following) if following <= today else "",
        "moved": any(row.debit_rial or row.credit_rial for row in statement.rows),
    }
    return render(request, "dashboard/books/month.html", context)


def _kpis(statement: Statement) -> list[Kpi]:
    told = (
        (_("Sales"), -statement.moved(BookAccount.SALES)),
        (_("Given back"), statement.moved(BookAccount.REFUNDS)),
        (_("Fees"), statement.moved(BookAccount.FEES)),
        (_("Paid to the bank"), statement.moved(BookAccount.BANK)),
    )
    return [Kpi(label=label, value=words.toman(rial), unit=_("toman")) for label, rial in told]


def _key(day: date) -> str:
    j = jalali(day)
    return f"{j.year}-{j.month:02}"


def _name(day: date) -> str:
    j = jalali(day)
    return f"{MONTH_NAMES[j.month - 1]} {words.digits(j.year)}"
