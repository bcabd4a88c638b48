"""Whom the shop may lend to, and how much (C029), with the grade it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import role_may
from core.api.paging import page
from core.calendar import business_day
from dashboard.web import words
from dashboard.web.access import EVERYONE, MANAGERS, SELLERS, BusinessRequest, business_page
from dashboard.web.credit.offer import OfferShown, shown_offer
from dashboard.web.parts import Choice, Kpi
from dashboard.web.people import local_mobile, title_of
from payments.queries.instalments.credit import Terms, credit_terms, offers_to
from payments.queries.instalments.lendable import Who, lendable_rows
from segmentation.queries.retention import OutlookView, outlooks_of

_TABS: Final = {
    Who.ELIGIBLE: gettext_lazy("May buy on credit"),
    Who.KNOWN: gettext_lazy("With a payment grade"),
    Who.NEW: gettext_lazy("Without history"),
    Who.REFUSED: gettext_lazy("Not any more"),
}


@dataclass(frozen=True, kw_only=True)
class LendableRow:
    """A customer and what may be lent to them."""

    id: UUID
    name: str
    title: str
    mobile: str
    offer: OfferShown
    worth: str
    last_on: date | None
    sell_href: str


@dataclass(frozen=True, kw_only=True)
class LendablePage:
    """A page of customers."""

    rows: list[LendableRow]
    next_cursor: str | None


@business_page(*EVERYONE)
def lendable(request: BusinessRequest) -> HttpResponse:
    """List whom the shop may lend to, the latest buyer first."""
    asked = request.GET.get("who", "")
    who = Who(asked) if asked in set(Who) else Who.ELIGIBLE
    terms = credit_terms()
    today = business_day(request.now, request.business.timezone)
    found = page(
        lendable_rows(terms, who=who, today=today),
        by="last_at",
        cursor=request.GET.get("cursor"),
    )
    ids = [row.customer_id for row in found.rows]
    offers, foreseen = offers_to(ids, today=today, terms=terms), outlooks_of(ids)
    sell = reverse("dashboard:credit-sell", args=[request.business.slug])
    context = {
        "page": LendablePage(
            rows=[_row(row, offers, foreseen, sell) for row in found.rows],
            next_cursor=found.next_cursor,
        ),
        "who": who.value,
        "tabs": [
            Choice(value=one, label=str(label), chosen=one is who, href=f"?who={one}")
            for one, label in _TABS.items()
        ],
        "kpis": _kpis(terms),
        "terms": terms,
        "is_full": terms.is_on and terms.owed_rial >= terms.most_total_rial,
        "can_sell": terms.is_on and role_may(request.role, SELLERS),
        "can_set": role_may(request.role, MANAGERS),
    }
    return render(request, "dashboard/credit/lendable.html", context)


def _kpis(terms: Terms) -> list[Kpi]:
    left = max(terms.most_total_rial - terms.owed_rial, 0) if terms.is_on else 0
    newcomer = terms.newcomer_rial if terms.lends_without_history else 0
    grade = _("payment grade %(n)s or more") % {"n": words.number(terms.least_grade)}
    return [
        Kpi(
            label=_("Left to lend altogether"),
            value=words.toman_short(left),
            unit=_("toman"),
            note=_("%(owed)s of %(most)s toman are lent")
            % {
                "owed": words.toman_short(terms.owed_rial),
                "most": words.toman_short(terms.most_total_rial),
            },
        ),
        Kpi(
            label=_("Most a customer may owe"),
            value=words.toman_short(terms.most_customer_rial),
            unit=_("toman"),
            note=grade,
        ),
        Kpi(
            label=_("Without history"),
            value=words.toman_short(newcomer),
            unit=_("toman"),
            note=_("under three instalments there is no grade"),
        ),
    ]


def _row(
    row: Any, offers: Mapping[UUID, Any], foreseen: Mapping[UUID, OutlookView], sell: str
) -> LendableRow:
    person = row.customer
    outlook = foreseen.get(person.id)
    return LendableRow(
        id=person.id,
        name=person.name,
        title=title_of(person.name, person.mobile, person.member_code),
        mobile=local_mobile(person.mobile),
        offer=shown_offer(offers[person.id]),
        worth=words.toman_short(outlook.worth_rial) if outlook else "",
        last_on=row.last_on,
        sell_href=f"{sell}?customer={person.id}" if person.mobile else "",
    )
