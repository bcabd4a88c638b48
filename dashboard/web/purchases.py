"""Purchases as rows: the newest on the home page, all of them on their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.api.paging import page
from customers.enums import IdentityKind
from customers.queries.sales import purchase_rows
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.forms import JalaliDay
from dashboard.web.people import segment_label, title_of
from loyalty.queries.wallets import points_for_purchases
from segmentation.queries import scores_of


@dataclass(frozen=True, kw_only=True)
class PurchaseRow:
    """A purchase in a list."""

    customer_id: UUID | None
    name: str
    title: str
    recognised: str
    total_rial: int
    points: int
    segment: str
    segment_tone: str
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class PurchasePage:
    """A page of purchases."""

    rows: list[PurchaseRow]
    next_cursor: str | None


class SpanForm(forms.Form):
    """From which day to which, both included."""

    since = JalaliDay(label=_("From day"))
    until = JalaliDay(label=_("To day"))


@business_page(*READERS)
def purchases(request: BusinessRequest) -> HttpResponse:
    """List purchases, newest first, of a span of days when one is asked for."""
    form = SpanForm(request.GET)
    span = form.cleaned_data if form.is_valid() else {}
    asked = purchase_rows(since=span.get("since"), until=span.get("until"))
    found = page(asked, by="occurred_at", cursor=request.GET.get("cursor"))
    rows = list_rows(found.rows, request.now)
    context = {
        "page": PurchasePage(rows=rows, next_cursor=found.next_cursor),
        "purchases": rows,
        "form": form,
        "filtered": any(span.values()) or not form.is_valid(),
    }
    return render(request, "dashboard/purchases.html", context)


def list_rows(found: Sequence[Any], now: datetime) -> list[PurchaseRow]:
    """Return purchases as rows, with points and segments. Three queries."""
    points = points_for_purchases([row.id for row in found], now)
    scores = scores_of({row.customer_id for row in found if row.customer_id})
    return [
        _row(
            row,
            points[row.id].earned if row.id in points else 0,
            scores[row.customer_id].segment if row.customer_id in scores else None,
        )
        for row in found
    ]


def _row(purchase: Any, earned: int, segment: str | None) -> PurchaseRow:
    person = purchase.customer
    label, tone = segment_label(segment)
    return PurchaseRow(
        customer_id=purchase.customer_id,
        name=person.name if person else "",
        title=title_of(person.name, person.mobile, person.member_code) if person else "",
        recognised=_matched(purchase.matched_by),
        total_rial=purchase.total_rial,
        points=earned,
        segment=label,
        segment_tone=tone,
        occurred_at=purchase.occurred_at,
    )


def _matched(by: str) -> str:
    if by == "new":
        return str(_("first time here"))
    return str(IdentityKind(by).label) if by in IdentityKind.values else ""
