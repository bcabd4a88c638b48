"""Fees for being late over HTTP: paid by a payment, or let go."""

from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound, Problem
from payments.models import LateFee
from payments.operations.instalments import ask_for_late_fee, waive_late_fee
from payments.queries import pay_url
from payments.queries.instalments.plans import late_fee_by_id


class LateFeeOut(BaseModel):
    """What being late with an instalment cost, once; `amount` in rial."""

    id: UUID
    instalment_id: UUID
    amount: int
    status: str
    charged_at: AwareDatetime
    ended_at: AwareDatetime | None


class LateFeePaymentOut(BaseModel):
    """Where a fee can be paid."""

    payment_id: UUID
    pay_url: str


class LateFeePayment(Endpoint):
    """POST asks for a payment of a fee for being late."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": LateFeePaymentOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, late_fee_id: UUID) -> Reply:
        """Return where it can be paid; the same payment while that one is open."""
        asked = ask_for_late_fee(late_fee_id=late_fee_id, now=call.now)
        if asked is None:
            raise Problem(
                "late_fee_not_open",
                _("This fee is paid or no longer owed."),
                status=HTTPStatus.CONFLICT,
            )
        told = LateFeePaymentOut(payment_id=asked.id, pay_url=pay_url(asked.pay_token))
        return Reply(told.model_dump(), HTTPStatus.CREATED)


class LateFeeWaiving(Endpoint):
    """POST lets a fee for being late go."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": LateFeeOut}

    def post(self, call: Call, late_fee_id: UUID) -> Reply:
        """Let it go; what is paid already stays paid."""
        waive_late_fee(late_fee_id=late_fee_id, by=f"api_key:{call.key_id}", now=call.now)
        fee = late_fee_by_id(late_fee_id)
        if fee is None:
            raise NotFound(_("There is no such fee."))
        return Reply(late_fee_out(fee).model_dump())


def late_fee_out(fee: LateFee) -> LateFeeOut:
    """Return a fee as the API shows it."""
    return LateFeeOut(
        id=fee.id,
        instalment_id=fee.instalment_id,
        amount=fee.amount_rial,
        status=fee.state,
        charged_at=fee.charged_at,
        ended_at=fee.ended_at,
    )
