"""How full and how various baskets are, and whether paying in parts changes them, over HTTP."""

from datetime import date
from typing import ClassVar, Final

from pydantic import BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.calendar import add_months, month_start
from customers.queries.baskets import Baskets, baskets
from payments.api.matching import MatchedOut, matched_out
from payments.api.methods import month_key
from payments.api.spans import FILTERS, asked_span
from payments.queries.credit_baskets import CreditBaskets, credit_baskets

_MONTHS: Final = 6


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


class CreditBasketsOut(BaseModel):
    """How much more baskets changed of customers who began to pay in parts than of like ones.

    The ninety days after their first purchase in parts against the ninety before; that purchase is
    on neither side. First purchases from `since` to `until`.
    """

    since: date
    until: date
    amount: MatchedOut
    lines_per_purchase: MatchedOut
    categories_per_customer: MatchedOut


class BasketReportOut(BaseModel):
    """Baskets of a span, of the last six Jalali months, and before and after paying in parts."""

    since: date
    until: date
    whole: BasketOut
    months: list[BasketMonthOut]
    paying_in_parts: CreditBasketsOut


class BasketReport(Endpoint):
    """GET baskets: how full, how various, and against like customers once one may pay in parts."""

    scopes: ClassVar = {"GET": Scope.PURCHASES_READ}
    answer: ClassVar = {"GET": BasketReportOut}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """Return the baskets of a span of business days."""
        span = asked_span(call)
        (whole,) = baskets([span.since], until=span.until)
        document = BasketReportOut(
            since=span.since,
            until=span.last,
            whole=BasketOut(**_figures(whole)),
            months=[
                BasketMonthOut(month=month_key(one.start), **_figures(one))
                for one in baskets(last_months(span.today), until=span.after_today)
            ],
            paying_in_parts=_credit(credit_baskets(today=span.today)),
        )
        return Reply(document.model_dump())


def last_months(today: date) -> list[date]:
    """Return the first days of the last six Jalali months, oldest first."""
    this = month_start(today)
    return [add_months(this, n + 1 - _MONTHS, anchor_day=1) for n in range(_MONTHS)]


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


def _credit(one: CreditBaskets) -> CreditBasketsOut:
    return CreditBasketsOut(
        since=one.since,
        until=one.until,
        amount=matched_out(one.rial),
        lines_per_purchase=matched_out(one.lines),
        categories_per_customer=matched_out(one.categories),
    )
