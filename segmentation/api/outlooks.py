"""What is foreseen of customers over HTTP: of one with reasons, of all page by page (C112)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound, Problem
from customers.enums import CaseState
from customers.queries.cases import case_rows
from customers.queries.merging import survivor_of
from customers.queries.scoring import known_of
from segmentation.models import CustomerOutlook, OutlookRun
from segmentation.queries import score_of
from segmentation.queries.drops import dropped_at
from segmentation.queries.prices import real_worths_of
from segmentation.queries.profits import profits_of
from segmentation.queries.reasons import ScoreReason, reasons_of
from segmentation.queries.retention import (
    Span,
    night,
    outlook_of,
    outlook_rows,
    outlook_run,
    spans_of,
)

_YEAR: Final = 365
_ORDERS: Final = ("risk_rial", "worth_rial", "score")


class SpanOut(BaseModel):
    """Purchase days and rial expected in so many days; 8 times of 10 between low and high."""

    days: int
    purchases: float
    low: int
    high: int
    spend_rial: int
    low_rial: int
    high_rial: int


class ReasonOut(BaseModel):
    """Why the score is what it is; `good` speaks for staying."""

    code: str
    text: str
    good: bool


class OutlookOut(BaseModel):
    """What last night foresees of a customer.

    `score` is the chance, in hundredths, of a purchase within `horizon_days`; `basis` says whether
    it is the model's (tested on this business's own past), the plain rule's where that did better,
    or a first guess. `p_active` is the chance that they have not left for good. `next_on` is the
    day by which half of customers like them are back, if they stay; null when beyond a year.
    `profit_rial` is what is earned of `worth_rial`, by what they bought in a year and what goods of
    each category cost; null until the business has said a margin or a cost. `worth_real_rial` is
    `worth_rial` in today's prices, by the business's index; null where it keeps none.
    """

    customer_id: UUID
    as_of: date
    score: int
    horizon_days: int
    basis: str
    p_active: float
    expected: list[SpanOut]
    day_rial: int
    worth_rial: int
    profit_rial: int | None
    worth_real_rial: int | None
    risk_rial: int
    next_on: date | None


class RetentionScoreOut(OutlookOut):
    """The same with its reasons in words, in the asked language.

    `dropped_at` is when the score fell below half of the business's mean (which `retention.dropped`
    tells); null for who has risen to three quarters of it since, or was never seen falling.
    """

    dropped_at: datetime | None
    reasons: list[ReasonOut]


class OutlooksOut(BaseModel):
    """A page of outlooks."""

    data: list[OutlookOut]
    next_cursor: str | None


class Outlooks(Endpoint):
    """GET what is foreseen of everybody."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    filters: ClassVar = {
        "order": "risk_rial (unless told), worth_rial or score; most first",
        **FILTERS,
    }
    answer: ClassVar = {"GET": OutlooksOut}

    def get(self, call: Call) -> Reply:
        """Return a page by cursor; empty before the first night."""
        order = call.query.get("order") or _ORDERS[0]
        if order not in _ORDERS:
            sentence = _("Order by risk_rial, worth_rial or score.")
            raise Problem(
                "invalid_order", sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY, about="order"
            )
        found = page(
            outlook_rows(),
            by=order,
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        told = OutlooksOut(data=_told(found.rows), next_cursor=found.next_cursor)
        return Reply(told.model_dump(mode="json"))


class CustomerRetentionScore(Endpoint):
    """GET what is foreseen of one customer, with reasons."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": RetentionScoreOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return it. 404 for who is not known, or has not been foreseen yet."""
        who = survivor_of(customer_id)
        rows = list(outlook_rows().filter(id=who))
        found = _told(rows)
        if not found:
            raise NotFound(_("Nothing is foreseen of this customer yet."))
        reasons = [
            ReasonOut(code=one.code, text=one.text, good=one.good) for one in _reasons(who, call)
        ]
        told = RetentionScoreOut(
            **found[0].model_dump(), reasons=reasons, dropped_at=dropped_at(who)
        )
        return Reply(told.model_dump(mode="json"))


def _reasons(who: UUID, call: Call) -> list[ScoreReason]:
    today = business_day(call.now, business_by_id(call.business_id).timezone)
    return reasons_of(
        known_of([who]).get(who),
        score_of(who),
        today,
        open_cases=case_rows(state=CaseState.OPEN, customer_id=who).count(),
        outlook=outlook_of(who),
        found=night(),
    )


def _told(rows: Sequence[CustomerOutlook]) -> list[OutlookOut]:
    run = outlook_run()
    if run is None:
        return []
    known = known_of([row.customer_id for row in rows])
    spans, profits = spans_of(run.model, rows, known), profits_of(rows)
    real = real_worths_of(rows)
    return [
        _one(row, run, spans[row.customer_id], (profits.get(row.id), real.get(row.id)))
        for row in rows
        if row.customer_id in spans
    ]


def _one(
    row: CustomerOutlook, run: OutlookRun, spans: list[Span], worth: tuple[int | None, int | None]
) -> OutlookOut:
    profit, real = worth
    return OutlookOut(
        customer_id=row.customer_id,
        as_of=row.as_of,
        score=row.score,
        horizon_days=run.model.horizon_days,
        basis=run.model.basis,
        p_active=row.staying,
        expected=[_span(one) for one in spans],
        day_rial=row.day_rial,
        worth_rial=row.worth_rial,
        profit_rial=profit,
        worth_real_rial=real,
        risk_rial=row.risk_rial,
        next_on=_next(row),
    )


def _span(one: Span) -> SpanOut:
    facts: dict[str, Any] = {
        "days": one.days,
        "purchases": one.purchases,
        "low": one.low,
        "high": one.high,
        "spend_rial": one.rial,
        "low_rial": one.low_rial,
        "high_rial": one.high_rial,
    }
    return SpanOut(**facts)


def _next(row: CustomerOutlook) -> date | None:
    """Return the day the page names; nothing beyond a year."""
    return row.as_of + timedelta(days=row.wait_days) if row.wait_days <= _YEAR else None
