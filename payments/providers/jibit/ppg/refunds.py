"""Refunds of purchases: several to one purchase, each a transfer with an id of Jibit's own.

A refund takes no key of ours. An order whose answer was lost is looked for among the purchase's
transfers: what is there besides those of earlier orders, with our amount, is it.
"""

from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import quote

from payments.providers.contract import (
    Account,
    Ordered,
    Outcome,
    RefundCapabilities,
    RefundOrder,
    WireUnit,
)
from payments.providers.jibit.line import Said, Service, ask
from payments.providers.jibit.ppg import codes
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

_OVER: Final = frozenset({"FAILED", "CANCELLED", "MANUALLY_FAILED"})


class PpgRefunds:
    """The refunds of the gateway."""

    service: ClassVar[Service]
    refunds: ClassVar[RefundCapabilities] = RefundCapabilities(
        idempotent=False,
        inquiry=True,
        cancel=True,
        partial=True,
        min_rial=1,
        wire_unit=WireUnit.IRR,
        finality=timedelta(hours=1),
    )

    def refund(self, account: Account, order: RefundOrder) -> Ordered:
        """Order a refund; `extra["cancellable"]` holds it for an hour in which it may be undone."""
        body = {
            "purchaseId": int(order.session.authority),
            "amount": order.amount_rial,
            "cancellable": order.extra.get("cancellable") == "true",
        }
        known = {**ORDER_CODES, **codes.REFUND}
        said = ask(account, self.service, ("POST", "/v3/purchases/refund"), known, json=body)
        reference = text(said.body.get("transferId"))
        if said.outcome is Outcome.OK and reference:
            return taken(said, reference, order.amount_rial)
        doubt = Said(Outcome.UNKNOWN, said.evidence) if said.outcome is Outcome.OK else said
        return refused(doubt)

    def inquire_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Ask for the purchase's transfers and find this order among them."""
        path = f"/v3/purchases/refunds/{quote(order.session.authority)}"
        said = ask(account, self.service, ("GET", path), {"transfer.not_found": Outcome.DECLINED})
        if said.outcome is Outcome.DECLINED:
            return not_found(said, order.amount_rial)
        if said.outcome is not Outcome.OK:
            return refused(said)
        if reference:
            rows = [row for row in listed(said) if text(row.get("transferID")) == reference]
            return told(said, rows) if rows else not_found(said, order.amount_rial)
        return _unheard(said, order)

    def cancel_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Ask to undo a refund that is still held; an inquiry tells what became of it."""
        path = f"/v3/purchases/refunds/{quote(order.session.authority)}/cancel"
        said = ask(
            account,
            self.service,
            ("POST", path),
            CANCEL_CODES,
            json={"transferId": reference},
        )
        if said.outcome is not Outcome.OK:
            return refused(said)
        return self.inquire_refund(account, order, reference)


def _unheard(said: Said, order: RefundOrder) -> Ordered:
    """Find an order whose answer never came, by what went back besides earlier orders."""
    rows = {text(row.get("transferID")): row for row in listed(said)}
    strangers = [row for reference, row in rows.items() if reference not in order.others]
    live = [row for row in strangers if text(row.get("state")) not in _OVER]
    beyond = sum(whole(row.get("amount")) or 0 for row in live) - order.unnamed_before(rows)
    if beyond <= 0:
        return not_found(said, order.amount_rial)
    if beyond != order.amount_rial:
        return refused(Said(Outcome.UNKNOWN, said.evidence))
    ours = [row for row in live if whole(row.get("amount")) == order.amount_rial]
    return told(said, ours[-1:]) if ours else refused(Said(Outcome.UNKNOWN, said.evidence))
