"""Paying at a promised price."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.ids import new_spoken_code
from core.tenancy import operation
from customers.operations import CustomerHint
from customers.operations.people.payer import clean_mobile
from customers.queries.people import customer_view, find_customer
from payments.enums import ENDED_UNPAID, PaymentState
from payments.enums.quotes import QuoteState
from payments.models import Payment, Quote
from payments.operations.create import Asked, create_payment, locked
from payments.operations.quotes.hold import free_quote, hold_quote, refusal, sold_at
from payments.operations.sale import hint_to_json, line_from_json
from payments.queries.quotes import QuoteView


@operation
def pay_quote(*, quote_id: UUID, mobile: str = "", now: datetime) -> Asked:
    """Return the payment of a promised price: the same one while it can be paid.

    It can be begun until the promise ends; once begun the price holds, however long the bank
    takes. `mobile` is asked for where the quote names nobody; another visitor takes the place of
    one who has not begun. Raises NotFound, Problem `quote_not_valid_yet`, `quote_expired`,
    `quote_withdrawn`, `quote_used`, `quote_being_paid`, `mobile_needed`, `members_only`, and
    those of `create_payment`.
    """
    view = hold_quote(quote_id, now)
    if not view.is_payable:
        raise refusal(view.state)
    payer = _payer(view.quote, mobile)
    earlier = locked(view.payment_id) if view.payment_id else None
    if earlier is not None and earlier.state not in ENDED_UNPAID:
        if hint_to_json(payer) == earlier.customer_hint:
            state = PaymentState(earlier.state)
            return Asked(earlier.id, state, earlier.pay_token, repeated=True)
        free_quote(view, now)
    if view.state is not QuoteState.OPEN:
        raise refusal(QuoteState.EXPIRED)
    return _ask(view, payer, now)


def _ask(view: QuoteView, payer: CustomerHint, now: datetime) -> Asked:
    quote = view.quote
    branch, employee = sold_at(quote)
    asked = create_payment(
        external_id=f"quote-{new_spoken_code(10).lower()}",
        amount_rial=quote.amount_rial,
        description=quote.title,
        customer=payer,
        lines=[line_from_json(line) for line in quote.lines],
        branch_code=branch,
        employee_code=employee,
        judged=True,
        payable_for=quote.valid_to - now,
        now=now,
    )
    Payment.objects.filter(id=asked.id).update(quote=quote)
    return asked


def _payer(quote: Quote, typed: str) -> CustomerHint:
    if quote.customer_id is not None:
        person = customer_view(quote.customer_id)
        if person is not None:
            return CustomerHint(member_code=person.member_code, mobile=person.mobile)
    mobile = quote.mobile or clean_mobile(typed)
    if not mobile:
        raise Problem(
            "mobile_needed",
            _("Your mobile number is needed."),
            fields={"mobile": [_("Write your mobile number.")]},
        )
    if quote.members_only and find_customer(mobile=mobile) is None:
        raise Problem(
            "members_only",
            _("This price is for the shop's known customers; this mobile is not one of theirs."),
            status=HTTPStatus.CONFLICT,
            fields={"mobile": [_("Write the mobile the shop knows you by.")]},
        )
    return CustomerHint(mobile=mobile)
