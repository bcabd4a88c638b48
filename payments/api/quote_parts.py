"""What a promised price costs in parts, over HTTP."""

import re
from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound, Problem
from payments.enums.quotes import QuoteState
from payments.queries.quotes import quote_by_id
from payments.queries.quotes.parts import InParts, OwnCredit, own_credit

_WHOLE: Final = re.compile("[0-9]{1,15}")


class PartOut(BaseModel):
    """One instalment; `amount` in rial."""

    number: int
    due_on: date
    amount: int


class InPartsOut(BaseModel):
    """One way: `down` at once and the rest by the month; they add up to the price and `extra`."""

    count: int
    down: int
    monthly: int
    extra: int
    instalments: list[PartOut]


class QuotePartsOut(BaseModel):
    """The shop's own instalments for a promised price; amounts in rial.

    `offered` is false where the shop would not lend this sum, or the price cannot be paid now.
    `certain`: it would say yes to this customer today; else only its general terms are known.
    """

    offered: bool
    certain: bool
    least_down: int | None
    ways: list[InPartsOut]


class QuoteParts(Endpoint):
    """GET what a promised price costs in parts."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {"down": "rial paid at once; the least the shop asks unless told"}
    answer: ClassVar = {"GET": QuotePartsOut}

    def get(self, call: Call, quote_id: UUID) -> Reply:
        """Return the ways people compare; nothing is agreed by asking."""
        view = quote_by_id(quote_id, now=call.now)
        if view is None:
            raise NotFound(_("There is no such quote."))
        today = business_day(call.now, business_by_id(call.business_id).timezone)
        own = own_credit(view.quote, today=today) if view.state is QuoteState.OPEN else None
        if own is None:
            told = QuotePartsOut(offered=False, certain=False, least_down=None, ways=[])
            return Reply(told.model_dump())
        return Reply(_told(own, call.query.get("down", "")).model_dump())


def _told(own: OwnCredit, typed: str) -> QuotePartsOut:
    if typed and not _WHOLE.fullmatch(typed):
        raise Problem("invalid_amount", _("An amount must be more than zero."))
    ways = own.compared(int(typed) if typed else own.least_down_rial)
    return QuotePartsOut(
        offered=True,
        certain=own.sure,
        least_down=own.least_down_rial,
        ways=[_way(way) for way in ways],
    )


def _way(way: InParts) -> InPartsOut:
    return InPartsOut(
        count=way.count,
        down=way.down_rial,
        monthly=way.monthly_rial,
        extra=way.extra_rial,
        instalments=[
            PartOut(number=part.number, due_on=part.due_on, amount=part.amount_rial)
            for part in way.parts
        ],
    )
