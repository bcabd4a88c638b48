"""What one customer is worth, and when they come next, over HTTP (C064, C070)."""

from datetime import date, timedelta
from typing import ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from customers.queries.merging import survivor_of
from customers.queries.people import customer_view
from customers.queries.scoring import Known, known_of
from segmentation.models import CustomerOutlook, OutlookRun
from segmentation.queries.prices import real_worths_of
from segmentation.queries.profits import profits_of
from segmentation.queries.retention import (
    SPANS,
    buying_of,
    outlook_rows,
    outlook_run,
    spans_of,
    waits_of,
)

_YEAR: Final = 365
_FAR: Final = timedelta(days=_YEAR)


class LifetimeValueOut(BaseModel):
    """What a year of a customer is expected to bring, and what they brought.

    `basis` heuristic is a first guess: under 200 customers or half a year of history nothing was
    tested. 8 times of 10 the year lies between `low_rial` and `high_rial`. `worth_real_rial` is
    `worth_rial` in today's prices, null without an index; `profit_rial` is what is earned of it,
    null until the business has said a margin or a cost. `paid_rial` is all they paid so far, net of
    what came back.
    """

    customer_id: UUID
    as_of: date
    basis: str
    worth_rial: int
    low_rial: int
    high_rial: int
    worth_real_rial: int | None
    profit_rial: int | None
    paid_rial: int


class NextPurchaseOut(BaseModel):
    """When customers like this one buy next, if they stay: half of them by `next_on`.

    8 times of 10 it is from `low_on` to `high_on`; what lies beyond a year is null. `p_active` is
    the chance that they have not left for good, and `basis` what the model stands on.
    """

    customer_id: UUID
    as_of: date
    basis: str
    p_active: float
    last_on: date
    next_on: date | None
    low_on: date | None
    high_on: date | None


class CustomerLifetimeValue(Endpoint):
    """GET what a customer is worth."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": LifetimeValueOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return it. 404 for who is not known, or has not been foreseen yet."""
        del call
        row, run, known = _foreseen(customer_id)
        person = customer_view(row.customer_id)
        year = spans_of(run.model, [row], known)[row.customer_id][SPANS.index(_YEAR)]
        told = LifetimeValueOut(
            customer_id=row.customer_id,
            as_of=row.as_of,
            basis=run.model.basis,
            worth_rial=row.worth_rial,
            low_rial=min(year.low_rial, row.worth_rial),
            high_rial=max(year.high_rial, row.worth_rial),
            worth_real_rial=real_worths_of([row]).get(row.id),
            profit_rial=profits_of([row]).get(row.id),
            paid_rial=person.net_rial if person else 0,
        )
        return Reply(told.model_dump(mode="json"))


class CustomerNextPurchase(Endpoint):
    """GET when a customer is expected next."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": NextPurchaseOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return it. 404 for who is not known, or has not been foreseen yet."""
        del call
        row, run, known = _foreseen(customer_id)
        waits = waits_of(buying_of(run.model), known[row.customer_id], row.as_of)
        told = NextPurchaseOut(
            customer_id=row.customer_id,
            as_of=row.as_of,
            basis=run.model.basis,
            p_active=row.staying,
            last_on=known[row.customer_id].last_on,
            next_on=_day(row, waits.half),
            low_on=_day(row, waits.low),
            high_on=_day(row, waits.high),
        )
        return Reply(told.model_dump(mode="json"))


def _foreseen(customer_id: UUID) -> tuple[CustomerOutlook, OutlookRun, dict[UUID, Known]]:
    who = survivor_of(customer_id)
    row, run, known = outlook_rows().filter(id=who).first(), outlook_run(), known_of([who])
    if row is None or run is None or who not in known:
        raise NotFound(_("Nothing is foreseen of this customer yet."))
    return row, run, known


def _day(row: CustomerOutlook, days: int) -> date | None:
    on = timedelta(days=days)
    return row.as_of + on if on <= _FAR else None
