"""SEP as the contract wants it: token, verification by RefNum, reversal; no inquiry at all."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar, Final

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
    Unverified,
    UnverifiedList,
    WireUnit,
)
from payments.providers.sep import codes
from payments.providers.talk import Heard, talk
from payments.providers.values import local_mobile, text, whole

_TOKEN: Final = "/onlinepg/onlinepg"  # noqa: S105 - a path
_PAGE: Final = "/OnlinePG/OnlinePG"
_VERIFY: Final = "/verifyTxnRandomSessionkey/ipg/VerifyTransaction"
_REVERSE: Final = "/verifyTxnRandomSessionkey/ipg/ReverseTransaction"
_PAID_STATUS: Final = "2"
_WINDOW: Final = timedelta(minutes=30)
# How long a token stays payable is not published; this is past that and its window.
_FINALITY: Final = timedelta(minutes=60)
_YES: Final = frozenset({Outcome.OK, Outcome.ALREADY})
_AMOUNTS: Final = ("OrginalAmount", "OriginalAmount")
_REFERENCES: Final = ("RefNum", "ResNum", "TraceNo", "RRN")
_NO_INQUIRY: Final = "SEP has no inquiry"
_ANOTHER: Final = "ResNum is another order's"
_NO_REFERENCE: Final = "the buyer has not come back with a RefNum"


class Sep:
    """SEP: the bank sends money back unless it is verified by RefNum within half an hour.

    RefNum reaches us by the buyer's browser alone. Verifying it again says success again, so a
    lost answer is found out by verifying once more; that a RefNum pays once is our promise.
    """

    name: ClassVar[str] = "sep"
    version: ClassVar[str] = "onlinepg.1"
    capabilities: ClassVar[Capabilities] = Capabilities(
        inquiry=False,
        list_unverified=False,
        reverse=True,
        wire_units=MappingProxyType({"request": WireUnit.IRR, "confirm": WireUnit.IRR}),
        unverified=Unverified.AUTO_RETURN,
        min_rial=1_000,
        max_rial=2_000_000_000,
        description_chars=50,
        finality=_FINALITY,
        reverse_window=_WINDOW,
        verify_window=_WINDOW,
        reference_once=True,
        needs_return=True,
    )

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return the first ill-shaped credential: the terminal is a number."""
        if whole(credentials.get("terminal_id", "")) is None:
            return "terminal_id"
        return "" if credentials.get("minus_two", "") in codes.MINUS_TWO else "minus_two"

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Ask for a token."""
        body = {
            "action": "token",
            "TerminalId": account.credentials["terminal_id"],
            "Amount": asked.amount_rial,
            "ResNum": asked.reference,
            "RedirectUrl": asked.callback_url,
            "CellNumber": local_mobile(asked.mobile),
        }
        sent = {name: value for name, value in body.items() if value != ""}
        heard = talk("POST", f"{account.base_url}{_TOKEN}", json=sent)
        answer = _object(heard)
        token, code = text(answer.get("token")), whole(answer.get("errorCode"))
        evidence = heard.evidence(
            code=text(answer.get("errorCode")), message=text(answer.get("errorDesc"))
        )
        if heard.failure:
            return Opened(outcome=heard.failure, evidence=evidence)
        if whole(answer.get("status")) == codes.ISSUED and token:
            return Opened(outcome=Outcome.OK, evidence=evidence, authority=token)
        refusal = Outcome.UNKNOWN if code is None else codes.REQUEST.get(code, Outcome.UNKNOWN)
        return Opened(outcome=refusal, evidence=evidence)

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return the bank's page; the browser must send a Referer along."""
        fields = {"Token": authority, "GetMethod": ""}
        return Redirect(url=f"{account.base_url}{_PAGE}", method="POST", fields=fields)

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read Token, State and Status, and the RefNum to verify by; None without a token."""
        known = {name.lower(): value.strip() for name, value in params.items()}
        token = known.get("token", "")
        if not token:
            return None
        paid = known.get("status", _PAID_STATUS) == _PAID_STATUS
        success = known.get("state", "").upper() == "OK" and paid and bool(known.get("refnum"))
        found = {name: known[name.lower()] for name in _REFERENCES if known.get(name.lower())}
        return CallbackClaim(
            authority=token,
            claims_success=success,
            references=found,
            masked_pan=known.get("securepan", ""),
            reason="" if success else known.get("status", ""),
        )

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Verify by RefNum; what was really taken must be exactly what we asked."""
        claimed = session.callback_references
        if not claimed.get("RefNum"):
            return Confirmation(outcome=Outcome.NOT_ATTEMPTED, evidence=_unasked(_NO_REFERENCE))
        if _is_another_orders(session):
            return Confirmation(outcome=Outcome.MISMATCH, evidence=_unasked(_ANOTHER))
        heard = self._ask(account, _VERIFY, session)
        answer = _object(heard)
        outcome = _outcome(account, heard, answer, codes.VERIFY)
        evidence = _evidence(heard, answer)
        if outcome not in _YES:
            return Confirmation(outcome=outcome, evidence=evidence)
        return _confirmed(account, session, answer, outcome, evidence)

    def settle(self, account: Account, session: Session) -> Settled:
        """Nothing to do: a verified payment is settled."""
        return Settled(outcome=Outcome.OK, evidence=Evidence(asked={}))

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """There is no inquiry; a doubt is resolved by confirming again."""
        return Inquiry(outcome=Outcome.NOT_ATTEMPTED, evidence=_unasked(_NO_INQUIRY))

    def list_unverified(self, account: Account) -> UnverifiedList:
        """There is no such list."""
        return UnverifiedList(outcome=Outcome.NOT_ATTEMPTED, evidence=_unasked(_NO_INQUIRY))

    def reverse(self, account: Account, session: Session) -> Reversed:
        """Reverse by RefNum, within half an hour; never a RefNum of another order."""
        if not session.callback_references.get("RefNum"):
            return Reversed(outcome=Outcome.DECLINED, evidence=_unasked(_NO_REFERENCE))
        if _is_another_orders(session):
            return Reversed(outcome=Outcome.DECLINED, evidence=_unasked(_ANOTHER))
        heard = self._ask(account, _REVERSE, session)
        answer = _object(heard)
        outcome = _outcome(account, heard, answer, codes.REVERSE)
        return Reversed(outcome=outcome, evidence=_evidence(heard, answer))

    def _ask(self, account: Account, path: str, session: Session) -> Heard:
        body = {
            "RefNum": session.callback_references["RefNum"],
            "TerminalNumber": whole(account.credentials["terminal_id"]),
        }
        return talk("POST", f"{account.base_url}{path}", json=body)


def _is_another_orders(session: Session) -> bool:
    return session.callback_references.get("ResNum", session.reference) != session.reference


def _unasked(why: str) -> Evidence:
    return Evidence(asked={}, message=why)


def _object(heard: Heard) -> dict[str, Any]:
    """Return the answer's object; {} for what cannot be an answer of SEP's."""
    answer = heard.answer
    if answer is None or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return {}
    return answer.json if isinstance(answer.json, dict) else {}


def _evidence(heard: Heard, answer: Mapping[str, Any]) -> Evidence:
    code, message = text(answer.get("ResultCode")), text(answer.get("ResultDescription"))
    return heard.evidence(code=code, message=message)


def _outcome(
    account: Account, heard: Heard, answer: Mapping[str, Any], known: Mapping[int, Outcome]
) -> Outcome:
    """Believe a yes only when `Success` agrees with the code; "too many" was not looked at."""
    if heard.failure:
        return heard.failure
    if heard.answer and heard.answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome.NOT_ATTEMPTED
    minus_two = account.credentials.get("minus_two", "")
    outcome = codes.outcome_of(whole(answer.get("ResultCode")), known, minus_two)
    says_yes = answer.get("Success") is True
    contradicts = (outcome is Outcome.OK) != says_yes and outcome is not Outcome.ALREADY
    return Outcome.UNKNOWN if contradicts else outcome


def _confirmed(
    account: Account,
    session: Session,
    answer: Mapping[str, Any],
    outcome: Outcome,
    evidence: Evidence,
) -> Confirmation:
    found = answer.get("TransactionDetail")
    detail: Mapping[str, Any] = found if isinstance(found, dict) else {}
    taken = whole(detail.get("AffectiveAmount"))
    reference = session.callback_references["RefNum"]
    if taken is None:
        # A yes to we know not what: the same question may be asked again.
        return Confirmation(outcome=Outcome.UNKNOWN, evidence=evidence)
    ours = (
        taken == session.amount_rial
        and _is_or_silent(_original(detail), session.amount_rial)
        and _is_or_silent(
            whole(detail.get("TerminalNumber")), whole(account.credentials["terminal_id"])
        )
        and _is_or_silent(text(detail.get("RefNum")) or None, reference)
    )
    return Confirmation(
        outcome=outcome if ours else Outcome.MISMATCH,
        evidence=evidence,
        amount_rial=taken,
        provider_ref=reference,
        masked_pan=text(detail.get("MaskedPan")),
        card_hash=text(detail.get("HashedPan")),
    )


def _original(detail: Mapping[str, Any]) -> int | None:
    """Return what was asked of the card; its name is written in two ways."""
    return next((whole(detail[name]) for name in _AMOUNTS if name in detail), None)


def _is_or_silent(said: object, wanted: object) -> bool:
    return said is None or said == wanted
