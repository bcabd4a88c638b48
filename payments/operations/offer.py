"""Opening the pay page: what it offers, and that it was offered, written down the first time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.tenancy import operation
from payments.enums import PaymentMethod
from payments.models import Payment
from payments.operations.deposits import may_transfer
from payments.operations.later import LaterOffer
from payments.queries import limits_of
from payments.queries.accounts import gateways_at_once
from payments.queries.checkout import Landing, landings, usual_method


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """The ways to pay, the first one first; `usual` is first because the customer used it before.

    `online` is false when the sum is outside every gateway's limits and another way is open.
    """

    ways: Sequence[PaymentMethod]
    usual: PaymentMethod | None
    landings: Sequence[Landing]
    later: LaterOffer | None = None

    @property
    def known_hosts(self) -> bool:
        """Whether it is known of every place by which name its page is called."""
        return all(one.host for one in self.landings)

    @property
    def online(self) -> bool:
        """Whether a gateway takes the sum."""
        return PaymentMethod.GATEWAY in self.ways


@operation
def open_checkout(*, payment: Payment, later: LaterOffer | None = None, now: datetime) -> Offer:
    """Return what a payment's page offers; the first time it is kept with the payment.

    `later` is what a partner said just before: its instalments have a way of their own.
    """
    amount = payment.amount_rial
    # What is held for a buyer waits for minutes; a transfer may take days, a partner wants all.
    is_covered = bool(payment.covered_rial or payment.discount_rial)
    later = None if is_covered else later
    gateways = [one for one in gateways_at_once() if _takes(limits_of(one), amount)]
    transfer, card = (False, False) if is_covered else may_transfer(amount_rial=amount, now=now)
    # Where neither can take it the gateway stays: pressing it says why.
    open_ones = {
        PaymentMethod.GATEWAY: bool(gateways) or not (transfer or later),
        PaymentMethod.BNPL: later is not None,
        PaymentMethod.IDENTIFIED_DEPOSIT: transfer,
        PaymentMethod.CARD_TO_CARD: transfer and card,
    }
    ways = [way for way, is_open in open_ones.items() if is_open]
    if not payment.offered:
        Payment.objects.filter(id=payment.id, offered=[]).update(offered=ways)
    usual = usual_method(payment) if len(ways) > 1 else None
    if usual is PaymentMethod.BNPL and later is None:
        usual = PaymentMethod.GATEWAY
    if usual in ways:
        ways.sort(key=lambda way: way is not usual)
    return Offer(
        ways=ways,
        usual=usual if usual in ways else None,
        landings=landings(gateways),
        later=later,
    )


def _takes(limits: tuple[int, int], amount_rial: int) -> bool:
    least, most = limits
    return least <= amount_rial <= most
