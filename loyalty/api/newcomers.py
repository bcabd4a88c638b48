"""The mix of newcomers by month and by where they came from, over HTTP (C038)."""

from datetime import date
from typing import ClassVar, Final

from pydantic import BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from loyalty.enums.newcomers import CameBy
from loyalty.queries.newcomers import Came, newcomer_mix

_MONTHS: Final = 12
_MOST_MONTHS: Final = 36


class CameOut(BaseModel):
    """So many people bought first; `again` of them have bought again since."""

    people: int
    again: int


class WaysOut(BaseModel):
    """Newcomers by what was known of them before their first purchase, else by how it came.

    `friend`: recommended; `lead`: had left their number; `payment`: born of an online payment;
    `import`: told by a file of the past; `sale`: a sale nobody can say more of.
    """

    sale: CameOut
    payment: CameOut
    friend: CameOut
    lead: CameOut
    imported: CameOut


class MixMonthOut(BaseModel):
    """The newcomers of the Jalali month that begins on `month_on`, as many as its cohort."""

    month_on: date
    people: int
    ways: WaysOut


class PlaceOut(BaseModel):
    """A source of those under `lead`: link, form, till, staff, import or competitor."""

    kind: str
    title: str
    people: int
    again: int


class AcquisitionMixOut(BaseModel):
    """Months, oldest first; all of them together; and the sources of leads among them."""

    months: list[MixMonthOut]
    ways: WaysOut
    lead_sources: list[PlaceOut]


class AcquisitionMix(Endpoint):
    """GET where newcomers came from."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": AcquisitionMixOut}
    filters: ClassVar = {"months": "how many Jalali months, this one included: 1 to 36; 12"}

    def get(self, call: Call) -> Reply:
        """Return the mix of the last Jalali months."""
        text = call.query.get("months", "")
        asked = int(text) if text.isascii() and text.isdigit() else _MONTHS
        today = business_day(call.now, business_by_id(call.business_id).timezone)
        mix = newcomer_mix(today, min(max(asked, 1), _MOST_MONTHS))
        told = AcquisitionMixOut(
            months=[
                MixMonthOut(month_on=one.month_on, people=one.whole.people, ways=_ways(one.ways))
                for one in mix.months
            ],
            ways=_ways(mix.ways),
            lead_sources=[
                PlaceOut(
                    kind=one.kind, title=one.title, people=one.came.people, again=one.came.again
                )
                for one in mix.places
            ],
        )
        return Reply(told.model_dump(mode="json"))


def _ways(ways: dict[CameBy, Came]) -> WaysOut:
    return WaysOut(
        sale=_came(ways[CameBy.SALE]),
        payment=_came(ways[CameBy.PAYMENT]),
        friend=_came(ways[CameBy.FRIEND]),
        lead=_came(ways[CameBy.LEAD]),
        imported=_came(ways[CameBy.IMPORT]),
    )


def _came(one: Came) -> CameOut:
    return CameOut(people=one.people, again=one.again)
