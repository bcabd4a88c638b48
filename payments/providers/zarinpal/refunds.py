"""Refunds of Zarinpal, over GraphQL: another host, another credential, no key of ours.

Published: the mutation with its arguments and answer, the least amount, and the session query with
its filters. Not published: whether `timeline` is a session's last refund or all of them, and the
words of `refund_status`. So a session we refunded before is read only where both readings agree,
and an order we cannot recognise is UNKNOWN, never NOT_FOUND.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Final

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
from payments.providers.talk import Heard, talk
from payments.providers.values import first_object, text, whole

HOST: Final = "graphql"
_PATH: Final = "/api/v4/graphql/"
_SESSION: Final = """
query Session($terminal_id: ID!, $reference_id: String, $limit: Int, $offset: Int) {
  Session(terminal_id: $terminal_id, reference_id: $reference_id, limit: $limit, offset: $offset) {
    id status amount timeline { refund_amount refund_time refund_status }
  }
}
"""
_ADD: Final = """
mutation AddRefund($session_id: ID!, $amount: BigInteger!, $description: String,
                   $method: InstantPayoutActionTypeEnum, $reason: RefundReasonEnum) {
  resource: AddRefund(session_id: $session_id, amount: $amount, description: $description,
                      method: $method, reason: $reason) {
    id terminal_id amount timeline { refund_amount refund_time refund_status }
  }
}
"""
_STATES: Final[Mapping[str, TransferState]] = MappingProxyType(
    {
        "PAID": TransferState.PAID,
        "DONE": TransferState.PAID,
        "FAILED": TransferState.FAILED,
        "REJECTED": TransferState.FAILED,
        "CANCELED": TransferState.CANCELLED,
        "RETURNED": TransferState.RETURNED,
    }
)
# Said before anything is carried out.
_BEFORE: Final = frozenset({"validation", "graphql", "authentication", "authorization"})
_LOCKED_OUT: Final = frozenset({"authentication", "authorization"})
_UNAUTHORIZED: Final = frozenset({401, 403, 429})
_MONEY_WORDS: Final = ("balance", "موجودی")
_DESCRIPTION_CHARS: Final = 255


class ZarinpalRefunds:
    """AddRefund and the session it belongs to."""

    refunds: ClassVar[RefundCapabilities] = RefundCapabilities(
        idempotent=False,
        inquiry=True,
        cancel=False,
        partial=True,
        min_rial=20_000,
        wire_unit=WireUnit.IRR,
        finality=timedelta(minutes=45),
        usually=timedelta(days=1),
    )

    def refund(self, account: Account, order: RefundOrder) -> Ordered:
        """Find the session, then order its refund; a vain search has ordered nothing."""
        heard, row = _find(account, order)
        if row is None:
            known = heard.failure is None and not _trouble(heard)[0]
            outcome = Outcome.DECLINED if known else Outcome.NOT_ATTEMPTED
            return Ordered(outcome=outcome, evidence=_evidence(heard, "session"))
        asked = {
            "session_id": text(row.get("id")),
            "amount": order.amount_rial,
            "description": order.description[:_DESCRIPTION_CHARS],
            "method": "CARD" if order.card else "PAYA",
            "reason": order.extra.get("reason", "CUSTOMER_REQUEST"),
        }
        return _ordered(_say(account, _ADD, asked), order)

    def inquire_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Read the session's timeline."""
        heard, row = _find(account, order)
        evidence = _evidence(heard, "session")
        if row is None:
            return Ordered(outcome=Outcome.UNKNOWN, evidence=evidence)
        told = first_object(row.get("timeline"))
        refunded = whole(told.get("refund_amount")) or 0
        if refunded == order.before_rial + order.amount_rial:
            part = _part(order, reference or text(row.get("id")), told)
            return Ordered(
                outcome=Outcome.OK, evidence=evidence, reference=reference, parts=(part,)
            )
        if refunded == 0 and not order.before_rial:
            gone = Part(reference="", amount_rial=order.amount_rial, state=TransferState.NOT_FOUND)
            return Ordered(outcome=Outcome.OK, evidence=evidence, parts=(gone,))
        return Ordered(outcome=Outcome.UNKNOWN, evidence=evidence)

    def cancel_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Not offered."""
        del account, order, reference
        return Ordered(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))


def _find(account: Account, order: RefundOrder) -> tuple[Heard, dict[str, Any] | None]:
    """Look the session up by the reference its verification gave; only the exact one counts."""
    asked = {
        "terminal_id": account.credentials.get("terminal_id", ""),
        "reference_id": order.provider_ref,
        "limit": 2,
        "offset": 0,
    }
    heard = _say(account, _SESSION, asked)
    found = _data(heard).get("Session")
    rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    same = [row for row in rows if whole(row.get("amount")) == order.session.amount_rial]
    return heard, same[0] if len(rows) == len(same) == 1 else None


def _ordered(heard: Heard, order: RefundOrder) -> Ordered:
    evidence = _evidence(heard, "refund")
    if heard.failure is not None:
        return Ordered(outcome=heard.failure, evidence=evidence)
    category, message = _trouble(heard)
    if category:
        short = any(word in message.lower() for word in _MONEY_WORDS)
        outcome = Outcome.DECLINED if category in _BEFORE or short else Outcome.UNKNOWN
        if category in _LOCKED_OUT:
            outcome = Outcome.NOT_ATTEMPTED
        return Ordered(outcome=outcome, evidence=evidence, no_balance=short)
    told = first_object(_data(heard).get("resource"))
    reference = text(told.get("id"))
    if not reference or whole(told.get("amount")) is None:
        return Ordered(outcome=Outcome.UNKNOWN, evidence=evidence)
    part = _part(order, reference, first_object(told.get("timeline")))
    return Ordered(outcome=Outcome.OK, evidence=evidence, reference=reference, parts=(part,))


def _part(order: RefundOrder, reference: str, told: Mapping[str, Any]) -> Part:
    status = text(told.get("refund_status")).upper()
    return Part(
        reference=f"{reference}/{order.key[-8:]}",
        amount_rial=order.amount_rial,
        state=_STATES.get(status, TransferState.IN_TRANSIT),
        reason=status,
    )


def _say(account: Account, query: str, variables: Mapping[str, Any]) -> Heard:
    token = account.credentials.get("access_token", "")
    return talk(
        "POST",
        f"{account.host(HOST)}{_PATH}",
        json={"query": " ".join(query.split()), "variables": dict(variables)},
        headers={"Authorization": f"Bearer {token}"},
    )


def _data(heard: Heard) -> dict[str, Any]:
    body = heard.answer.json if heard.answer is not None else None
    return first_object(body.get("data")) if isinstance(body, dict) else {}


def _trouble(heard: Heard) -> tuple[str, str]:
    """Return the category and words of an error; ("", "") when there is none."""
    if heard.answer is None:
        return "", ""
    if heard.answer.status in _UNAUTHORIZED:
        return "authentication", f"http {heard.answer.status}"
    body = heard.answer.json
    if not isinstance(body, dict):
        return "unreadable", f"http {heard.answer.status}"
    errors = body.get("errors")
    if not errors:
        return "", ""
    first = errors[0] if isinstance(errors, list) and errors else errors
    said = first if isinstance(first, dict) else {}
    extensions = first_object(said.get("extensions"))
    return text(extensions.get("category")) or "unknown", text(said.get("message")) or "?"


def _evidence(heard: Heard, what: str) -> Evidence:
    category, message = _trouble(heard)
    return heard.evidence(code=category or what, message=message)
