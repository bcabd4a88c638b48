"""Who buys again over HTTP: the rate, by branch, product, staff and segment (C001)."""

from datetime import date, timedelta
from typing import ClassVar, Final

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import Problem
from customers.queries.repeat import repeat_group_names, repeat_groups, repeat_rate
from segmentation.queries.repeat import SEGMENTS, group_name

_DAYS: Final = 90
_FIRST: Final = date(1990, 1, 1)
_LAST: Final = date(2100, 1, 1)


class RepeatGroupOut(BaseModel):
    """`again` came back to it, `anywhere` to the business at all.

    `key` is an id, a SKU, a segment (the one a customer was in before the first day, empty for who
    was in none yet), or of a cohort the first day of the Jalali month of their first purchase,
    empty before the last twelve.
    """

    key: str
    name: str
    customers: int
    again: int
    anywhere: int


class RepeatOut(BaseModel):
    """Of the customers of these days (both counted) how many bought at least twice."""

    since: date
    until: date
    customers: int
    again: int
    groups: list[RepeatGroupOut]


class RepeatReport(Endpoint):
    """GET the repeat purchase rate, whole and by group."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": RepeatOut}
    filters: ClassVar = {
        "from": "the first day, YYYY-MM-DD; 90 days before the last when left out",
        "to": "the last day; today when left out",
        "group_by": "branch, employee, channel, product, segment or cohort",
    }

    def get(self, call: Call) -> Reply:
        """Return who bought again; at most twenty groups, the largest first."""
        last = _day(call.query.get("to"), _today(call))
        since = _day(call.query.get("from"), last - timedelta(days=_DAYS - 1))
        if since > last:
            raise Problem("invalid_date", _("The first day comes after the last."))
        by = call.query.get("group_by", "")
        if by and by not in (*repeat_group_names(), *SEGMENTS):
            raise Problem(
                "invalid_group",
                _("Group by branch, employee, channel, product, segment or cohort."),
            )
        until = last + timedelta(days=1)
        whole = repeat_rate(since, until)
        groups = repeat_groups(by, since, until, SEGMENTS) if by else []
        told = RepeatOut(
            since=since,
            until=last,
            customers=whole.customers,
            again=whole.again,
            groups=[
                RepeatGroupOut(
                    key=one.key,
                    name=group_name(by, one.key, one.name),
                    customers=one.customers,
                    again=one.again,
                    anywhere=one.anywhere,
                )
                for one in groups
            ],
        )
        return Reply(told.model_dump())


def _today(call: Call) -> date:
    return business_day(call.now, business_by_id(call.business_id).timezone)


def _day(text: str | None, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text) if text else otherwise
    except ValueError as error:
        raise Problem("invalid_date", _("Write the day as YYYY-MM-DD.")) from error
    if not _FIRST <= found <= _LAST:
        raise Problem("invalid_date", _("Write the day as YYYY-MM-DD."))
    return found
