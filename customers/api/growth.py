"""Cohorts and the bridge between two months' sales over HTTP (C001, C117)."""

from datetime import date
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import add_months, business_day, month_start, read_month
from core.errors import Problem
from customers.queries.bridge import Month, Sold, sales_bridge
from customers.queries.repeat import cohorts

_MONTHS: Final = 12
_MOST_MONTHS: Final = 36


class CohortOut(BaseModel):
    """Everybody whose first purchase fell into the Jalali month that begins on `month_on`.

    `active[k]` bought in the k-th month after it; the last one is the month that runs.
    `returned_*` are null where those days are not over for all of them.
    """

    month_on: date
    customers: int
    active: list[int]
    returned_30: int | None
    returned_60: int | None
    returned_90: int | None


class CohortsOut(BaseModel):
    """Cohorts, oldest first."""

    data: list[CohortOut]


class CohortReport(Endpoint):
    """GET the triangle of cohorts."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": CohortsOut}
    filters: ClassVar = {"months": "how many Jalali months, this one included: 1 to 36; 12"}

    def get(self, call: Call) -> Reply:
        """Return the cohorts of the last Jalali months."""
        text = call.query.get("months", "")
        asked = int(text) if text.isascii() and text.isdigit() else _MONTHS
        found = cohorts(_today(call), min(max(asked, 1), _MOST_MONTHS))
        told = CohortsOut(
            data=[
                CohortOut(
                    month_on=one.month_on,
                    customers=one.customers,
                    active=list(one.active),
                    returned_30=one.returned[0],
                    returned_60=one.returned[1],
                    returned_90=one.returned[2],
                )
                for one in found
            ]
        )
        return Reply(told.model_dump())


class SoldOut(BaseModel):
    """Customers, orders and net rial of one kind of customers in a month."""

    customers: int
    orders: int
    net_rial: int


class BridgeMonthOut(BaseModel):
    """A Jalali month's sales."""

    month_on: date
    new: SoldOut
    returning: SoldOut
    unknown: SoldOut


class BridgePartsOut(BaseModel):
    """The change, part by part, in rial; they add up to it."""

    new: int
    returning: int
    frequency: int
    basket: int
    unknown: int


class BridgeOut(BaseModel):
    """From one month's sales to another's."""

    before: BridgeMonthOut
    after: BridgeMonthOut
    change_rial: int
    parts: BridgePartsOut


class SalesBridgeReport(Endpoint):
    """GET what lies between the sales of two Jalali months."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": BridgeOut}
    filters: ClassVar = {
        "month": "a Jalali month like 1405-09; this one when left out",
        "against": "the month it is compared with; the one before when left out",
    }

    def get(self, call: Call) -> Reply:
        """Return both months and the parts of the change."""
        month = _month(call.query.get("month"), month_start(_today(call)))
        against = _month(call.query.get("against"), add_months(month, -1))
        found = sales_bridge(month, against)
        told = BridgeOut(
            before=_bridge_month(found.before),
            after=_bridge_month(found.after),
            change_rial=found.after.rial - found.before.rial,
            parts=BridgePartsOut(**{str(name): rial for name, rial in found.parts.items()}),
        )
        return Reply(told.model_dump())


def _today(call: Call) -> date:
    return business_day(call.now, business_by_id(call.business_id).timezone)


def _month(text: str | None, otherwise: date) -> date:
    month = read_month(text) if text else otherwise
    if month is None:
        raise Problem("invalid_month", _("Write a Jalali month like 1405-09."))
    return month


def _bridge_month(month: Month) -> BridgeMonthOut:
    return BridgeMonthOut(
        month_on=month.month_on,
        new=_sold(month.new),
        returning=_sold(month.returning),
        unknown=_sold(month.unknown),
    )


def _sold(one: Sold) -> SoldOut:
    return SoldOut(customers=one.customers, orders=one.orders, net_rial=one.rial)
