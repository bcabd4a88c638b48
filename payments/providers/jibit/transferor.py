"""Jibit's transferor (v2): payouts under ids of ours, so the same order twice is one transfer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Final

from payments.providers.contract import (
    Account,
    Evidence,
    Ordered,
    Outcome,
    PayoutCapabilities,
    PayoutOrder,
    Rail,
    WireUnit,
)
from payments.providers.jibit.line import Said, Service, ask
from payments.providers.jibit.transfers import (
    CANCEL_CODES,
    ORDER_CODES,
    listed,
    not_found,
    refused,
    taken,
    told,
)
from payments.providers.values import text, whole

TRANSFEROR: Final = Service(
    name="jibit_transferor", login="/v2/tokens/generate", refresh="/v2/tokens/refresh"
)
_MODES: Final[Mapping[Rail, str]] = {
    Rail.PAYA: "ACH",
    Rail.SATNA: "RTGS",
    Rail.INTERNAL: "NORMAL",
    Rail.AUTO: "ACH",
}
_PATH: Final = "/v2/transfers"
_TEXT_CHARS: Final = 100


class JibitTransferor:
    """Transfers from the business's balance at Jibit."""

    payouts: ClassVar[PayoutCapabilities] = PayoutCapabilities(
        idempotent=True,
        inquiry=True,
        cancel=True,
        min_rial=1,
        wire_unit=WireUnit.IRR,
        finality=timedelta(hours=1),
        rails=tuple(_MODES),
    )

    def payout(self, account: Account, order: PayoutOrder) -> Ordered:
        """Order a transfer, a batch of its own; `transfer.already_exists` is our own order."""
        mode = _MODES.get(order.rail)
        if mode is None:
            return Ordered(outcome=Outcome.DECLINED, evidence=Evidence(asked={"rail": order.rail}))
        body = {
            "batchID": order.key,
            "submissionMode": "TRANSFER",
            "transfers": [_transfer(order, mode)],
        }
        codes = {**ORDER_CODES, "transfer.already_exists": Outcome.ALREADY}
        said = ask(account, TRANSFEROR, ("POST", _PATH), codes, json=body)
        if said.outcome is Outcome.ALREADY:
            known = self.inquire_payout(account, order, order.key)
            return _again(known) if known.outcome is Outcome.OK else known
        if said.outcome is not Outcome.OK:
            return refused(said)
        if whole(said.body.get("submittedCount")) != 1:
            return refused(Said(Outcome.UNKNOWN, said.evidence))
        return taken(said, order.key, order.amount_rial)

    def inquire_payout(self, account: Account, order: PayoutOrder, reference: str) -> Ordered:
        """Ask by our own id, which the provider knows whether or not we heard its answer."""
        said = ask(
            account,
            TRANSFEROR,
            ("GET", _PATH),
            {"transfer.not_found": Outcome.DECLINED},
            query={"transferID": order.key},
        )
        if said.outcome is Outcome.DECLINED:
            return not_found(said, order.amount_rial)
        if said.outcome is not Outcome.OK:
            return refused(said)
        rows = [row for row in listed(said) if text(row.get("transferID")) == order.key]
        if not rows:
            return not_found(said, order.amount_rial)
        if any(whole(row.get("amount")) != order.amount_rial for row in rows):
            return refused(Said(Outcome.MISMATCH, said.evidence))
        return told(said, rows)

    def cancel_payout(self, account: Account, order: PayoutOrder, reference: str) -> Ordered:
        """Ask to take a transfer back; an inquiry tells what became of it."""
        query = {"transferID": order.key}
        said = ask(account, TRANSFEROR, ("DELETE", _PATH), CANCEL_CODES, query=query)
        return (
            refused(said)
            if said.outcome is not Outcome.OK
            else self.inquire_payout(account, order, reference)
        )


def _transfer(order: PayoutOrder, mode: str) -> dict[str, object]:
    return {
        "transferID": order.key,
        "transferMode": mode,
        "destination": order.iban,
        "destinationFirstName": order.first_name[:_TEXT_CHARS],
        "destinationLastName": order.last_name[:_TEXT_CHARS],
        "amount": order.amount_rial,
        "currency": WireUnit.IRR.value,
        "description": (order.description or order.key)[:_TEXT_CHARS],
        "cancellable": True,
    }


def _again(known: Ordered) -> Ordered:
    return Ordered(
        outcome=Outcome.ALREADY,
        evidence=known.evidence,
        reference=known.reference,
        parts=known.parts,
        no_balance=known.no_balance,
    )
