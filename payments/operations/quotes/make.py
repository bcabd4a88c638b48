"""Promising a price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from core.ids import new_id
from core.spelling import number
from core.tenancy import active_business_id, operation
from core.text import normalise, normalise_code
from customers.operations import NewLine
from customers.operations.people.payer import clean_mobile
from customers.operations.purchases.context import with_context
from customers.operations.purchases.lines import check_amount, line_rows
from customers.queries.people import customer_view, find_customer
from payments.models import Payment, Quote
from payments.models.tokens import new_public_token
from payments.operations.create import check_sale
from payments.operations.sale import line_to_json

_MAX_TITLE: Final = 200
_LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewQuote:
    """A price to promise: of `lines`, of an amount, or of both when they agree.

    For a customer, for a mobile, or for whoever holds the address; `members_only`: then only for
    somebody the business knows. `valid_from` is now unless told. `context` holds of every line
    that does not say otherwise.
    """

    title: str
    valid_to: datetime
    amount_rial: int | None = None
    lines: Sequence[NewLine] = field(default_factory=tuple)
    context: Mapping[str, Any] = field(default_factory=dict)
    customer_id: UUID | None = None
    mobile: str = ""
    members_only: bool = False
    valid_from: datetime | None = None
    branch_code: str = ""
    employee_code: str = ""


@operation
def make_quote(*, quote: NewQuote, by: str = "", now: datetime) -> UUID:
    """Promise a price; return the quote's id.

    What recording its sale could refuse is refused now. Raises NotFound, Problem `invalid_title`,
    `invalid_validity`, `quote_for_two`, `lines_mismatch`, and those of recording a purchase.
    """
    title = normalise(quote.title)
    if not title or len(title) > _MAX_TITLE:
        raise Problem(
            "invalid_title",
            _("Say what the price is for, in at most 200 letters."),
            fields={"title": [_("Check this value.")]},
        )
    _check_time(quote, now)
    customer_id, mobile = _whose(quote)
    priced = _priced(quote, now)
    made = Quote(
        id=new_id(),
        customer_id=customer_id,
        mobile=mobile,
        members_only=quote.members_only,
        title=title,
        lines=priced.lines,
        amount_rial=priced.amount_rial,
        valid_from=quote.valid_from or now,
        valid_to=quote.valid_to,
        branch_code=priced.branch_code,
        employee_code=priced.employee_code,
        token=new_public_token(active_business_id()),
        created_at=now,
        created_by=by,
    )
    made.save(force_insert=True)
    return made.id


def _check_time(quote: NewQuote, now: datetime) -> None:
    begins = quote.valid_from or now
    if not max(begins, now) < quote.valid_to <= begins + _LONGEST:
        raise Problem(
            "invalid_validity",
            _("A price is promised for a time that ends in the future, at most a year long."),
            fields={"valid_to": [_("Check this value.")]},
        )


def _whose(quote: NewQuote) -> tuple[UUID | None, str]:
    """Return the customer, or the mobile of somebody not known yet."""
    if quote.customer_id is not None and quote.mobile:
        raise Problem("quote_for_two", _("Name a customer or a mobile, not both."), about="mobile")
    if quote.customer_id is not None:
        if customer_view(quote.customer_id) is None:
            raise NotFound(_("There is no such customer."))
        return quote.customer_id, ""
    mobile = clean_mobile(quote.mobile) or ""
    known = find_customer(mobile=mobile) if mobile else None
    return (known, "") if known else (None, mobile)


def _priced(quote: NewQuote, now: datetime) -> Payment:
    """Return the payment the quote would become, checked as one."""
    by_lines = sum(row["total_rial"] for row in line_rows(tuple(quote.lines)))
    amount = quote.amount_rial if quote.amount_rial is not None else by_lines
    check_amount(amount, "amount", least=1)
    if quote.lines and amount != by_lines:
        raise Problem(
            "lines_mismatch",
            _("The lines add up to %(lines)s rial, not to %(amount)s.")
            % {"lines": number(by_lines), "amount": number(amount)},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"amount": [_("Check this value.")]},
        )
    payment = Payment(
        external_id="quote",
        amount_rial=amount,
        lines=[line_to_json(line) for line in with_context(quote.lines, quote.context)],
        branch_code=normalise_code(quote.branch_code),
        employee_code=normalise_code(quote.employee_code),
    )
    check_sale(payment, now, quote.context)
    return payment
