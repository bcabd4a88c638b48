"""Vandar's refunds and settlements: our key is unique there, so a repeated order is one order.

A settlement is asked for in toman and answered in rial. The addresses under which an order is
shown by our key, and the word for money that came back, are not published: they stand here alone.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar, Final
from urllib.parse import quote

from payments.providers.contract import (
    Account,
    Evidence,
    Ordered,
    Outcome,
    Part,
    PayoutCapabilities,
    PayoutOrder,
    Rail,
    RefundCapabilities,
    RefundOrder,
    TransferState,
    WireUnit,
)
from payments.providers.values import text
from payments.providers.vandar.panel import ask, business_path
from payments.providers.vandar.reading import Reading, read, rial

RIAL_PER_TOMAN: Final = 10
_STATES: Final = {
    "INIT": TransferState.PENDING,
    "PENDING": TransferState.PENDING,
    "SUBMITTED": TransferState.IN_TRANSIT,
    "DONE": TransferState.PAID,
    "FAILED": TransferState.FAILED,
    "CANCELED": TransferState.CANCELLED,
    "RETURNED": TransferState.RETURNED,
}
_TYPES: Final = {Rail.PAYA: "ACH", Rail.INTERNAL: "A2A"}
_NO_BALANCE: Final = frozenset({HTTPStatus.PAYMENT_REQUIRED})
_NO_MONEY_WORDS: Final = "balance"


class VandarRefunds:
    """Refunds of gateway payments, from the business's wallet."""

    refunds: ClassVar[RefundCapabilities] = RefundCapabilities(
        idempotent=True,
        inquiry=True,
        cancel=False,
        partial=True,
        min_rial=1_000,
        wire_unit=WireUnit.IRR,
        finality=timedelta(hours=1),
    )

    def refund(self, account: Account, order: RefundOrder) -> Ordered:
        """Order a refund; a refusal of our key means that it was ordered before."""
        body = {
            "amount": order.amount_rial,
            "payment_number": order.key,
            "description": order.description,
        }
        path = f"transaction/{quote(order.provider_ref, safe='')}/refund"
        said = read(ask(account, "POST", business_path(account, path), json=body))
        return _ordered(said, lambda: self.inquire_refund(account, order, ""))

    def inquire_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Ask for the order by our key."""
        path = business_path(account, f"refund/{quote(order.key, safe='')}")
        return _seen(read(ask(account, "GET", path)))

    def cancel_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """There is no taking back."""
        return Ordered(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))


class VandarPayouts:
    """Settlements to an IBAN; they leave every half hour and may be taken back before."""

    payouts: ClassVar[PayoutCapabilities] = PayoutCapabilities(
        idempotent=True,
        inquiry=True,
        cancel=True,
        min_rial=50_000,
        wire_unit=WireUnit.IRT,
        finality=timedelta(hours=1),
        rails=(Rail.PAYA, Rail.INTERNAL, Rail.POL),
    )

    def payout(self, account: Account, order: PayoutOrder) -> Ordered:
        """Order a settlement; an amount that is no whole toman is refused without a call."""
        toman, rest = divmod(order.amount_rial, RIAL_PER_TOMAN)
        if rest:
            evidence = Evidence(asked={}, message="not a whole toman")
            return Ordered(outcome=Outcome.DECLINED, evidence=evidence)
        body: dict[str, Any] = {
            "amount": toman,
            "iban": order.iban,
            "track_id": order.key,
            "is_instant": order.rail is Rail.POL,
            "description": order.description,
        }
        if order.rail in _TYPES:
            body["type"] = _TYPES[order.rail]
        said = read(ask(account, "POST", business_path(account, "settlement/store"), json=body))
        return _ordered(said, lambda: self.inquire_payout(account, order, ""))

    def inquire_payout(self, account: Account, order: PayoutOrder, reference: str) -> Ordered:
        """Ask for the order by our key."""
        path = business_path(account, f"settlement/track-id/{quote(order.key, safe='')}")
        return _seen(read(ask(account, "GET", path)))

    def cancel_payout(self, account: Account, order: PayoutOrder, reference: str) -> Ordered:
        """Take an order back while its batch has not left."""
        path = business_path(account, f"settlement/{quote(reference, safe='')}")
        return _seen(read(ask(account, "DELETE", path)))


def _ordered(said: Reading, again: Any) -> Ordered:
    if _is_short(said):
        return Ordered(outcome=Outcome.DECLINED, evidence=said.evidence, no_balance=True)
    if said.outcome is Outcome.DECLINED:
        known: Ordered = again()
        is_there = known.outcome is Outcome.OK and known.reference
        outcome = Outcome.ALREADY if is_there else Outcome.DECLINED
        parts = known.parts if is_there else ()
        return Ordered(
            outcome=outcome, evidence=said.evidence, reference=known.reference, parts=parts
        )
    return _seen(said)


def _is_short(said: Reading) -> bool:
    refused = said.outcome is Outcome.DECLINED or said.status in _NO_BALANCE
    return refused and _NO_MONEY_WORDS in said.evidence.message.lower()


def _seen(said: Reading) -> Ordered:
    if said.status == HTTPStatus.NOT_FOUND and said.body:
        nothing = Part(reference="", amount_rial=0, state=TransferState.NOT_FOUND)
        return Ordered(outcome=Outcome.OK, evidence=said.evidence, parts=(nothing,))
    if said.outcome is not Outcome.OK:
        return Ordered(outcome=said.outcome, evidence=said.evidence)
    parts = tuple(map(_part, _rows(said.body)))
    if not parts or any(not part.reference or not part.amount_rial for part in parts):
        return Ordered(outcome=Outcome.UNKNOWN, evidence=said.evidence)
    return Ordered(
        outcome=Outcome.OK,
        evidence=said.evidence,
        reference=parts[0].reference,
        parts=parts,
    )


def _rows(body: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    data = body.get("data")
    if isinstance(data, Mapping):
        data = next((rows for rows in data.values() if isinstance(rows, list)), [data])
    return [row for row in data if isinstance(row, Mapping)] if isinstance(data, list) else []


def _part(row: Mapping[str, Any]) -> Part:
    """Read one transfer; its `amount` is rial, whatever unit the order was in."""
    return Part(
        reference=text(row.get("id")),
        amount_rial=rial(row.get("amount")) or 0,
        state=_STATES.get(text(row.get("status")).upper(), TransferState.PENDING),
        reason=text(row.get("error_message")),
        fee_rial=rial(row.get("wage")),
    )
