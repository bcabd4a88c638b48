"""How full and how various baskets are, and what changes them, over HTTP."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from customers.queries.basket_effect import BasketEffect
from customers.queries.baskets import Baskets
from loyalty.queries.baskets import basket_report
from payments.api.matching import MatchedOut, matched_out
from payments.api.methods import month_key
from payments.api.spans import FILTERS, asked_span
from payments.queries.methods import months_shown


class BasketOut(BaseModel):
    """Purchases of a span; amounts in rial.

    Lines are of purchases that told them, categories of customers whose purchases told any.
    """

    purchases: int
    average: int | None
    returned: int
    lines_per_purchase: float | None
    purchases_with_lines: int
    categories_per_customer: float | None
    customers_with_categories: int


class BasketMonthOut(BasketOut):
    """A Jalali month, written like 1405-09."""

    month: str


class BasketEffectOut(BaseModel):
    """How much more baskets changed of customers for whom something began than of like ones.

    The ninety days after the purchase it began with against the ninety before; that purchase is
    on neither side. First such purchases from `since` to `until`.
    """

    since: date
    until: date
    amount: MatchedOut
    lines_per_purchase: MatchedOut
    categories_per_customer: MatchedOut


class BasketReportOut(BaseModel):
    """Baskets of a span and of the last six Jalali months, and before and after what may begin.

    `paying_in_parts` begins with a first purchase in instalments or by a pay-later partner,
    `membership` with the first fee. Fees of memberships, first or renewed, are no baskets and
    count nowhere here.
    """

    since: date
    until: date
    whole: BasketOut
    months: list[BasketMonthOut]
    paying_in_parts: BasketEffectOut
    membership: BasketEffectOut


class BasketReport(Endpoint):
    """GET baskets: how full, how various, and before and after paying in parts and belonging."""

    scopes: ClassVar = {"GET": Scope.PURCHASES_READ}
    answer: ClassVar = {"GET": BasketReportOut}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """Return the baskets of a span of business days."""
        span = asked_span(call)
        told = basket_report(
            months_shown(span.today), since=span.since, until=span.until, today=span.today
        )
        document = BasketReportOut(
            since=span.since,
            until=span.last,
            whole=BasketOut(**_figures(told.whole)),
            months=[
                BasketMonthOut(month=month_key(one.start), **_figures(one)) for one in told.months
            ],
            paying_in_parts=_effect(told.paying_in_parts),
            membership=_effect(told.membership),
        )
        return Reply(document.model_dump())


def _figures(one: Baskets) -> dict[str, int | float | None]:
    return {
        "purchases": one.purchases,
        "average": one.average_rial,
        "returned": one.total_rial - one.net_rial,
        "lines_per_purchase": one.lines_each,
        "purchases_with_lines": one.with_lines,
        "categories_per_customer": one.categories_each,
        "customers_with_categories": one.customers,
    }


def _effect(one: BasketEffect) -> BasketEffectOut:
    return BasketEffectOut(
        since=one.since,
        until=one.until,
        amount=matched_out(one.rial),
        lines_per_purchase=matched_out(one.lines),
        categories_per_customer=matched_out(one.categories),
    )
