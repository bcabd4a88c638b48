"""What customers keep buying, and whether it has changed (capabilities C006 and C075)."""

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel

from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from customers.api.answers import ValueOut
from customers.api.privacy import note_api_view
from customers.api.whose import seen
from customers.queries.attributes import read_value
from customers.queries.tastes import drifts_of, tastes_of


class TasteOut(BaseModel):
    """A value at least half of what they buy says, weighed by age, by three purchases or more.

    It is a guess: whatever a person says of the same attribute beats it.
    """

    key: str
    title: str
    privacy: Literal["plain", "personal", "sensitive"]
    value: ValueOut
    share: float
    purchases: int
    last_on: date
    inferred: Literal[True]


class TasteListOut(BaseModel):
    """A customer's tastes, the plainest of each attribute first."""

    data: list[TasteOut]


class DriftOut(BaseModel):
    """The last 90 days compared with the 270 before, for one attribute.

    `recent` and `before` count what purchases say; without enough of it nothing is computed.
    """

    key: str
    title: str
    state: Literal["changed", "steady", "too_few"]
    recent: int
    before: int
    chi_square: float | None
    degrees: int | None
    p_value: float | None
    grew: ValueOut | None
    shrank: ValueOut | None


class DriftListOut(BaseModel):
    """Whether a customer's tastes changed, attribute by attribute."""

    data: list[DriftOut]


class CustomerTastes(Endpoint):
    """GET what a customer keeps buying."""

    scopes: ClassVar = {"GET": "customers:read"}
    answer: ClassVar = {"GET": TasteListOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return tastes with their evidence, read anew from the purchases."""
        whose = seen(customer_id).id
        note_api_view(whose, call)
        data = [
            {
                "key": one.definition.key,
                "title": one.definition.title,
                "privacy": one.definition.privacy,
                "value": read_value(one.definition.kind, one.value),
                "share": round(one.share, 4),
                "purchases": one.purchases,
                "last_on": one.last_on,
                "inferred": True,
            }
            for one in tastes_of(whose, _today(call))
        ]
        return Reply({"data": data})


class CustomerDrift(Endpoint):
    """GET whether a customer's tastes changed."""

    scopes: ClassVar = {"GET": "customers:read"}
    answer: ClassVar = {"GET": DriftListOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Compare the last 90 days with the 270 before."""
        whose = seen(customer_id).id
        note_api_view(whose, call)
        data = [
            {
                "key": one.definition.key,
                "title": one.definition.title,
                "state": one.state,
                "recent": one.recent,
                "before": one.before,
                "chi_square": _rounded(one.chi_square),
                "degrees": one.degrees,
                "p_value": _rounded(one.p_value),
                "grew": _read(one.definition, one.grew),
                "shrank": _read(one.definition, one.shrank),
            }
            for one in drifts_of(whose, _today(call))
        ]
        return Reply({"data": data})


def _today(call: Call) -> date:
    return business_day(call.now, business_by_id(call.business_id).timezone)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _read(definition: Any, value: str | None) -> Any:
    return None if value is None else read_value(definition.kind, value)
