"""Zibal's gateway, normal and lazy. Rial everywhere.

A verify that is repeated answers 201 without amount and reference, and none tells the wage: an
inquiry fills in what is missing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import quote

import httpx

from core.http import TIMEOUT
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
from payments.providers.values import local_mobile, text, whole
from payments.providers.zibal import codes
from payments.providers.zibal.reading import Reading, read

LAZY: Final = "lazy"
_YES: Final = frozenset({Outcome.OK, Outcome.ALREADY})
_TRUE: Final = frozenset({"1", "2", "true"})
# A buyer waits while the gaps are filled in; the money is confirmed already.
_PATIENCE: Final = httpx.Timeout(5.0, connect=3.0)


class ZibalGateway:
    """A facilitator; in lazy mode its server, not the buyer's browser, brings the result."""

    name: ClassVar[str] = "zibal"
    version: ClassVar[str] = "v1"
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
    )

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return the name of an ill-shaped credential; mode is empty, "normal" or "lazy"."""
        merchant = credentials.get("merchant", "")
        if not merchant or not merchant.isascii() or " " in merchant:
            return "merchant"
        if credentials.get("mode", "") not in {"", "normal", LAZY}:
            return "mode"
        return ""

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Open a session for an amount in rial."""
        wanted = {"orderId": asked.reference, "mobile": local_mobile(asked.mobile)}
        path = "/request/lazy" if account.credentials.get("mode") == LAZY else "/v1/request"
        said = _ask(
            account,
            path,
            codes.REQUEST,
            {
                "amount": asked.amount_rial,
                "callbackUrl": asked.callback_url,
                "description": asked.description[: self.capabilities.description_chars],
                **{name: value for name, value in wanted.items() if value},
            },
        )
        authority = text(said.body.get("trackId"))
        outcome = said.outcome
        if outcome is Outcome.OK and not authority:
            outcome = Outcome.UNKNOWN
        return Opened(outcome=outcome, evidence=said.evidence, authority=authority)

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return the address of the bank's page."""
        return Redirect(url=f"{account.base_url}/start/{quote(authority, safe='')}")

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read `trackId` and `success`, from a browser or from Zibal's own server."""
        authority = text(params.get("trackId"))
        if not authority:
            return None
        success = text(params.get("success")).lower() in _TRUE
        return CallbackClaim(authority=authority, claims_success=success)

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Verify, then compare the amount and the order that the provider tells with ours."""
        said = _ask(account, "/v1/verify", codes.CONFIRM, _track(session))
        if said.outcome not in _YES:
            return Confirmation(outcome=said.outcome, evidence=said.evidence)
        whole_story = _filled_in(account, session, said)
        confirmation = _confirmation(whole_story)
        return replace(confirmation, outcome=_judged(confirmation, whole_story, session))

    def settle(self, account: Account, session: Session) -> Settled:
        """Nothing to do: a verified payment is settled."""
        return Settled(outcome=Outcome.OK, evidence=Evidence(asked={}))

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """Ask for the session's standing."""
        said = _ask(account, "/v1/inquiry", codes.INQUIRE, _track(session))
        standing = _standing(said)
        outcome = said.outcome
        if outcome is Outcome.OK and standing is None:
            outcome = Outcome.UNKNOWN
        amount = whole(said.body.get("amount"))
        failed = standing is Standing.FAILED
        return Inquiry(
            outcome=outcome,
            evidence=said.evidence,
            standing=standing,
            amount_rial=amount,
            masked_pan=text(said.body.get("cardNumber")),
            reason=text(said.body.get("status")) if failed else "",
        )

    def list_unverified(self, account: Account) -> UnverifiedList:
        """There is no such list."""
        return UnverifiedList(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))

    def reverse(self, account: Account, session: Session) -> Reversed:
        """There is no reversal of its own: a whole refund asks for one by itself."""
        return Reversed(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))


def _ask(
    account: Account,
    path: str,
    known: Mapping[int, Outcome],
    body: Mapping[str, Any],
    timeout: httpx.Timeout = TIMEOUT,
) -> Reading:
    asked = {"merchant": account.credentials["merchant"], **body}
    url = f"{account.base_url}{path}"
    return read(talk("POST", url, json=asked, timeout=timeout), known)


def _track(session: Session) -> dict[str, Any]:
    number = whole(session.authority)
    return {"trackId": session.authority if number is None else number}


def _filled_in(account: Account, session: Session, said: Reading) -> Reading:
    """Return the verify's answer with what only the inquiry tells; both are evidence."""
    known = {codes.DONE: Outcome.OK}
    more = _ask(account, "/v1/inquiry", known, _track(session), timeout=_PATIENCE)
    if more.outcome is not Outcome.OK or _standing(more) is not Standing.CONFIRMED:
        return said
    told = {name: value for name, value in said.body.items() if value is not None}
    evidence = replace(
        said.evidence,
        answered={"verify": said.evidence.answered, "inquiry": more.evidence.answered},
    )
    return replace(said, body={**more.body, **told}, evidence=evidence)


def _confirmation(said: Reading) -> Confirmation:
    return Confirmation(
        outcome=said.outcome,
        evidence=said.evidence,
        amount_rial=whole(said.body.get("amount")),
        provider_ref=text(said.body.get("refNumber")) or None,
        masked_pan=text(said.body.get("cardNumber")),
        fee_rial=whole(said.body.get("wage")),
    )


def _judged(confirmation: Confirmation, said: Reading, session: Session) -> Outcome:
    order = text(said.body.get("orderId"))
    if confirmation.amount_rial is None:
        return Outcome.UNKNOWN
    if confirmation.amount_rial != session.amount_rial or (order and order != session.reference):
        return Outcome.MISMATCH
    return said.outcome


def _standing(said: Reading) -> Standing | None:
    if said.outcome is not Outcome.OK:
        return None
    if said.result == codes.NO_SESSION:
        return Standing.NOT_FOUND
    status = whole(said.body.get("status"))
    return None if status is None else codes.STANDINGS.get(status)
