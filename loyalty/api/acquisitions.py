"""Customers employees won, over HTTP (C116)."""

from datetime import date, timedelta
from typing import ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.queries import business_by_id, employee_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound
from core.tenancy import active_business_id
from loyalty.queries.acquisitions import WonSums, acquisitions, sums_by_employee, won_by

LOOK_BACK: Final = timedelta(days=365)
_NONE: Final = WonSums(0, 0, 0)


class AcquisitionOut(BaseModel):
    """A customer somebody won: by selling first, or by their own code (`told`).

    `state`: counts, waiting (for a second day with a purchase), staff or same_card (never count).
    """

    customer_id: UUID
    told: bool
    first_on: date
    second_on: date | None
    state: str


class AcquisitionsOut(BaseModel):
    """Whom one employee won in the last 365 days, newest first; returns are taken off."""

    employee_id: UUID
    since: date
    counts: int
    waiting: int
    refused: int
    data: list[AcquisitionOut]


class StaffAcquisitions(Endpoint):
    """GET the customers an employee won."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": AcquisitionsOut}

    def get(self, call: Call, employee_id: UUID) -> Reply:
        """Return them."""
        if employee_by_id(employee_id) is None:
            raise NotFound(_("There is no such employee."))
        zone = business_by_id(active_business_id()).timezone
        since = business_day(call.now, zone) - LOOK_BACK
        won = acquisitions(since)
        sums = sums_by_employee(won).get(employee_id, _NONE)
        rows = [
            {
                "customer_id": one.customer_id,
                "told": one.told,
                "first_on": one.first_on,
                "second_on": one.second_on,
                "state": one.state,
            }
            for one in won_by(won, employee_id)
        ]
        told = {"counts": sums.counts, "waiting": sums.waiting, "refused": sums.refused}
        return Reply({"employee_id": employee_id, "since": since, **told, "data": rows})
