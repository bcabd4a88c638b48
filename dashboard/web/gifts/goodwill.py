"""The page of what was given on the spot: who gave how much, to whom, and what stands out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from businesses.queries import role_may
from core.api.paging import page
from dashboard.web import words
from dashboard.web.access import MANAGERS, READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi, Meter
from dashboard.web.people import title_of
from feedback.queries.intervals import share
from loyalty.enums import GoodwillSpan
from loyalty.enums.goodwill import GoodwillKind
from loyalty.queries.goodwill import GiverSums, givers, goodwill_rows, used_now
from loyalty.queries.goodwill import goodwill_budget as budget_now

# Fewer grants say nothing about a habit (rule R63).
LEAST: Final = 10
_SAYS_ITS_WORTH: Final = (GoodwillKind.DISCOUNT, GoodwillKind.GIFT_CARD, GoodwillKind.CREDIT)
_LOOK_BACK: Final = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class GiverRow:
    """What one person gave in the last days, what is used now, and what stands out."""

    name: str
    worth: str
    times: str
    customers: str
    again: str
    used: Meter | None
    hint: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """One grant; a coupon, card or service may be taken back."""

    id: UUID
    customer_id: UUID
    customer: str
    giver: str
    what: str
    worth: str
    reason: str
    at: datetime
    is_back: bool
    may_take_back: bool


@business_page(*READERS)
def goodwill(request: BusinessRequest) -> HttpResponse:
    """Show what was given, person by person and one by one."""
    budget = budget_now()
    found = page(goodwill_rows(), by="at", cursor=request.GET.get("cursor"))
    told = givers(request.now - _LOOK_BACK, request.now)
    used = used_now(budget, request.now) if budget else {}
    context: dict[str, Any] = {
        "budget": budget,
        "promise": _promise(budget) if budget else "",
        "kpis": _kpis(told),
        "givers": [_giver(one, told, used, budget) for one in told],
        "rows": [_given(row) for row in found.rows],
        "page": found,
        "can_change": role_may(request.role, MANAGERS),
        "least": words.number(LEAST),
    }
    return render(request, "dashboard/gifts/goodwill.html", context)


def stands_out(one: GiverSums, told: Sequence[GiverSums]) -> bool:
    """Tell whether somebody gives the same customers again more often than the others do.

    The lower bound of their rate lies above the others' rate, and both have enough grants.
    """
    others = [other for other in told if other.giver_id != one.giver_id]
    times = sum(other.times for other in others)
    if one.times < LEAST or times < LEAST:
        return False
    return share(one.again, one.times).low > sum(other.again for other in others) / times


def _promise(budget: Any) -> str:
    facts = {
        "n": words.toman(budget.amount_rial),
        "span": GoodwillSpan(budget.span).label,
        "most": words.toman(budget.most_at_once_rial or budget.amount_rial),
    }
    return _("Each person: %(n)s toman in %(span)s, at most %(most)s at once.") % facts


def _kpis(told: Sequence[GiverSums]) -> list[Kpi]:
    note = _("in the last 90 days")
    return [
        Kpi(
            label=_("Points given"), value=words.number(sum(one.points for one in told)), note=note
        ),
        Kpi(
            label=_("Worth"),
            value=words.toman(sum(one.worth_rial for one in told)),
            unit=_("toman"),
            note=_("as it counted that day"),
        ),
        Kpi(label=_("Times"), value=words.number(sum(one.times for one in told)), note=note),
        Kpi(label=_("People who gave"), value=words.number(len(told)), note=note),
    ]


def _giver(
    one: GiverSums,
    told: Sequence[GiverSums],
    used: Mapping[UUID, int],
    budget: Any,
) -> GiverRow:
    return GiverRow(
        name=one.name,
        worth=words.toman(one.worth_rial),
        times=words.number(one.times),
        customers=words.number(one.customers),
        again=_again(one),
        used=_used(one, used, budget),
        hint=_hint(one) if stands_out(one, told) else "",
    )


def _again(one: GiverSums) -> str:
    if one.times < LEAST:
        return _("not enough data (%(n)s)") % {"n": words.number(one.times)}
    facts = {"rate": words.percent(one.again / one.times, 0), "n": words.number(one.times)}
    return _("%(rate)s of %(n)s") % facts


def _hint(one: GiverSums) -> str:
    facts = {"most": words.number(one.most_times), "n": words.number(one.times)}
    return (
        _("Gives the same people again more often than the others; %(most)s of %(n)s to one.")
        % facts
    )


def _used(one: GiverSums, used: Mapping[UUID, int], budget: Any) -> Meter | None:
    if budget is None:
        return None
    given = used.get(one.giver_id, 0)
    facts = {"used": words.toman(given), "of": words.toman(budget.amount_rial)}
    return Meter(
        label=str(GoodwillSpan(budget.span).label),
        share=given / budget.amount_rial,
        text=_("%(used)s of %(of)s") % facts,
        tone="amber" if given >= budget.amount_rial else "brand",
    )


def _given(row: Any) -> Given:
    person = row.customer
    is_points = row.kind == GoodwillKind.POINTS
    points = _("%(n)s points") % {"n": words.number(row.points)}
    return Given(
        id=row.id,
        customer_id=row.customer_id,
        customer=title_of(person.name, person.mobile, person.member_code),
        giver=row.giver_name,
        what=points if is_points else row.name,
        worth="" if row.kind in _SAYS_ITS_WORTH else words.toman(row.worth_rial),
        reason=row.reason,
        at=row.at,
        is_back=row.taken_back_at is not None,
        may_take_back=not is_points and row.taken_back_at is None,
    )
