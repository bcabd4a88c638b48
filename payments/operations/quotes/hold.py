"""A quote with its row locked: what may be done with it now, and freeing it of a payment."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import branch_ids_by_code, employee_ids_by_code
from core.errors import NotFound, Problem, Sentence
from payments.enums import ENDED_UNPAID, PaymentState
from payments.enums.quotes import QuoteState
from payments.models import Quote
from payments.operations.create import end_unpaid, locked
from payments.queries.deposits import awaits_transfer
from payments.queries.quotes import QuoteView, quote_by_id

_USED: Final = ("quote_used", _("This price has been used already."))
_BEING_PAID: Final = (
    "quote_being_paid",
    _("Somebody is paying this price at this moment; look again later."),
)
_REFUSED: Final[Mapping[QuoteState, tuple[str, Sentence]]] = {
    QuoteState.UPCOMING: ("quote_not_valid_yet", _("This price is not valid yet.")),
    QuoteState.ACCEPTED: _BEING_PAID,
    QuoteState.PAID: _USED,
    QuoteState.ON_CREDIT: _USED,
    QuoteState.RETURNED: _USED,
    QuoteState.EXPIRED: ("quote_expired", _("The time of this price is over.")),
    QuoteState.WITHDRAWN: ("quote_withdrawn", _("The shop took this price back.")),
}


def hold_quote(quote_id: UUID, now: datetime) -> QuoteView:
    """Lock a quote and return how it stands. Raises NotFound."""
    held = Quote.objects.select_for_update().filter(id=quote_id).exists()
    view = quote_by_id(quote_id, now=now) if held else None
    if view is None:
        raise NotFound(_("There is no such quote."))
    return view


def free_quote(view: QuoteView, now: datetime) -> None:
    """Cancel the payment of a held quote. Raises Problem `quote_being_paid` once it is under way.

    It is while the bank has the buyer, and while a transfer may be on its way.
    """
    if view.payment_id is None:
        return
    payment = locked(view.payment_id)
    if payment.state == PaymentState.CREATED and not awaits_transfer(payment):
        end_unpaid(payment, PaymentState.CANCELLED, now)
    elif payment.state not in ENDED_UNPAID:
        raise refusal(QuoteState.ACCEPTED)


def sold_at(quote: Quote) -> tuple[str | None, str | None]:
    """Return the branch and the employee of a quote's sale.

    One that is gone takes no promise with it.
    """
    branch, employee = quote.branch_code, quote.employee_code
    return (
        branch if branch_ids_by_code([branch]) else None,
        employee if employee_ids_by_code([employee]) else None,
    )


def refusal(state: QuoteState) -> Problem:
    """Return why a quote in a state other than open cannot be used."""
    code, sentence = _REFUSED[state]
    return Problem(code, sentence, status=HTTPStatus.CONFLICT)
