"""One issue: what became of its money, its cards, their movements."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from businesses.queries import role_may
from core.errors import Problem
from dashboard.web.access import EVERYONE, MANAGERS, BusinessRequest, business_page
from dashboard.web.gift_cards.rows import (
    card_row,
    issue_row,
    movement_row,
    share,
    top_up_row,
)
from dashboard.web.inquiries.showing import asker
from loyalty.operations.gift_cards import resume_gift_card, stop_gift_card, take_back_issue
from loyalty.queries.gift_cards import (
    card_by_id,
    cards_of,
    issue_by_id,
    issue_totals,
    uses_of_issue,
)
from loyalty.queries.top_ups import top_ups_of
from payments.enums import PaymentState
from payments.queries import pay_url

_MOVEMENTS: Final = 30
_CARDS: Final = 20


@business_page(*EVERYONE)
def gift_card_issue(request: BusinessRequest, gift_card_issue_id: UUID) -> HttpResponse:
    """Show an issue."""
    issue = issue_by_id(gift_card_issue_id)
    if issue is None:
        raise Http404
    totals = issue_totals([issue.id], request.now)[issue.id]
    ends = request.GET.get("ends", "").strip().upper()[:4]
    cards = cards_of(issue.id, ends_with=ends)[:_CARDS]
    waits = issue.payment is not None and issue.payment.state == PaymentState.CREATED
    manages = role_may(request.role, MANAGERS)
    top_ups = [top_up_row(one, request.now) for one in top_ups_of(issue.id)[:_MOVEMENTS]]
    context = {
        "issue": issue,
        "made_by": asker(issue.issued_by),
        "top_ups": top_ups,
        "row": issue_row(issue, totals),
        "meters": [
            share(_("Spent"), totals.spent_rial, totals.loaded_rial),
            share(_("Still on the cards"), totals.held_rial, totals.loaded_rial),
            share(_("Nobody used in time"), totals.expired_rial, totals.loaded_rial),
        ],
        "cards": [card_row(card, request.now) for card in cards],
        "ends": ends,
        "many": issue.count > _CARDS,
        "movements": [movement_row(one) for one in uses_of_issue(issue.id)[:_MOVEMENTS]],
        "pay_link": pay_url(issue.payment) if waits and issue.payment else "",
        "can_change": manages,
        "can_take_back": manages
        and not (totals.used or totals.topped_up_rial)
        and totals.void < issue.count,
    }
    return render(request, "dashboard/gift_cards/issue.html", context)


@require_POST
@business_page(*MANAGERS)
def gift_cards_take_back(request: BusinessRequest, gift_card_issue_id: UUID) -> HttpResponse:
    """Take an unused issue back."""
    try:
        take_back_issue(issue_id=gift_card_issue_id, actor=request.user, now=request.now)
    except Problem as problem:
        _refuse(request, problem)
    else:
        messages.success(request, _("The cards are taken back; what was paid by a link goes back."))
    return redirect("dashboard:gift-card-issue", request.business.slug, gift_card_issue_id)


@require_POST
@business_page(*MANAGERS)
def gift_card_change(request: BusinessRequest, gift_card_id: UUID) -> HttpResponse:
    """Stop a card, or let it go on."""
    card = card_by_id(gift_card_id)
    if card is None:
        raise Http404
    try:
        if request.POST.get("action") == "resume":
            resume_gift_card(card_id=card.id, actor=request.user, now=request.now)
            messages.success(request, _("The card can be paid with again."))
        else:
            reason = request.POST.get("reason", "")
            stop_gift_card(card_id=card.id, reason=reason, actor=request.user, now=request.now)
            messages.success(request, _("The card is stopped; its money stays on it."))
    except Problem as problem:
        _refuse(request, problem)
    return redirect("dashboard:gift-card-issue", request.business.slug, card.issue_id)


def _refuse(request: BusinessRequest, problem: Problem) -> None:
    if problem.status == HTTPStatus.NOT_FOUND:
        raise Http404
    messages.error(request, str(problem.detail))
