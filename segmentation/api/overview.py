"""Loyalty and sales at a glance, over HTTP (C013), each part with where its rows are."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import Problem
from customers.queries.days import sales_days
from customers.queries.repeat import repeat_rate
from feedback.enums import SurveyKind
from feedback.queries import results
from loyalty.queries.sums import members_with_points, points_moved, points_owed
from segmentation.enums import SLIPPING
from segmentation.queries import summary
from segmentation.queries.actions.listing import actions_on

_USUAL: Final = 30
_LONGEST: Final = 366


class SalesPart(BaseModel):
    """Sales of the days, less what came back, in rial; `repeat_rate` of their known customers."""

    net: int
    purchases: int
    customers: int
    again: int
    repeat_rate: float | None


class PointsPart(BaseModel):
    """Points moved in the days, and owed now; `owed_rial` is what that is worth.

    earned + adjusted - spent - expired - taken_back is by how much they grew. `members` have some.
    """

    earned: int
    spent: int
    expired: int
    taken_back: int
    adjusted: int
    spendable: int
    pending: int
    owed_rial: int
    members: int


class SatisfactionPart(BaseModel):
    """The net promoter score of the days with its 95 % interval; null below five answers."""

    asked: int
    answers: int
    nps: float | None
    low: float | None
    high: float | None


class AtRiskPart(BaseModel):
    """Customers who are slipping away, and what they have bought so far, in rial."""

    customers: int
    net: int


class TodoPart(BaseModel):
    """Something worth doing today, with what it is expected to bring, in rial."""

    kind: str
    title: str
    expected: int
    state: str


class OverviewOut(BaseModel):
    """One look at the business; `rows` says where each part's rows are under /api/v1/."""

    since: date
    until: date
    sales: SalesPart
    points: PointsPart
    satisfaction: SatisfactionPart
    at_risk: AtRiskPart
    today: list[TodoPart]
    rows: dict[str, str] = Field(default_factory=dict)


_ROWS: Final = {
    "sales": "reports/sales-bridge",
    "points": "reports/points-owed/postings",
    "satisfaction": "responses?kind=nps&days=%(days)s",
    "at_risk": "segments",
    "today": "actions/today",
}


class Overview(Endpoint):
    """GET loyalty and sales at a glance."""

    scopes: ClassVar = {"GET": Scope.LOYALTY_READ}
    answer: ClassVar = {"GET": OverviewOut}
    filters: ClassVar = {
        "days": f"how many days up to today, 1 to {_LONGEST}; {_USUAL} unless told"
    }

    def get(self, call: Call) -> Reply:
        """Return it."""
        days = _days(call.query.get("days"))
        today = business_day(call.now, business_by_id(call.business_id).timezone)
        told = OverviewOut(
            since=today - timedelta(days=days - 1),
            until=today,
            sales=_sales(today, days),
            points=_points(call.now, days),
            satisfaction=_satisfaction(call.now, days),
            at_risk=_at_risk(),
            today=[_todo(row) for row in actions_on(today)],
            rows={part: address % {"days": days} for part, address in _ROWS.items()},
        )
        return Reply(told.model_dump(mode="json"))


def _days(text: str | None) -> int:
    if not text:
        return _USUAL
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= _LONGEST):
        raise Problem("invalid_days", _("Ask for 1 to 366 days."), about="days")
    return int(text[:4])


def _sales(today: date, days: int) -> SalesPart:
    since = today - timedelta(days=days - 1)
    sums = sales_days(since, today)
    people = repeat_rate(since, today + timedelta(days=1))
    return SalesPart(
        net=sum(one.net_rial for one in sums),
        purchases=sum(one.purchases for one in sums),
        customers=people.customers,
        again=people.again,
        repeat_rate=people.again / people.customers if people.customers else None,
    )


def _points(now: datetime, days: int) -> PointsPart:
    owed, moved = points_owed(now), points_moved(now - timedelta(days=days), now)
    return PointsPart(
        earned=moved.earned,
        spent=moved.spent,
        expired=moved.expired,
        taken_back=moved.taken_back,
        adjusted=moved.adjusted,
        spendable=owed.spendable_points,
        pending=owed.pending_points,
        owed_rial=owed.liability_rial,
        members=members_with_points(),
    )


def _satisfaction(now: datetime, days: int) -> SatisfactionPart:
    found = results(kind=SurveyKind.NPS, start=now - timedelta(days=days), end=now)
    score = found.score
    return SatisfactionPart(
        asked=found.invited,
        answers=found.n,
        nps=score.score if score else None,
        low=score.low if score else None,
        high=score.high if score else None,
    )


def _at_risk() -> AtRiskPart:
    slipping = [row for row in summary() if row.segment in SLIPPING]
    return AtRiskPart(
        customers=sum(row.customers for row in slipping),
        net=sum(row.net_rial for row in slipping),
    )


def _todo(row: Any) -> TodoPart:
    return TodoPart(
        kind=row.kind,
        title=str(row.get_kind_display()),
        expected=row.expected_rial,
        state=row.state,
    )
