"""Selling at a promised price in instalments: the plan uses the quote up."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.spelling import number
from core.tenancy import operation
from core.text import normalise_code
from customers.operations.purchases.context import INVALID
from customers.queries.people import customer_view
from payments.enums.quotes import QuoteState
from payments.models import InstalmentPlan, Quote
from payments.operations.instalments import NewPlan, sell_on_credit
from payments.operations.quotes.hold import free_quote, hold_quote, refusal, sold_at
from payments.operations.sale import line_from_json


@operation
def sell_quote_on_credit(*, quote_id: UUID, plan: NewPlan, by: str = "", now: datetime) -> UUID:
    """Sell what a quote promises in instalments; return the plan's id. Repeatable by its number.

    A payment nobody took to the bank yet is cancelled. Raises NotFound, Problem
    `quote_for_another`, `quote_other_price`, `invalid_context`, the refusals of paying a quote, and
    those of `sell_on_credit`.
    """
    view = hold_quote(quote_id, now)
    quote = view.quote
    branch, employee = sold_at(quote)
    if plan.context:
        detail = _("The promised price says already what this sale is about.")
        raise Problem(INVALID, detail, about="context")
    whole = replace(
        plan,
        judged=True,
        branch_code=branch,
        employee_code=employee,
        title=plan.title or quote.title,
        lines=tuple(line_from_json(line) for line in quote.lines),
    )
    if view.state is not QuoteState.OPEN and not _is_its_plan(quote, plan):
        raise refusal(view.state)
    _check(quote, whole)
    if view.state is QuoteState.OPEN:
        free_quote(view, now)
    made = sell_on_credit(plan=whole, by=by, now=now)
    Quote.objects.filter(id=quote_id).update(plan=made)
    return made


def _is_its_plan(quote: Quote, plan: NewPlan) -> bool:
    """Tell whether the same sale is told again."""
    number = normalise_code(plan.external_id)
    plan_id = quote.plan_id
    return plan_id is not None and (
        InstalmentPlan.objects.filter(id=plan_id, external_id=number).exists()
    )


def _check(quote: Quote, plan: NewPlan) -> None:
    if plan.total_rial != quote.amount_rial:
        raise Problem(
            "quote_other_price",
            _("The promised price is %(price)s rial.") % {"price": number(quote.amount_rial)},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            fields={"total": [_("Check this value.")]},
        )
    if not _is_for(quote, plan.customer_id):
        raise Problem(
            "quote_for_another",
            _("This price was promised to somebody else."),
            status=HTTPStatus.CONFLICT,
        )


def _is_for(quote: Quote, customer_id: UUID) -> bool:
    if quote.customer_id is not None:
        return quote.customer_id == customer_id
    person = customer_view(customer_id)
    return not quote.mobile or (person is not None and person.mobile == quote.mobile)
