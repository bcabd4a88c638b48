"""For how many days goods come back, by category and by tier, over HTTP."""

from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, Field

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from payments.api.bodies import Body
from payments.operations.refunds import replace_return_windows
from payments.queries.return_days import refund_policy, return_windows, tier_windows

_MOST_CATEGORIES: Final = 500
_MOST_TIERS: Final = 100

_Days = Annotated[int, Field(ge=0, le=3650)]


class ReturnWindowIn(Body):
    """A category as purchases name it and its days; null: its goods come back at any time."""

    category: Annotated[str, Field(min_length=1, max_length=200)]
    days: _Days | None


class TierWindowIn(Body):
    """A tier of the programme and the days of its customers; null: at any time."""

    tier_id: UUID
    days: _Days | None


class ReturnWindowsIn(Body):
    """Every category with days of its own; for a category left out the general days hold again.

    `tiers` likewise; left out or null, they stay as they are.
    """

    categories: Annotated[list[ReturnWindowIn], Field(max_length=_MOST_CATEGORIES)]
    tiers: Annotated[list[TierWindowIn], Field(max_length=_MOST_TIERS)] | None = None


class ReturnWindowOut(BaseModel):
    """A category's own days; null: at any time."""

    category: str
    days: int | None


class TierWindowOut(BaseModel):
    """The days of a tier's customers; null: at any time."""

    tier_id: UUID
    name: str
    days: int | None


class ReturnWindowsOut(BaseModel):
    """The general days (null: at any time), and the categories and tiers with days of their own.

    A category's days go before the general ones. A tier's hold where they are the longer ones, but
    never for a category of no day. Afterwards a refund waits for a second person and needs a
    reason.
    """

    general_days: int | None
    categories: list[ReturnWindowOut]
    tiers: list[TierWindowOut]


class ReturnWindows(Endpoint):
    """GET the days to return, PUT the categories and tiers with days of their own: all at once."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ, "PUT": Scope.RULES_WRITE}
    body: ClassVar = {"PUT": ReturnWindowsIn}
    answer: ClassVar = {"GET": ReturnWindowsOut, "PUT": ReturnWindowsOut}

    def get(self, call: Call) -> Reply:
        """Return the days in force."""
        del call
        return Reply(_document().model_dump())

    def put(self, call: Call, body: ReturnWindowsIn) -> Reply:
        """Set them; the same body again changes nothing."""
        tiers = body.tiers
        replace_return_windows(
            windows=[(one.category, one.days) for one in body.categories],
            tiers=None if tiers is None else [(one.tier_id, one.days) for one in tiers],
            now=call.now,
        )
        return Reply(_document().model_dump())


def _document() -> ReturnWindowsOut:
    return ReturnWindowsOut(
        general_days=refund_policy().return_days,
        categories=[
            ReturnWindowOut(category=one.category, days=one.days) for one in return_windows()
        ],
        tiers=[
            TierWindowOut(tier_id=tier, name=name, days=row.days)
            for tier, name, row in tier_windows()
            if row is not None
        ],
    )
