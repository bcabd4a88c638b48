"""Vandar's gateway (IPG). Rial, as decimal strings in answers.

The verify tells its details once only, so the session is read first: another amount is never
verified and goes home by itself, and a verify whose answer was lost is still told by the reading.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import quote

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
    WireUnit,
)
from payments.providers.talk import talk
from payments.providers.values import local_mobile, text
from payments.providers.vandar.reading import Reading, read, rial

WAITING: Final = 1
VERIFIED: Final = 2
EXPIRED: Final = 3
_STANDINGS: Final = {
    0: Standing.NOT_FOUND,
    WAITING: Standing.PAID_UNCONFIRMED,
    VERIFIED: Standing.CONFIRMED,
    4: Standing.FAILED,
}
_CODES: Final = {
    0: Outcome.DECLINED,
    VERIFIED: Outcome.ALREADY,
    EXPIRED: Outcome.DECLINED,
    4: Outcome.DECLINED,
}
_DETAILS: Final = ("amount", "realAmount", "transId", "cardNumber", "cid", "factorNumber")


class VandarGateway:
    """A facilitator: twenty minutes to verify, no reversal, no list of unverified sessions."""

    name: ClassVar[str] = "vandar"
    version: ClassVar[str] = "v3"
    capabilities: ClassVar[Capabilities] = Capabilities(
        inquiry=True,
        list_unverified=False,
        reverse=False,
        wire_units=MappingProxyType({"request": WireUnit.IRR, "confirm": WireUnit.IRR}),
        unverified=Unverified.AUTO_RETURN,
        min_rial=1_000,
        max_rial=1_000_000_000,
        description_chars=255,
        finality=timedelta(minutes=45),
        reverse_window=timedelta(0),
        verify_window=timedelta(minutes=20),
        page_once=True,
    )

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return "api_key" when there is none."""
        return "" if credentials.get("api_key") else "api_key"

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Open a session for an amount in rial."""
        wanted = {"mobile_number": local_mobile(asked.mobile)}
        said = _ask(
            account,
            "send",
            {
                "amount": asked.amount_rial,
                "callback_url": asked.callback_url,
                "factorNumber": asked.reference,
                "description": asked.description[: self.capabilities.description_chars],
                **{name: value for name, value in wanted.items() if value},
            },
        )
        token = text(said.body.get("token"))
        outcome = said.outcome
        if outcome is Outcome.OK and not token:
            outcome = Outcome.UNKNOWN
        return Opened(outcome=outcome, evidence=said.evidence, authority=token)

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return the address of the bank's page; it opens once."""
        return Redirect(url=f"{account.host('ipg')}/v3/{quote(authority, safe='')}")

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read `token` and `payment_status`."""
        token = text(params.get("token"))
        if not token:
            return None
        success = text(params.get("payment_status")).upper() == "OK"
        return CallbackClaim(authority=token, claims_success=success)

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Read the session, compare, then verify; what was verified before is told by reading."""
        seen = _ask(account, "transaction", {"token": session.authority})
        if seen.outcome is Outcome.OK and seen.code == WAITING:
            return _verified(account, session, seen)
        if seen.outcome is Outcome.OK and seen.code == VERIFIED:
            return _confirmation(session, seen, Outcome.ALREADY)
        return Confirmation(outcome=_unverified(seen), evidence=seen.evidence)

    def settle(self, account: Account, session: Session) -> Settled:
        """Nothing to do: a verified payment is settled."""
        return Settled(outcome=Outcome.OK, evidence=Evidence(asked={}))

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """Read the session, changing nothing."""
        seen = _ask(account, "transaction", {"token": session.authority})
        standing = _standing(seen)
        outcome = seen.outcome if standing is None else Outcome.OK
        if standing is None and outcome in {Outcome.OK, Outcome.DECLINED}:
            outcome = Outcome.UNKNOWN
        return Inquiry(
            outcome=outcome,
            evidence=seen.evidence,
            standing=standing,
            amount_rial=rial(seen.body.get("amount")),
        )

    def list_unverified(self, account: Account) -> UnverifiedList:
        """There is no such list."""
        return UnverifiedList(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))

    def reverse(self, account: Account, session: Session) -> Reversed:
        """There is no reversal; see refunds."""
        return Reversed(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))


def _ask(account: Account, operation: str, body: Mapping[str, Any]) -> Reading:
    asked = {"api_key": account.credentials["api_key"], **body}
    return read(talk("POST", f"{account.host('ipg')}/api/v3/{operation}", json=asked))


def _unverified(seen: Reading) -> Outcome:
    """A reading that failed verified nothing, so that silence is no doubt."""
    if seen.status == HTTPStatus.NOT_FOUND:
        return Outcome.DECLINED
    if seen.outcome is Outcome.UNKNOWN:
        return Outcome.NOT_ATTEMPTED
    if seen.code is None:
        return seen.outcome if seen.outcome is not Outcome.OK else Outcome.UNKNOWN
    return _CODES.get(seen.code, Outcome.UNKNOWN)


def _verified(account: Account, session: Session, seen: Reading) -> Confirmation:
    planned = _confirmation(session, seen, Outcome.OK)
    if planned.outcome is not Outcome.OK:
        return planned
    said = _ask(account, "verify", {"token": session.authority})
    outcome = said.outcome
    if outcome is Outcome.OK and text(said.body.get("status")) != "1":
        outcome = Outcome.UNKNOWN if said.code is None else _CODES.get(said.code, Outcome.UNKNOWN)
    if outcome not in {Outcome.OK, Outcome.ALREADY}:
        return Confirmation(outcome=outcome, evidence=said.evidence)
    told = {name: said.body[name] for name in _DETAILS if said.body.get(name) is not None}
    whole_story = replace(said, body={**seen.body, **told})
    return _confirmation(session, whole_story, outcome)


def _confirmation(session: Session, seen: Reading, outcome: Outcome) -> Confirmation:
    """Compare. Where the buyer bears the wage, what we asked for is the amount credited."""
    body = seen.body
    charged, credited = rial(body.get("amount")), rial(body.get("realAmount"))
    order = text(body.get("factorNumber"))
    if charged is None:
        outcome = Outcome.UNKNOWN
    elif session.amount_rial not in {charged, credited} or order not in {"", session.reference}:
        outcome = Outcome.MISMATCH
    fits = outcome is not Outcome.MISMATCH
    return Confirmation(
        outcome=outcome,
        evidence=seen.evidence,
        amount_rial=session.amount_rial if fits and charged is not None else charged,
        provider_ref=text(body.get("transId")) or None,
        masked_pan=text(body.get("cardNumber")),
        card_hash=text(body.get("cid")),
        fee_rial=session.amount_rial - credited if fits and credited is not None else None,
    )


def _standing(seen: Reading) -> Standing | None:
    if seen.status == HTTPStatus.NOT_FOUND and seen.body:
        return Standing.NOT_FOUND
    if seen.outcome is not Outcome.OK or seen.code is None:
        return None
    if seen.code == EXPIRED:
        return Standing.RETURNED if seen.body.get("paymentDate") else Standing.FAILED
    return _STANDINGS.get(seen.code)
