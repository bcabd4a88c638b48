"""For how many days goods come back, by category, over HTTP."""

from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, Field

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from payments.api.bodies import Body
from payments.operations.refunds import replace_return_windows
from payments.queries.refunds import refund_policy, return_windows

_MOST_CATEGORIES: Final = 500


class ReturnWindowIn(Body):
    """A category as purchases name it and its days; null: its goods come back at any time."""

    category: Annotated[str, Field(min_length=1, max_length=200)]
    days: Annotated[int, Field(ge=0, le=3650)] | None


class ReturnWindowsIn(Body):
    """Every category with days of its own; for a category left out the general days hold again."""

    categories: Annotated[list[ReturnWindowIn], Field(max_length=_MOST_CATEGORIES)]


class ReturnWindowOut(BaseModel):
    """A category's own days; null: at any time."""

    category: str
    days: int | None


class ReturnWindowsOut(BaseModel):
    """The general days (null: at any time) and the categories with days of their own.

    Afterwards a refund waits for a second person and needs a reason.
    """

    general_days: int | None
    categories: list[ReturnWindowOut]


class ReturnWindows(Endpoint):
    """GET the days to return, PUT the categories with days of their own: all of them at once."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ, "PUT": Scope.RULES_WRITE}
    body: ClassVar = {"PUT": ReturnWindowsIn}
    answer: ClassVar = {"GET": ReturnWindowsOut, "PUT": ReturnWindowsOut}

    def get(self, call: Call) -> Reply:
        """Return the days in force."""
        del call
        return Reply(_document().model_dump())

    def put(self, call: Call, body: ReturnWindowsIn) -> Reply:
        """Set the categories; the same body again changes nothing."""
        replace_return_windows(
            windows=[(one.category, one.days) for one in body.categories], now=call.now
        )
        return Reply(_document().model_dump())


def _document() -> ReturnWindowsOut:
    return ReturnWindowsOut(
        general_days=refund_policy().return_days,
        categories=[
            ReturnWindowOut(category=one.category, days=one.days) for one in return_windows()
        ],
    )
