"""Purchases customers say are not theirs: the evidence, and a manager's word (N1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.api.paging import page
from core.errors import NotFound, Problem
from customers.enums import Channel, DisputeState, IdentityKind
from customers.queries.disputes import cards_of, dispute_rows, goods_of, open_disputes
from dashboard.web import words
from dashboard.web.access import MANAGERS, BusinessRequest, business_page
from dashboard.web.parts import Choice
from dashboard.web.people import title_of
from loyalty.operations.disputes import decide_dispute
from loyalty.queries.wallets import points_for_purchases

_THEIRS: Final = "theirs"


@dataclass(frozen=True, kw_only=True)
class DisputeRow:
    """A dispute with what tells whose the purchase is."""

    id: UUID
    name: str
    title: str
    href: str
    said: str
    opened_at: datetime
    amount: str
    bought: str
    goods: str
    recognised: str
    sold: str
    points: str
    open: bool
    state: str
    closed: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class DisputePage:
    """A page of disputes."""

    rows: list[DisputeRow]
    next_cursor: str | None


@business_page(*MANAGERS)
def disputes(request: BusinessRequest) -> HttpResponse:
    """List what waits, or what was decided, newest first."""
    asked = request.GET.get("state", DisputeState.OPEN)
    state = asked if asked in DisputeState.values else DisputeState.OPEN
    found = page(dispute_rows(state), by="opened_at", cursor=request.GET.get("cursor"))
    ids = [row.purchase_id for row in found.rows]
    cards, points = cards_of(ids), points_for_purchases(ids, request.now)
    goods = goods_of(ids)
    rows = [
        _row(
            row,
            cards.get(row.purchase_id, []),
            points[row.purchase_id].earned if row.purchase_id in points else 0,
            goods.get(row.purchase_id, ""),
            request.business.slug,
        )
        for row in found.rows
    ]
    tabs = [
        Choice(value=value, label=str(label), chosen=value == state, href=f"?state={value}")
        for value, label in DisputeState.choices
    ]
    context = {
        "page": DisputePage(rows=rows, next_cursor=found.next_cursor),
        "tabs": tabs,
        "count_text": _count_text(),
    }
    return render(request, "dashboard/disputes.html", context)


@require_POST
@business_page(*MANAGERS)
def dispute_decide(request: BusinessRequest, purchase_dispute_id: UUID) -> HttpResponse:
    """Say that a purchase is theirs, or take it from them."""
    is_theirs = request.POST.get("verdict") == _THEIRS
    try:
        decide_dispute(
            dispute_id=purchase_dispute_id,
            is_theirs=is_theirs,
            answer=request.POST.get("answer", ""),
            actor=request.user,
            now=request.now,
        )
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        done = (
            _("It stays theirs; they read your answer on their page.")
            if is_theirs
            else _("It is theirs no more, and its points were taken back.")
        )
        messages.success(request, done)
    return redirect("dashboard:disputes", request.business.slug)


def _count_text() -> str:
    count = open_disputes()
    if not count:
        return _("Nothing waits for you.")
    text = ngettext("%(n)s purchase to be looked at", "%(n)s purchases to be looked at", count)
    return text % {"n": words.number(count)}


def _row(row: Any, cards: list[str], points: int, goods: str, slug: str) -> DisputeRow:
    person, bought = row.customer, row.purchase
    closed = (words.day(row.decided_at, "day"), row.decided_by or "API") if row.decided_at else ()
    return DisputeRow(
        id=row.id,
        name=person.name,
        title=title_of(person.name, person.mobile, person.member_code),
        href=reverse("dashboard:customer", args=[slug, person.id]),
        said=row.words,
        opened_at=row.opened_at,
        amount=words.toman(bought.total_rial),
        bought=words.moment(bought.occurred_at),
        goods=goods,
        recognised=_recognised(row.matched_by, cards),
        sold=_sold(bought),
        points=words.number(points),
        open=row.state == DisputeState.OPEN,
        state=str(row.get_state_display()),
        closed=" · ".join(closed),
        answer=row.answer,
    )


def _recognised(by: str, cards: list[str]) -> str:
    """Say by what they were recognised, and what card paid."""
    paid = [words.code(f"…{card}") for card in cards]
    told = _("their first purchase here; nobody was recognised")
    if by in IdentityKind.values:
        told = _("recognised by: %(what)s") % {"what": IdentityKind(by).label}
    return " · ".join([told, *(_("paid with card %(card)s") % {"card": card} for card in paid)])


def _sold(bought: Any) -> str:
    """Say where, by whom and under which number it was sold."""
    where = bought.branch.name if bought.branch else ""
    who = _("sold by %(name)s") % {"name": bought.employee.name} if bought.employee else ""
    invoice = _("invoice %(number)s") % {"number": words.code(bought.external_id)}
    channel = str(Channel(bought.channel).label)
    return " · ".join(part for part in (channel, where, who, invoice) if part)
