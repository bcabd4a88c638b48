"""Payments over HTTP."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from payments.api.answers import covers_document, payment_document
from payments.api.bodies import AttemptOut, PaymentIn, PaymentOut, PaymentsOut, ReversalOut
from payments.enums import PaymentMethod, PaymentState, ReversalState
from payments.models import Payment, PaymentAttempt
from payments.operations import cancel_payment, create_payment, reverse_payment
from payments.queries import payment_by_id, payment_detail, payment_rows


class Payments(Endpoint):
    """POST a request for money, GET the latest ones."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {
        "status": "a state",
        "method": "a way of paying",
        "q": "the beginning of your number or part of the description",
        **FILTERS,
    }
    body: ClassVar = {"POST": PaymentIn}
    answer: ClassVar = {"POST": PaymentOut, "GET": PaymentsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: PaymentIn) -> Reply:
        """Ask for a payment; 201, or 200 when it was asked for before."""
        asked = create_payment(
            external_id=body.external_id,
            amount_rial=body.amount,
            description=body.description,
            return_url=body.return_url,
            customer=body.customer.hint() if body.customer else None,
            lines=[line.new() for line in body.lines],
            context=body.context,
            branch_code=body.branch,
            employee_code=body.employee,
            now=call.now,
        )
        status = HTTPStatus.OK if asked.repeated else HTTPStatus.CREATED
        return Reply(payment_document(_found(asked.id)), status)

    def get(self, call: Call) -> Reply:
        """List payments, newest first; filter by status, method and search text."""
        state, method = call.query.get("status", ""), call.query.get("method", "")
        if state and state not in PaymentState.values:
            raise Problem("invalid_status", _("This value is not one of the choices."))
        if method and method not in PaymentMethod.values:
            raise Problem("invalid_method", _("This value is not one of the choices."))
        found = page(
            payment_rows(state=state, method=method, q=call.query.get("q", "")),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [payment_document(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


class PaymentItem(Endpoint):
    """GET one payment with its tries."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": PaymentOut}

    def get(self, call: Call, payment_id: UUID) -> Reply:
        """Return the payment in the shape of its POST, and its tries."""
        detail = payment_detail(payment_id)
        if detail is None:
            raise _missing()
        attempts = [_attempt(one.attempt) for one in detail.attempts]
        told = {"covers": covers_document(detail.payment), "attempts": attempts}
        return Reply(payment_document(detail.payment) | told)


class PaymentCancellation(Endpoint):
    """POST takes a request for money back."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": PaymentOut}

    def post(self, call: Call, payment_id: UUID) -> Reply:
        """Cancel a payment nobody is paying."""
        cancel_payment(payment_id=payment_id, now=call.now)
        return Reply(payment_document(_found(payment_id)))


class PaymentReversal(Endpoint):
    """POST sends a paid payment's whole money back to its card."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": ReversalOut}
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, payment_id: UUID) -> Reply:
        """Reverse; 200 when the money is back, 202 while the provider's answer is awaited."""
        done = reverse_payment(
            business_id=call.business_id,
            payment_id=payment_id,
            by=f"api_key:{call.key_id}",
            now=call.now,
        )
        if done.state is ReversalState.FAILED:
            raise Problem(
                "reversal_refused",
                _("The provider refused to send this payment back."),
                status=HTTPStatus.CONFLICT,
                extra={"provider_code": done.code, "provider_message": done.message},
            )
        told = ReversalOut(
            id=done.id,
            payment_id=payment_id,
            status=done.state,
            provider_code=done.code,
            provider_message=done.message,
        )
        back = done.state is ReversalState.RETURNED
        return Reply(told.model_dump(), HTTPStatus.OK if back else HTTPStatus.ACCEPTED)


def _found(payment_id: UUID) -> Payment:
    payment = payment_by_id(payment_id)
    if payment is None:
        raise _missing()
    return payment


def _missing() -> NotFound:
    return NotFound(_("There is no such payment."))


def _attempt(row: PaymentAttempt) -> dict[str, Any]:
    return AttemptOut(
        number=row.number,
        status=row.state,
        provider=row.account.provider,
        reference=row.provider_ref,
        masked_pan=row.masked_pan,
        started_at=row.started_at,
        last_code=row.last_code,
        last_message=row.last_message,
    ).model_dump()
