"""How well customers suit the business over HTTP: tenths, customers, one with marks (C107)."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from customers.queries.merging import survivor_of
from customers.queries.people import customer_view
from segmentation.models import CustomerFit
from segmentation.queries.fit.reading import TENTHS, fit_of, fit_rows, tenths
from segmentation.queries.fit.told import fit_told


class TenthOut(BaseModel):
    """A tenth of the customers, 10 who suit best; `signs` of them have a sign to look at."""

    fit: int
    customers: int
    least_score: int
    most_score: int
    year_rial: int
    signs: int


class TenthsOut(BaseModel):
    """The tenths, who suits best first; empty where there are too few customers to compare."""

    data: list[TenthOut]


class FitOut(BaseModel):
    """One customer's fit: the tenth, the score, and the marks of 0 to 100 it is the mean of.

    Null where a mark is not known, and everywhere for who is too new or where there are too few
    customers to compare. Nothing follows from it by itself.
    """

    customer_id: UUID
    fit: int | None
    score: int | None
    parts: dict[str, int | None]
    explained: str


class FitsOut(BaseModel):
    """A page of customers, who suits best first."""

    data: list[FitOut]
    next_cursor: str | None


class FitTenths(Endpoint):
    """GET the tenths."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": TenthsOut}

    def get(self, call: Call) -> Reply:
        """Return them with sizes and a year's sales."""
        del call
        rows = [
            TenthOut(
                fit=one.tenth,
                customers=one.customers,
                least_score=one.least,
                most_score=one.most,
                year_rial=one.year_rial,
                signs=one.signs,
            )
            for one in tenths()
        ]
        return Reply(TenthsOut(data=rows).model_dump(mode="json"))


class FitCustomers(Endpoint):
    """GET customers with their fit."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    filters: ClassVar = {"fit": "only this tenth, 1 to 10", **FILTERS}
    answer: ClassVar = {"GET": FitsOut}

    def get(self, call: Call) -> Reply:
        """Return a page by cursor."""
        found = page(
            fit_rows(_asked(call.query.get("fit"))),
            by="score",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        told = FitsOut(data=[_told(row) for row in found.rows], next_cursor=found.next_cursor)
        return Reply(told.model_dump(mode="json"))


class CustomerFitItem(Endpoint):
    """GET one customer's fit."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": FitOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return it with what speaks for and against them."""
        del call
        who = survivor_of(customer_id)
        if customer_view(who) is None:
            raise NotFound(_("There is no such customer."))
        row = fit_of(who)
        told = (
            _told(row)
            if row
            else FitOut(customer_id=who, fit=None, score=None, parts={}, explained="")
        )
        return Reply(told.model_dump(mode="json"))


def _asked(text: str | None) -> int | None:
    if not text:
        return None
    if text not in {str(one) for one in range(1, TENTHS + 1)}:
        raise Problem(
            "invalid_fit",
            _("A tenth is between 1 and 10."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            about="fit",
        )
    return int(text)


def _told(row: CustomerFit) -> FitOut:
    return FitOut(
        customer_id=row.customer_id,
        fit=row.tenth,
        score=row.score,
        parts=row.parts,
        explained=fit_told(row.parts),
    )
