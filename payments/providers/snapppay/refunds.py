"""Money back at SnappPay: the settled cart becomes smaller, or the whole is cancelled.

The order says what the cart shall be worth, so told twice it is the same; its worth tells
afterwards whether it was heard. SnappPay knows no key of ours: one refund at a time.
"""

from datetime import timedelta
from typing import ClassVar

from payments.providers.contract import (
    Account,
    Evidence,
    Ordered,
    Outcome,
    Part,
    RefundCapabilities,
    RefundOrder,
    TransferState,
    WireUnit,
)
from payments.providers.snapppay import wire
from payments.providers.snapppay.adapter import GONE_BACK, SnappPay

_DONE = frozenset({Outcome.OK, Outcome.ALREADY})


class SnappPayRefunds:
    """Refunds by a smaller cart. Nothing is published of the least sum or of how long it takes."""

    refunds: ClassVar[RefundCapabilities] = RefundCapabilities(
        idempotent=False,
        inquiry=True,
        cancel=False,
        partial=True,
        min_rial=1,
        wire_unit=WireUnit.IRR,
        finality=timedelta(minutes=60),
    )

    def __init__(self, gateway: SnappPay) -> None:
        self.gateway = gateway

    def refund(self, account: Account, order: RefundOrder) -> Ordered:
        """Make the cart worth what is left of it; nothing left is a cancel."""
        left = _left(order)
        if left < 0:
            evidence = Evidence(asked={}, message="more than is left of the payment")
            return Ordered(outcome=Outcome.DECLINED, evidence=evidence)
        if left:
            said = self.gateway.update_cart(account, order.session, amount_rial=left, items=())
        else:
            said = self.gateway.cancel_full(account, order.session)
        state = TransferState.PAID if said.outcome in _DONE else None
        return _ordered(order, said.outcome, said.evidence, state)

    def inquire_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Tell by what the cart is worth now whether the order was heard."""
        word = wire.status(account, order.session)
        if word.outcome is not Outcome.OK:
            outcome = Outcome.UNKNOWN if word.outcome is Outcome.DECLINED else word.outcome
            return Ordered(outcome=outcome, evidence=word.evidence)
        worth = 0 if word.status in GONE_BACK else word.amount_rial
        if worth is None:
            return Ordered(outcome=Outcome.UNKNOWN, evidence=word.evidence)
        state = TransferState.PAID if worth <= _left(order) else TransferState.NOT_FOUND
        return _ordered(order, Outcome.OK, word.evidence, state)

    def cancel_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """A cart does not grow again."""
        evidence = Evidence(asked={}, message="SnappPay cannot take a refund back")
        return Ordered(outcome=Outcome.DECLINED, evidence=evidence)


def _left(order: RefundOrder) -> int:
    return order.session.amount_rial - order.before_rial - order.amount_rial


def _ordered(
    order: RefundOrder, outcome: Outcome, evidence: Evidence, state: TransferState | None
) -> Ordered:
    parts = (
        (Part(reference=order.key, amount_rial=order.amount_rial, state=state),) if state else ()
    )
    return Ordered(outcome=outcome, evidence=evidence, reference=order.key, parts=parts)
