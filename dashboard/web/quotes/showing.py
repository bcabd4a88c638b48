"""One promised price: its address, how it stands, what used it."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import NotFound, Problem
from dashboard.web import words
from dashboard.web.access import EVERYONE, SELLERS, BusinessRequest, business_page
from dashboard.web.inquiries.showing import asker
from dashboard.web.parts import Kpi
from dashboard.web.payments.history import Fact
from dashboard.web.quotes.listing import TONES, time_of, whose
from payments.enums.quotes import QuoteState
from payments.operations import withdraw_quote
from payments.operations.quotes import send_quote
from payments.queries.instalments.credit import credit_terms
from payments.queries.quotes import QuoteView, mobile_of, quote_by_id, quote_url

_MAY_END: Final = frozenset({QuoteState.OPEN, QuoteState.UPCOMING})


@business_page(*EVERYONE)
def quote(request: BusinessRequest, quote_id: UUID) -> HttpResponse:
    """Show one promised price."""
    view = quote_by_id(quote_id, now=request.now)
    if view is None:
        raise Http404
    row, slug = view.quote, request.business.slug
    may, is_open = role_may(request.role, SELLERS), view.state is QuoteState.OPEN
    context = {
        "quote": row,
        "state": str(view.state.label),
        "tone": TONES.get(view.state, ""),
        "whose": whose(view),
        "kpis": _kpis(view, request),
        "lines": row.lines,
        "facts": _facts(view, request),
        "address": quote_url(row),
        "qr": reverse("payments:quote-qr", args=[row.token]),
        "alive": view.is_payable or view.state is QuoteState.UPCOMING,
        "can_withdraw": may and view.state in _MAY_END,
        "can_send": may and view.state in _MAY_END and bool(mobile_of(row)),
        "sell_href": f"{reverse('dashboard:credit-sell', args=[slug])}?quote={row.id}"
        if may and is_open and credit_terms().is_on
        else "",
    }
    return render(request, "dashboard/quotes/quote.html", context)


@require_POST
@business_page(*SELLERS)
def quote_withdraw(request: BusinessRequest, quote_id: UUID) -> HttpResponse:
    """Take a promised price back."""
    try:
        withdraw_quote(quote_id=quote_id, by=str(request.user), now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The price is taken back."))
    return redirect("dashboard:quote", request.business.slug, quote_id)


@require_POST
@business_page(*SELLERS)
def quote_send(request: BusinessRequest, quote_id: UUID) -> HttpResponse:
    """Send the customer the price and its address."""
    try:
        send_quote(quote_id=quote_id, now=request.now)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("The SMS is on its way; at most one goes out a day."))
    return redirect("dashboard:quote", request.business.slug, quote_id)


def _kpis(view: QuoteView, request: BusinessRequest) -> list[Kpi]:
    row = view.quote
    saved = sum(line["discount_rial"] for line in row.lines)
    note = _("%(saved)s toman less than usual") % {"saved": words.toman(saved)} if saved else ""
    return [
        Kpi(
            label=_("Promised price"),
            value=words.toman(row.amount_rial),
            unit=_("toman"),
            note=note,
        ),
        Kpi(
            label=_("Time"),
            value=time_of(view, request.now),
            note=_("until %(moment)s") % {"moment": words.moment(row.valid_to)},
        ),
        Kpi(label=_("For whom"), value=whose(view), note=_members(row)),
    ]


def _members(row: Any) -> str:
    return _("only a customer the shop knows") if row.members_only else ""


def _facts(view: QuoteView, request: BusinessRequest) -> list[Fact]:
    row, slug = view.quote, request.business.slug
    facts = [
        Fact(
            label=_("Promised by"),
            text=" · ".join(filter(None, [asker(row.created_by), words.moment(row.created_at)])),
        ),
        Fact(label=_("Valid from"), text=words.moment(row.valid_from)),
    ]
    if row.customer_id:
        href = reverse("dashboard:customer", args=[slug, row.customer_id])
        facts.append(Fact(label=_("Customer"), text=whose(view), href=href))
    if view.payment_id:
        href = reverse("dashboard:payment", args=[slug, view.payment_id])
        facts.append(Fact(label=_("Payment"), text=_("see the payment"), href=href))
    if row.plan_id:
        href = reverse("dashboard:instalment-plan", args=[slug, row.plan_id])
        facts.append(Fact(label=_("Instalments"), text=_("see the plan"), href=href))
    if row.withdrawn_at:
        by = " · ".join(filter(None, [asker(row.withdrawn_by), words.moment(row.withdrawn_at)]))
        facts.append(Fact(label=_("Taken back by"), text=by))
    return facts
