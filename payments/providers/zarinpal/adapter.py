"""The six calls of Zarinpal v4 as the contract wants them. Always rial, always said so."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import quote
from uuid import UUID

from payments.providers.contract import (
    Account,
    CallbackClaim,
    Capabilities,
    Confirmation,
    Evidence,
    Inquiry,
    Opened,
    Outcome,
    PaymentRequest,
    Redirect,
    Reversed,
    Session,
    Settled,
    Standing,
    Unverified,
    UnverifiedList,
    UnverifiedRow,
    WireUnit,
)
from payments.providers.talk import talk
from payments.providers.values import text, whole
from payments.providers.zarinpal import codes
from payments.providers.zarinpal.reading import Reading, read

_UUID_CHARS: Final = 36
# The buyer's session at the provider; its end is not published, this is past every one seen.
_FINALITY: Final = timedelta(minutes=45)


class Zarinpal:
    """Zarinpal v4: a facilitator without server callbacks; its merchant id is the credential."""

    name: ClassVar[str] = "zarinpal"
    version: ClassVar[str] = "v4.1"
    capabilities: ClassVar[Capabilities] = Capabilities(
        inquiry=True,
        list_unverified=True,
        reverse=True,
        wire_units=MappingProxyType(
            {"request": WireUnit.IRR, "confirm": WireUnit.IRR, "list_unverified": WireUnit.IRR}
        ),
        unverified=Unverified.BY_TERMINAL,
        min_rial=1_000,
        max_rial=1_000_000_000,
        description_chars=500,
        finality=_FINALITY,
        reverse_window=timedelta(minutes=30),
    )

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return "merchant_id" unless it is a 36-character UUID."""
        value = credentials.get("merchant_id", "")
        try:
            UUID(value)
        except ValueError:
            return "merchant_id"
        return "" if len(value) == _UUID_CHARS else "merchant_id"

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Open a session for an amount in rial."""
        metadata = {"order_id": asked.reference, "mobile": asked.mobile, "email": asked.email}
        said = _ask(
            account,
            "request",
            codes.REQUEST,
            {
                "amount": asked.amount_rial,
                "currency": WireUnit.IRR.value,
                "description": asked.description[: self.capabilities.description_chars],
                "callback_url": asked.callback_url,
                "metadata": {name: value for name, value in metadata.items() if value},
            },
        )
        authority = text(said.data.get("authority"))
        outcome = said.outcome
        if outcome is Outcome.OK and not authority:
            outcome = Outcome.UNKNOWN
        return Opened(outcome=outcome, evidence=said.evidence, authority=authority)

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return the address of the bank's page."""
        return Redirect(url=f"{account.base_url}/pg/StartPay/{quote(authority, safe='')}")

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read `Authority` and `Status`; None when there is no authority."""
        known = {name.lower(): value for name, value in params.items()}
        authority = known.get("authority", "").strip()
        if not authority:
            return None
        success = known.get("status", "").strip().upper() == "OK"
        return CallbackClaim(authority=authority, claims_success=success)

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Verify. The answer carries no amount: a yes to our amount is its echo, -50 the no."""
        body = {"authority": session.authority, "amount": session.amount_rial}
        said = _ask(account, "verify", codes.CONFIRM, body)
        data, outcome = said.data, said.outcome
        if outcome not in {Outcome.OK, Outcome.ALREADY}:
            return Confirmation(outcome=outcome, evidence=said.evidence)
        order_id = text(data.get("order_id"))
        if order_id and order_id != session.reference:
            return Confirmation(outcome=Outcome.MISMATCH, evidence=said.evidence)
        return Confirmation(
            outcome=outcome,
            evidence=said.evidence,
            amount_rial=session.amount_rial,
            provider_ref=text(data.get("ref_id")) or None,
            masked_pan=text(data.get("card_pan")),
            card_hash=text(data.get("card_hash")),
            fee_rial=whole(data.get("fee")),
        )

    def settle(self, account: Account, session: Session) -> Settled:
        """Nothing to do: a verified payment is settled."""
        return Settled(outcome=Outcome.OK, evidence=Evidence(asked={}))

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """Ask for the session's standing."""
        said = _ask(account, "inquiry", codes.INQUIRE, {"authority": session.authority})
        if said.outcome is not Outcome.OK:
            return Inquiry(outcome=said.outcome, evidence=said.evidence)
        standing = _standing(said)
        outcome = Outcome.OK if standing else Outcome.UNKNOWN
        return Inquiry(outcome=outcome, evidence=said.evidence, standing=standing)

    def list_unverified(self, account: Account) -> UnverifiedList:
        """Ask for the last hundred paid and unverified sessions of the terminal."""
        said = _ask(account, "unVerified", {codes.PAID: Outcome.OK}, {})
        rows = said.data.get("authorities")
        return UnverifiedList(
            outcome=said.outcome,
            evidence=said.evidence,
            rows=tuple(filter(None, map(_row, rows if isinstance(rows, list) else []))),
        )

    def reverse(self, account: Account, session: Session) -> Reversed:
        """Reverse; the window and the registered server address are the provider's to judge."""
        body = {"authority": session.authority}
        said = _ask(account, "reverse", codes.REVERSE, body)
        return Reversed(outcome=said.outcome, evidence=said.evidence)


def _ask(
    account: Account, operation: str, known: Mapping[int, Outcome], body: Mapping[str, Any]
) -> Reading:
    asked = {"merchant_id": account.credentials["merchant_id"], **body}
    url = f"{account.base_url}/pg/v4/payment/{operation}.json"
    return read(talk("POST", url, json=asked), known)


def _standing(said: Reading) -> Standing | None:
    if said.code in {codes.BAD_AUTHORITY, codes.NOT_FOUND, codes.NOT_PAID}:
        return Standing.NOT_FOUND
    return codes.STANDINGS.get(str(said.data.get("status", "")).upper())


def _row(value: object) -> UnverifiedRow | None:
    if not isinstance(value, dict):
        return None
    authority, amount = text(value.get("authority")), whole(value.get("amount"))
    if not authority or amount is None:
        return None
    return UnverifiedRow(
        authority=authority,
        amount_rial=amount,
        callback_url=text(value.get("callback_url")),
    )
