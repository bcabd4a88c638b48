"""Taking a promised price back while nobody uses it."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.tenancy import operation
from payments.enums import PaymentState
from payments.enums.quotes import QuoteState
from payments.models import Quote
from payments.operations.create import end_unpaid, locked
from payments.queries.deposits import awaits_transfer
from payments.queries.quotes import QuoteView, quote_by_id


@operation
def withdraw_quote(*, quote_id: UUID, by: str = "", now: datetime) -> bool:
    """Take a promise back; return whether it was open.

    A payment nobody took to the bank yet is cancelled with it. Raises NotFound, Problem
    `quote_being_paid` or `quote_used`.
    """
    view = hold_quote(quote_id, now)
    if view.state is QuoteState.WITHDRAWN:
        return False
    if view.state in {QuoteState.PAID, QuoteState.ON_CREDIT, QuoteState.RETURNED}:
        raise used()
    free_quote(view, now)
    Quote.objects.filter(id=quote_id).update(withdrawn_at=now, withdrawn_by=by)
    return True


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
    elif payment.state not in {PaymentState.CANCELLED, PaymentState.EXPIRED}:
        raise being_paid()


def used() -> Problem:
    """Return the refusal of a second use."""
    return Problem("quote_used", _("This price has been used already."), status=HTTPStatus.CONFLICT)


def being_paid() -> Problem:
    """Return the refusal while a payment is under way."""
    return Problem(
        "quote_being_paid",
        _("Somebody is paying this price at this moment; look again later."),
        status=HTTPStatus.CONFLICT,
    )
