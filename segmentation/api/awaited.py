"""Good customers who were expected by now and have not come, over HTTP (C070)."""

from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from pydantic import BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from segmentation.estimation.awaited import WINDOW_DAYS
from segmentation.queries.awaited import Away, is_told, who_is_away
from segmentation.queries.retention import retention_model

_MOST: Final = 100


class AwaitedOut(BaseModel):
    """A good customer; nine of ten like them, if they stay, had bought again by `expected_on`.

    `worth_rial` is what a year of them is expected to bring.
    """

    customer_id: UUID
    last_on: date
    expected_on: date
    worth_rial: int


class AwaitedCustomersOut(BaseModel):
    """Whose last expected day fell in the past `days`: how many, and the hundred of most worth.

    `people` is null, and nobody is named, before the model has foreseen this business's past better
    than the plain rule.
    """

    days: int
    people: int | None
    data: list[AwaitedOut]


class AwaitedCustomers(Endpoint):
    """GET who was expected and has not come."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": AwaitedCustomersOut}

    def get(self, call: Call) -> Reply:
        """Return them, the dearest first."""
        model, away = retention_model(), Away(0, [])
        told = is_told(model)
        if model is not None and told:
            today = business_day(call.now, business_by_id(call.business_id).timezone)
            away = who_is_away(model, today, most=_MOST)
        rows = [
            AwaitedOut(
                customer_id=row.customer_id,
                last_on=row.last_on,
                expected_on=row.expected_on,
                worth_rial=row.worth_rial,
            )
            for row in away.rows
        ]
        people = away.people if told else None
        found = AwaitedCustomersOut(days=WINDOW_DAYS, people=people, data=rows)
        return Reply(found.model_dump(mode="json"))
