"""Spending points at a device, with the customer's one-time code where it is needed."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from core.tenancy import acting_for
from customers.enums import CodePurpose
from customers.operations.codes import send_code
from loyalty.api.pos.bodies import CodeIn, RedeemIn, SentOut, TransactionOut
from loyalty.api.pos.device import device_speaking
from loyalty.api.pos.verbs import document
from loyalty.api.whose import customer_meant
from loyalty.operations.till import Spending, carry_out, demand_spending_code
from loyalty.queries.till.done import was_done
from loyalty.queries.till.rules import worth_of


class PosCodes(Endpoint):
    """POST who is to be sent a code."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": CodeIn}
    answer: ClassVar = {"POST": SentOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: CodeIn) -> Reply:
        """Text the customer a code for spending points; the one before is good no more."""
        device_speaking(call, body.device)
        customer_id = customer_meant(body)
        if customer_id is None:
            raise NotFound(_("There is no such customer."))
        sent = send_code(
            customer_id=customer_id, purpose=CodePurpose.SPEND, points=body.points, now=call.now
        )
        told = {"mobile_ends": sent.mobile_ends, "expires_at": sent.expires_at}
        return Reply(told, HTTPStatus.CREATED)


class PosRedemption(Endpoint):
    """POST points or a reward to spend."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": RedeemIn}
    answer: ClassVar = {"POST": TransactionOut}
    answer_status: ClassVar = {"POST": 201}
    # A wrong code is counted in a commit of its own, before it is refused.
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: RedeemIn) -> Reply:
        """Hold points or store credit for the sale that follows, or spend points for good."""
        with acting_for(call.business_id):
            device = device_speaking(call, body.device)
            act = _asked(body)
            done = was_done(device.id, act.number)
            worth = act.store_credit_rial or worth_of(act.points, act.reward_id)
        if act.customer_id is not None and not done:
            demand_spending_code(
                business_id=call.business_id,
                customer_id=act.customer_id,
                worth_rial=worth,
                code=body.code,
                now=call.now,
            )
        return self._spent(call, device, act)

    @staticmethod
    def _spent(call: Call, device: Any, act: Spending) -> Reply:
        with acting_for(call.business_id, durable=True):
            told = carry_out(device_id=device.id, act=act, now=call.now)
        return Reply(document(told.row), HTTPStatus.OK if told.replayed else HTTPStatus.CREATED)


def _asked(body: RedeemIn) -> Spending:
    return Spending(
        number=body.transaction_id,
        customer_id=customer_meant(body),
        points=body.points,
        reward_id=body.reward_id,
        final=body.final,
        store_credit_rial=body.store_credit,
    )
