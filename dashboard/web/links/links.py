"""Links anybody can pay at: make them, show their QR, see what they brought."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.api.paging import page
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import EVERYONE, SELLERS, BusinessRequest, business_page, refused
from dashboard.web.forms import Line, TomanField, Whole, refusal_to_form
from dashboard.web.parts import Kpi
from dashboard.web.payments.rows import payment_page
from payments.operations import NewLink, close_link, create_link
from payments.queries import payment_rows
from payments.queries.links import LinkSums, link_by_id, link_rows, link_sums, link_url

_DAYS: Final = (("", gettext_lazy("never")), ("1", "1"), ("7", "7"), ("30", "30"), ("365", "365"))


class NewLinkForm(forms.Form):
    """A link: for what, how much, how often, how long."""

    title = Line(label=gettext_lazy("For what"), max_length=200)
    amount = TomanField(
        label=gettext_lazy("Amount, toman"),
        required=False,
        help_text=gettext_lazy("Leave it empty to let the payer type an amount."),
    )
    least = TomanField(label=gettext_lazy("The least a payer may type, toman"), required=False)
    most = TomanField(label=gettext_lazy("The most a payer may type, toman"), required=False)
    times = Whole(
        label=gettext_lazy("At most so many payments"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("Empty: any number. 1: for one customer only."),
    )
    days = forms.ChoiceField(label=gettext_lazy("Ends after (days)"), choices=_DAYS, required=False)
    asks_mobile = forms.BooleanField(
        label=gettext_lazy("Ask for the payer's mobile, so that they become a customer"),
        required=False,
        initial=True,
    )

    def link(self, now: datetime) -> NewLink:
        """Return what was asked for."""
        data = self.cleaned_data
        days = data["days"]
        return NewLink(
            title=data["title"],
            amount_rial=data["amount"],
            least_rial=data["least"],
            most_rial=data["most"],
            asks_mobile=data["asks_mobile"],
            max_payments=data["times"],
            expires_at=now + timedelta(days=int(days)) if days else None,
        )


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """A link in the list."""

    id: UUID
    title: str
    amount: str
    state: str
    tone: str
    paid: int
    paid_rial: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class LinkPage:
    """A page of links."""

    rows: list[LinkRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def payment_links(request: BusinessRequest) -> HttpResponse:
    """List links; make one."""
    may = role_may(request.role, SELLERS)
    form = NewLinkForm(request.POST or None)
    if request.method == "POST" and may and form.is_valid():
        try:
            made = create_link(link=form.link(request.now), by=str(request.user), now=request.now)
        except Problem as problem:
            refusal_to_form(form, problem)
        else:
            messages.success(request, _("The link is ready."))
            return redirect("dashboard:payment-link", request.business.slug, made)
    found = page(link_rows(), by="created_at", cursor=request.GET.get("cursor"))
    sums = link_sums([row.id for row in found.rows])
    rows = [_row(row, sums[row.id], request.now) for row in found.rows]
    context = {
        "page": LinkPage(rows=rows, next_cursor=found.next_cursor),
        "form": form if may else None,
    }
    answer = render(request, "dashboard/links/links.html", context)
    return refused(answer) if form.is_bound else answer


@business_page(*EVERYONE)
def payment_link(request: BusinessRequest, payment_link_id: UUID) -> HttpResponse:
    """Show one link: its address, its QR picture, what it brought."""
    link = link_by_id(payment_link_id)
    if link is None:
        raise Http404
    sums = link_sums([link.id])[link.id]
    row = _row(link, sums, request.now)
    context = {
        "link": row,
        "address": link_url(link),
        "qr": reverse("payments:link-qr", args=[link.token]),
        "kpis": _kpis(sums),
        "page": payment_page(payment_rows(link_id=link.id), request.GET.get("cursor")),
        "can_close": link.closed_at is None and role_may(request.role, SELLERS),
        "ends": link.expires_at,
    }
    return render(request, "dashboard/links/link.html", context)


@require_POST
@business_page(*SELLERS)
def link_close(request: BusinessRequest, payment_link_id: UUID) -> HttpResponse:
    """Take no more payments at a link."""
    try:
        close_link(link_id=payment_link_id, now=request.now)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The link is closed."))
    return redirect("dashboard:payment-link", request.business.slug, payment_link_id)


def _kpis(sums: LinkSums) -> list[Kpi]:
    return [
        Kpi(label=_("Came to pay"), value=words.number(sums.made)),
        Kpi(label=_("Paid"), value=words.number(sums.paid)),
        Kpi(label=_("Together"), value=words.toman(sums.paid_rial), unit=_("toman")),
    ]


def _row(link: Any, sums: LinkSums, now: datetime) -> LinkRow:
    state, tone = _state(link, now)
    return LinkRow(
        id=link.id,
        title=link.title,
        amount=_amount(link),
        state=state,
        tone=tone,
        paid=sums.paid,
        paid_rial=sums.paid_rial,
        created_at=link.created_at,
    )


def _amount(link: Any) -> str:
    if link.amount_rial is not None:
        return words.toman(link.amount_rial)
    bounds = {"least": words.toman(link.least_rial), "most": words.toman(link.most_rial)}
    return _("%(least)s to %(most)s") % bounds


def _state(link: Any, now: datetime) -> tuple[str, str]:
    if link.closed_at is not None:
        return _("closed"), ""
    if link.expires_at is not None and link.expires_at <= now:
        return _("ended"), ""
    if link.max_payments is not None and link.payments >= link.max_payments:
        return _("used up"), "chip-amber"
    return _("open"), "chip-good"
