"""What returns cost, over HTTP."""

from datetime import date
from typing import ClassVar, Final

from pydantic import BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import add_months, business_day, jalali, month_start
from loyalty.queries.return_cost import MonthOfReturns, ReturnCost, return_cost

_MONTHS: Final = 6


class ReturnReasonOut(BaseModel):
    """Returns of one reason: a refund's reason, or what the till wrote; amounts in rial.

    `fees` are of refunds that arrived; a return at the till has none.
    """

    reason: str
    count: int
    returned: int
    fees: int


class ReturnCategoryOut(BaseModel):
    """What came back of one category; "" are lines without one, null is money without lines."""

    category: str | None
    returned: int


class ReturnMonthOut(BaseModel):
    """A Jalali month, written like 1405-09."""

    month: str
    returned: int
    fees: int
    points_taken: int
    points_unrecoverable: int


class ReturnCostOut(BaseModel):
    """Returns of the last six Jalali months; amounts in rial, each return on its own day.

    `fees_kept` are the payments' fees the provider keeps, `fees_of_sending` what sending back
    cost. `points_owed` of the points taken are balances below zero; `points_unrecoverable` were
    spent and are not taken from anybody. `lost`: fees and unrecoverable points, spent for nothing.
    `effect_on_results`: points no longer owed, less what came back and what sending it cost, before
    the worth of goods that came back, which is not known here.
    """

    since: date
    until: date
    sold: int
    returned: int
    count: int
    fees_kept: int
    fees_of_sending: int
    points_taken: int
    points_owed: int
    points_unrecoverable: int
    point_value: int
    lost: int
    effect_on_results: int
    reasons: list[ReturnReasonOut]
    categories: list[ReturnCategoryOut]
    months: list[ReturnMonthOut]


class ReturnCostReport(Endpoint):
    """GET what returns cost: money, fees and points, by reason, category and month."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": ReturnCostOut}
    filters: ClassVar = {"months": "how many Jalali months, this one included: 1 to 24; 6"}

    def get(self, call: Call) -> Reply:
        """Return the cost of returns in the last Jalali months."""
        zone = business_by_id(call.business_id).timezone
        today = business_day(call.now, zone)
        until = add_months(month_start(today), 1, anchor_day=1)
        told = return_cost(
            months_back(today, _asked(call.query.get("months", ""))), until=until, zone=zone
        )
        return Reply(_document(told, today).model_dump())


def months_back(today: date, count: int) -> list[date]:
    """Return the first days of the last Jalali months, this one included, oldest first."""
    this = month_start(today)
    return [add_months(this, n + 1 - count, anchor_day=1) for n in range(count)]


def _asked(text: str) -> int:
    return min(max(int(text), 1), 24) if text.isascii() and text.isdigit() else _MONTHS


def _document(told: ReturnCost, today: date) -> ReturnCostOut:
    return ReturnCostOut(
        since=told.months[0].start,
        until=today,
        sold=told.returned.sold_rial,
        returned=told.returned.rial,
        count=told.returned.count,
        fees_kept=told.taken_rial,
        fees_of_sending=told.sending_rial,
        points_taken=told.points_taken,
        points_owed=told.points_owed,
        points_unrecoverable=told.points_unrecoverable,
        point_value=told.point_rial,
        lost=told.lost_rial,
        effect_on_results=told.results_rial,
        reasons=_reasons(told),
        categories=_categories(told),
        months=[_month(one) for one in told.months],
    )


def _reasons(told: ReturnCost) -> list[ReturnReasonOut]:
    names = dict.fromkeys(
        (*(one.reason for one in told.returned.by_reason), *(one.reason for one in told.fees))
    )
    found = [
        ReturnReasonOut(
            reason=name,
            count=sum(one.count for one in told.returned.by_reason if one.reason == name),
            returned=sum(one.rial for one in told.returned.by_reason if one.reason == name),
            fees=sum(one.sending_rial + one.taken_rial for one in told.fees if one.reason == name),
        )
        for name in names
    ]
    return sorted(found, key=lambda one: (-one.returned, one.reason))


def _categories(told: ReturnCost) -> list[ReturnCategoryOut]:
    found = [
        ReturnCategoryOut(category=one.category, returned=one.rial)
        for one in told.returned.by_category
    ]
    bare = told.returned.bare_rial
    return [*found, ReturnCategoryOut(category=None, returned=bare)] if bare else found


def _month(one: MonthOfReturns) -> ReturnMonthOut:
    j = jalali(one.start)
    return ReturnMonthOut(
        month=f"{j.year}-{j.month:02}",
        returned=one.returned_rial,
        fees=one.fees_rial,
        points_taken=one.points_taken,
        points_unrecoverable=one.points_unrecoverable,
    )
