"""A bank in memory that sends money out: it tells the truth, keeps a wallet, and can mumble."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType

from payments.providers.contract import (
    AccountInfo,
    Evidence,
    Ordered,
    Outcome,
    Owner,
    Part,
    PayoutCapabilities,
    Question,
    Rail,
    RefundCapabilities,
    TransferState,
    WireUnit,
)

FINALITY = timedelta(minutes=30)
_SAID = Evidence(asked={}, code="fake")


@dataclass
class Sent:
    """An order as the bank keeps it."""

    key: str
    reference: str
    amount_rial: int
    parts: list[Part]


@dataclass
class OutBank:
    """Refunds, payouts and owner inquiries of one imaginary provider.

    `faults` are acted out one a call: unheard_done, unheard_not_done, refused (never reached),
    declined, short, late (taken in only once somebody asks). `split` makes parts; `fate` is what a
    part's state becomes at once. `keeps_fees`: also of what fails or comes back.
    """

    name = "zarinpal"
    asks = MappingProxyType({Question.IBAN_OWNER: frozenset({"iban"})})
    wallet_rial: int = 1_000_000_000
    idempotent: bool = True
    inquiry: bool = True
    once: bool = False
    split: int = 1
    fate: TransferState = TransferState.PAID
    fee_rial: int = 0
    keeps_fees: bool = False
    owner: tuple[str, str] | None = ("سارا", "محمدی")
    usable: bool | None = True
    inquiry_outcome: Outcome = Outcome.OK
    sent: list[Sent] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    late: list[object] = field(default_factory=list)

    @property
    def refunds(self) -> RefundCapabilities:
        return RefundCapabilities(
            idempotent=self.idempotent,
            inquiry=self.inquiry,
            cancel=True,
            partial=True,
            min_rial=20_000,
            wire_unit=WireUnit.IRR,
            finality=FINALITY,
            once=self.once,
            fee_rial=self.fee_rial,
        )

    @property
    def payouts(self) -> PayoutCapabilities:
        return PayoutCapabilities(
            idempotent=self.idempotent,
            inquiry=True,
            cancel=True,
            min_rial=20_000,
            wire_unit=WireUnit.IRR,
            finality=FINALITY,
            rails=(Rail.PAYA,),
        )

    def refund(self, account, order):
        return self._order("refund", order)

    def inquire_refund(self, account, order, reference):
        return self._tell("inquire_refund", order)

    def cancel_refund(self, account, order, reference):
        return self._cancel(order)

    def payout(self, account, order):
        return self._order("payout", order)

    def inquire_payout(self, account, order, reference):
        return self._tell("inquire_payout", order)

    def cancel_payout(self, account, order, reference):
        return self._cancel(order)

    def iban_info(self, account, iban, *, key):
        self.asked.append("iban_info")
        owners = (Owner(first_name=self.owner[0], last_name=self.owner[1]),) if self.owner else ()
        return AccountInfo(
            outcome=self.inquiry_outcome,
            evidence=_SAID,
            iban=iban,
            owners=owners,
            usable=self.usable,
        )

    def of(self, key) -> list[Sent]:
        return [one for one in self.sent if one.key == str(key)]

    def become(self, key, *states: TransferState) -> None:
        """Let the parts of an order move on at the bank; money that comes back is credited."""
        for one in self.of(key):
            wanted = states if len(states) > 1 else states * len(one.parts)
            for place, state in enumerate(wanted):
                part = one.parts[place]
                gone = {TransferState.FAILED, TransferState.CANCELLED, TransferState.RETURNED}
                fee = part.fee_rial or 0
                if state in gone and part.state not in gone:
                    back = 0 if self.keeps_fees else fee
                    self.wallet_rial += part.amount_rial + back
                    fee -= back
                one.parts[place] = replace(part, state=state, fee_rial=fee)

    def charge(self, key, fee_rial: int) -> None:
        """Take a fee for an order's first part after it was taken in."""
        for one in self.of(key):
            self.wallet_rial -= fee_rial
            one.parts[0] = replace(one.parts[0], fee_rial=fee_rial)

    def out_rial(self) -> int:
        """Return what reached customers, in truth."""
        return sum(
            part.amount_rial
            for one in self.sent
            for part in one.parts
            if part.state is TransferState.PAID
        )

    def _order(self, operation, order):
        self.asked.append(operation)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused":
            return Ordered(outcome=Outcome.NOT_ATTEMPTED, evidence=_SAID)
        if fault == "declined":
            return Ordered(outcome=Outcome.DECLINED, evidence=_SAID)
        if fault == "unheard_not_done":
            return Ordered(outcome=Outcome.UNKNOWN, evidence=_SAID)
        if fault == "late":
            self.late.append(order)
            return Ordered(outcome=Outcome.UNKNOWN, evidence=_SAID)
        if fault == "short" or self.wallet_rial < order.amount_rial + self.fee_rial:
            return Ordered(outcome=Outcome.DECLINED, evidence=_SAID, no_balance=True)
        return self._muffled(fault, self._take(order))

    def _take(self, order):
        known = self.of(order.key)
        if known and self.idempotent:
            return self._answer(Outcome.ALREADY, known[0])
        self.wallet_rial -= order.amount_rial + self.fee_rial
        number = len(self.sent)
        share = order.amount_rial // self.split
        amounts = [share] * (self.split - 1) + [order.amount_rial - share * (self.split - 1)]
        parts = [
            Part(
                reference=f"t{number}-{place}",
                amount_rial=amount,
                state=self.fate,
                fee_rial=self.fee_rial if place == 0 else 0,
            )
            for place, amount in enumerate(amounts)
        ]
        self.sent.append(Sent(order.key, f"b{number}", order.amount_rial, parts))
        return self._answer(Outcome.OK, self.sent[-1])

    def arrive_late(self) -> None:
        """Carry out what was cut off before it was taken in."""
        for order in self.late:
            self._take(order)
        self.late.clear()

    def _tell(self, operation, order):
        self.asked.append(operation)
        fault = self.faults.pop(0) if self.faults else ""
        known = self.of(order.key)
        if fault:
            return Ordered(outcome=Outcome.UNKNOWN, evidence=_SAID)
        if not known:
            part = Part(reference="", amount_rial=order.amount_rial, state=TransferState.NOT_FOUND)
            return Ordered(outcome=Outcome.OK, evidence=_SAID, parts=(part,))
        return self._answer(Outcome.OK, known[0])

    def _cancel(self, order):
        self.asked.append("cancel")
        for one in self.of(order.key):
            if all(part.state is TransferState.PENDING for part in one.parts):
                self.become(order.key, TransferState.CANCELLED)
                return Ordered(outcome=Outcome.OK, evidence=_SAID)
        return Ordered(outcome=Outcome.DECLINED, evidence=_SAID)

    def _muffled(self, fault, answer):
        return Ordered(outcome=Outcome.UNKNOWN, evidence=_SAID) if fault else answer

    def _answer(self, outcome, one):
        return Ordered(
            outcome=outcome, evidence=_SAID, reference=one.reference, parts=tuple(one.parts)
        )
