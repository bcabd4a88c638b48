"""By which methods people pay, over HTTP."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.calendar import jalali
from payments.api.health import SuccessOut, success_out
from payments.api.spans import FILTERS, asked_span
from payments.queries.methods import MethodFigures, method_figures, months_of_methods


class MethodOut(BaseModel):
    """Payments of one method; `paid_amount` in rial, `share` of all money paid.

    `take_up`: how many of those it was offered to began with it. `completion`: how many of those
    begun with it and over were paid by it; one paid by another method in the end was not.
    """

    method: str
    offered: int
    started: int
    take_up: SuccessOut
    completion: SuccessOut
    paid: int
    paid_amount: int
    share: float | None


class MethodMonthOut(BaseModel):
    """What arrived by one method in a Jalali month, written like 1405-09."""

    month: str
    method: str
    count: int
    amount: int


class PaymentMethodsOut(BaseModel):
    """Payments asked for in a span, by method, and the last six Jalali months by arrival."""

    since: date
    until: date
    methods: list[MethodOut]
    months: list[MethodMonthOut]


class PaymentMethodsReport(Endpoint):
    """GET the mix of methods, how many finish what they begin, and how the mix moves."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": PaymentMethodsOut}
    filters: ClassVar = FILTERS

    def get(self, call: Call) -> Reply:
        """Return the methods of payments asked for in a span of business days."""
        span = asked_span(call)
        found = method_figures(since=span.since, until=span.until, zone=span.zone)
        document = PaymentMethodsOut(
            since=span.since,
            until=span.last,
            methods=[_method(one) for one in found],
            months=[
                MethodMonthOut(
                    month=month_key(one.month),
                    method=one.method,
                    count=one.count,
                    amount=one.paid_rial,
                )
                for one in months_of_methods(today=span.today, zone=span.zone)
            ],
        )
        return Reply(document.model_dump())


def month_key(first: date) -> str:
    """Return a Jalali month by its first day, written like 1405-09."""
    j = jalali(first)
    return f"{j.year}-{j.month:02}"


def _method(one: MethodFigures) -> MethodOut:
    return MethodOut(
        method=one.method,
        offered=one.offered,
        started=one.started,
        take_up=success_out(one.take_up),
        completion=success_out(one.completion),
        paid=one.paid,
        paid_amount=one.paid_rial,
        share=one.share,
    )
