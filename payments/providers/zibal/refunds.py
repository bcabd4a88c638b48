"""Refunds on Zibal's platform, from the business's wallet.

It takes no key of ours. After an answer that was never heard, its list of a payment's refunds
tells: besides those of our earlier orders, is there exactly this one?
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
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
from payments.providers.talk import talk
from payments.providers.values import text, whole
from payments.providers.zibal import codes
from payments.providers.zibal.reading import Reading, read

NEEDS: Final = ("access_token", "account_id")
_DEAD: Final = frozenset({TransferState.FAILED, TransferState.CANCELLED, TransferState.RETURNED})
_PROVIDERS_BACK: Final = timedelta(minutes=30)
# What is published of refunds is neither their finality nor their fee.
_FINALITY: Final = timedelta(days=1)


class ZibalRefunds:
    """Zibal's refunds: the whole amount is reversed on the card's rails while that is possible."""

    refunds: ClassVar[RefundCapabilities] = RefundCapabilities(
        idempotent=False,
        inquiry=True,
        cancel=False,
        partial=True,
        min_rial=10_000,
        wire_unit=WireUnit.IRR,
        finality=_FINALITY,
    )

    def refund(self, account: Account, order: RefundOrder) -> Ordered:
        """Order a refund; a whole one asks for a reversal first."""
        is_whole = order.before_rial == 0 and order.amount_rial == order.session.amount_rial
        said = _ask(
            account,
            "refund",
            {
                "trackId": whole(order.session.authority),
                "accountId": account.credentials["account_id"],
                "amount": order.amount_rial,
                "tryReverse": is_whole,
                "description": order.description,
            },
        )
        if said.outcome is not Outcome.OK:
            return _refused(said)
        parts = _parts(said, order)
        if sum(part.amount_rial for part in parts) != order.amount_rial:
            return Ordered(outcome=Outcome.UNKNOWN, evidence=said.evidence)
        return _taken(said, parts)

    def inquire_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """Ask for the payment's refunds and find this order's among them."""
        body = {
            "trackId": whole(order.session.authority),
            "accountId": account.credentials["account_id"],
        }
        said = _ask(account, "refund/inquiry", body)
        if said.outcome is not Outcome.OK:
            return _refused(said)
        parts = _own(_parts(said, order), order, reference)
        if parts is None:
            return Ordered(outcome=Outcome.UNKNOWN, evidence=said.evidence)
        if not parts:
            nothing = Part(reference="", amount_rial=0, state=TransferState.NOT_FOUND)
            return Ordered(outcome=Outcome.OK, evidence=said.evidence, parts=(nothing,))
        return _taken(said, parts)

    def cancel_refund(self, account: Account, order: RefundOrder, reference: str) -> Ordered:
        """There is no taking back."""
        return Ordered(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))


def _ask(account: Account, path: str, body: Mapping[str, Any]) -> Reading:
    token = account.credentials["access_token"]
    heard = talk(
        "POST",
        f"{account.host('api')}/v1/account/{path}",
        json={name: value for name, value in body.items() if value not in {None, ""}},
        headers={"Authorization": f"Bearer {token}"},
    )
    return read(heard, codes.REFUND)


def _refused(said: Reading) -> Ordered:
    return Ordered(
        outcome=said.outcome,
        evidence=said.evidence,
        no_balance=said.result == codes.NO_BALANCE,
        retry_after=_PROVIDERS_BACK if said.result == codes.PROVIDERS_DOWN else None,
    )


def _taken(said: Reading, parts: tuple[Part, ...]) -> Ordered:
    return Ordered(
        outcome=Outcome.OK,
        evidence=said.evidence,
        reference=parts[0].reference,
        parts=parts,
    )


def _parts(said: Reading, order: RefundOrder) -> tuple[Part, ...]:
    if said.body.get("reversed") is True:
        return (
            Part(
                reference=f"reversed-{order.session.authority}",
                amount_rial=order.session.amount_rial,
                state=TransferState.PAID,
            ),
        )
    rows = said.body.get("split")
    return tuple(_part(row) for row in rows if isinstance(row, dict)) if rows else ()


def _part(row: Mapping[str, Any]) -> Part:
    state = codes.PARTS.get(text(row.get("status")).lower(), TransferState.PENDING)
    return Part(
        reference=text(row.get("refundId")),
        amount_rial=whole(row.get("amount")) or 0,
        state=state,
        expected_at=_moment(row.get("predictedTime")),
        reason=text(row.get("failReason")),
        fee_rial=whole(row.get("wageAmount")),
    )


def _own(parts: Iterable[Part], order: RefundOrder, reference: str) -> tuple[Part, ...] | None:
    """Return this order's parts, () when it is not there, None when nobody can tell."""
    listed = list(parts)
    if reference:
        known = [part.reference for part in listed]
        listed = listed[known.index(reference) :] if reference in known else []
    else:
        unnamed = order.unnamed_before(part.reference for part in listed)
        strangers = [part for part in listed if part.reference not in order.others]
        listed = _beyond([part for part in strangers if part.state not in _DEAD], unnamed)
    return _first(listed, order.amount_rial)


def _beyond(parts: list[Part], amount_rial: int) -> list[Part]:
    """Drop the first parts that make up an amount; leave all when they do not fit it."""
    dropped = _first(parts, amount_rial) or ()
    return parts[len(dropped) :]


def _first(parts: list[Part], amount_rial: int) -> tuple[Part, ...] | None:
    """Return the first parts that make up exactly an amount, None when none do."""
    total, taken = 0, 0
    while total < amount_rial and taken < len(parts):
        total += parts[taken].amount_rial
        taken += 1
    if taken == 0:
        return ()
    return tuple(parts[:taken]) if total == amount_rial else None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
