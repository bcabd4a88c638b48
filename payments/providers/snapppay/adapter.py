"""SnappPay as the contract wants it: verify, then settle; status has the last word."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar, Final

import httpx

from payments.providers.contract import (
    Account,
    CallbackClaim,
    Capabilities,
    CartAnswer,
    CartItem,
    Confirmation,
    Eligibility,
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
from payments.providers.snapppay import wire
from payments.providers.snapppay.cart import cart_list
from payments.providers.snapppay.wire import Word
from payments.providers.values import text

# Asked for by SnappPay itself: a verification may take a minute, then its status is asked.
_VERIFY_TIMEOUT: Final = httpx.Timeout(60.0, connect=3.0)
# A verification, its status and the settlement after it, all as slow as they may be.
_LEASE: Final = timedelta(minutes=3)
# The question stands on the checkout page.
_ELIGIBLE_TIMEOUT: Final = httpx.Timeout(4.0, connect=2.0)
# No window is published; these are past any seen.
_FINALITY: Final = timedelta(minutes=60)
_REVERSE_WINDOW: Final = timedelta(days=1)
_MOBILE: Final = re.compile("9[0-9]{9}")
_METHOD: Final = "INSTALLMENT"
_SETTLED: Final = "SETTLE"
GONE_BACK: Final = frozenset({"REVERT", "CANCEL"})
_UNDO: Final[Mapping[str, str]] = {"VERIFY": "revert", _SETTLED: "cancel"}
_AFTER_SETTLE: Final[Mapping[str, Outcome]] = {
    _SETTLED: Outcome.ALREADY,
    "VERIFY": Outcome.NOT_ATTEMPTED,
    **dict.fromkeys(GONE_BACK, Outcome.DECLINED),
}


class SnappPay:
    """SnappPay: a session's amount is fixed by its token; what is verified must be settled.

    Whatever answer was not a clean yes is looked up by status, which alone decides.
    """

    name: ClassVar[str] = "snapppay"
    version: ClassVar[str] = "online.v1"
    capabilities: ClassVar[Capabilities] = Capabilities(
        inquiry=True,
        list_unverified=False,
        reverse=True,
        wire_units=MappingProxyType({"request": WireUnit.IRR, "update": WireUnit.IRR}),
        unverified=Unverified.AUTO_RETURN,
        min_rial=10_000,
        max_rial=2_000_000_000,
        description_chars=255,
        finality=_FINALITY,
        reverse_window=_REVERSE_WINDOW,
        needs_settle=True,
        lease=_LEASE,
        names_page=True,
    )

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return "pending" unless it is left out or "paid"."""
        return "" if credentials.get("pending", "") in {"", wire.PAID} else "pending"

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Ask for a payment token, with the cart; the answer says where the buyer goes."""
        body = {
            "amount": asked.amount_rial,
            "mobile": _mobile(asked.mobile),
            "paymentMethodTypeDto": _METHOD,
            "transactionId": asked.reference,
            "returnURL": asked.callback_url,
            "discountAmount": 0,
            "externalSourceAmount": 0,
            "cartList": cart_list(
                asked.items, amount_rial=asked.amount_rial, name=asked.description
            ),
        }
        sent = {name: value for name, value in body.items() if value != ""}
        word = wire.ask(account, "POST", "/payment/v1/token", sent)
        token, page = text(word.data.get("paymentToken")), text(word.data.get("paymentPageUrl"))
        useless = word.outcome is Outcome.OK and not (token and page)
        outcome = Outcome.UNKNOWN if useless else word.outcome
        return Opened(outcome=outcome, evidence=word.evidence, authority=token, address=page)

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return SnappPay's page; the address it told when the session was opened comes first."""
        return Redirect(url=f"{account.base_url}/pay?{httpx.QueryParams({'token': authority})}")

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read the token and what is said of the end; None without a token."""
        known = {name.lower(): value.strip() for name, value in params.items()}
        token = known.get("paymenttoken", "") or known.get("token", "")
        if not token:
            return None
        said = (known.get("state", "") or known.get("status", "")).upper()
        return CallbackClaim(
            authority=token, claims_success=said == "OK", references={"state": said}
        )

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Verify; anything but a clean yes, and a yes without an amount, is looked up."""
        word = wire.post(account, session, "verify", timeout=_VERIFY_TIMEOUT)
        if word.outcome is Outcome.NOT_ATTEMPTED:
            return Confirmation(outcome=word.outcome, evidence=word.evidence)
        if word.outcome is Outcome.OK and word.amount_rial is not None:
            return _confirmed(session, word, Outcome.OK)
        told = wire.status(account, session)
        stands = wire.standing(account, session, told)
        if word.outcome is Outcome.OK and told.outcome is not Outcome.OK:
            # What was taken is not known yet: the next look confirms again and hears the amount.
            return Confirmation(outcome=Outcome.UNKNOWN, evidence=told.evidence)
        if stands is Standing.CONFIRMED:
            outcome = Outcome.OK if word.outcome is Outcome.OK else Outcome.ALREADY
            return _confirmed(session, told, outcome)
        lost = word.outcome is Outcome.UNKNOWN and stands is not Standing.RETURNED
        refused = Outcome.UNKNOWN if lost or word.outcome is Outcome.OK else Outcome.DECLINED
        return Confirmation(outcome=refused, evidence=word.evidence)

    def settle(self, account: Account, session: Session) -> Settled:
        """Settle what was verified; whatever is not a yes is looked up."""
        word = wire.post(account, session, "settle")
        if word.outcome in {Outcome.OK, Outcome.NOT_ATTEMPTED}:
            return Settled(outcome=word.outcome, evidence=word.evidence)
        told = wire.status(account, session)
        outcome = _AFTER_SETTLE.get(told.status, Outcome.UNKNOWN)
        return Settled(outcome=outcome, evidence=word.evidence)

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """Ask for the status."""
        word = wire.status(account, session)
        if word.outcome is not Outcome.OK:
            outcome = Outcome.UNKNOWN if word.outcome is Outcome.DECLINED else word.outcome
            return Inquiry(outcome=outcome, evidence=word.evidence)
        stands = wire.standing(account, session, word)
        return Inquiry(
            outcome=Outcome.OK if stands else Outcome.UNKNOWN,
            evidence=word.evidence,
            standing=stands,
            amount_rial=word.amount_rial,
        )

    def list_unverified(self, account: Account) -> UnverifiedList:
        """There is no such list."""
        evidence = Evidence(asked={}, message="SnappPay lists no unverified payments")
        return UnverifiedList(outcome=Outcome.NOT_ATTEMPTED, evidence=evidence)

    def reverse(self, account: Account, session: Session) -> Reversed:
        """Take the whole back: revert before the settlement, cancel after it."""
        outcome, evidence = self._undo(account, session)
        return Reversed(outcome=outcome, evidence=evidence)

    def eligibility(self, account: Account, *, amount_rial: int, mobile: str) -> Eligibility:
        """Ask whether this amount may be paid later; SnappPay wants no mobile for that."""
        path = f"/offer/v1/eligible?amount={amount_rial}"
        word = wire.ask(account, "GET", path, timeout=_ELIGIBLE_TIMEOUT)
        return Eligibility(
            outcome=word.outcome,
            evidence=word.evidence,
            eligible=word.data.get("eligible") is True,
            title=text(word.data.get("title_message") or word.data.get("title")),
            description=text(word.data.get("description")),
        )

    def update_cart(
        self, account: Account, session: Session, *, amount_rial: int, items: Sequence[CartItem]
    ) -> CartAnswer:
        """Make a settled cart smaller; an answer that was lost is looked up by its amount."""
        body = {
            "amount": amount_rial,
            "paymentMethodTypeDto": _METHOD,
            "paymentToken": session.authority,
            "discountAmount": 0,
            "externalSourceAmount": 0,
            "cartList": cart_list(items, amount_rial=amount_rial, name=session.reference),
        }
        word = wire.ask(account, "POST", "/payment/v1/update", body)
        outcome = word.outcome
        if outcome in {Outcome.UNKNOWN, Outcome.DECLINED}:
            done = wire.status(account, session).amount_rial == amount_rial
            outcome = Outcome.ALREADY if done else outcome
        return CartAnswer(outcome=outcome, evidence=word.evidence)

    def cancel_full(self, account: Account, session: Session) -> CartAnswer:
        """Take a whole settled payment back."""
        outcome, evidence = self._undo(account, session)
        return CartAnswer(outcome=outcome, evidence=evidence)

    def _undo(self, account: Account, session: Session) -> tuple[Outcome, Evidence]:
        """Ask first which of the two fits; a lost answer is looked up again."""
        told = wire.status(account, session)
        if told.outcome is not Outcome.OK or told.status in GONE_BACK:
            known = Outcome.ALREADY if told.outcome is Outcome.OK else told.outcome
            return known, told.evidence
        verb = _UNDO.get(told.status)
        if verb is None:
            # Not verified: nothing of it is ours, and it goes back by itself.
            return Outcome.DECLINED, told.evidence
        word = wire.post(account, session, verb)
        if word.outcome in {Outcome.OK, Outcome.NOT_ATTEMPTED}:
            return word.outcome, word.evidence
        back = wire.status(account, session).status in GONE_BACK
        return Outcome.ALREADY if back else word.outcome, word.evidence


def _mobile(asked: str) -> str:
    """Write a mobile as SnappPay wants it, +989…; one of another country is left out."""
    digits = asked.removeprefix("+98").removeprefix("0")
    return f"+98{digits}" if _MOBILE.fullmatch(digits) else ""


def _confirmed(session: Session, word: Word, outcome: Outcome) -> Confirmation:
    """Compare what was told with what we asked; the token itself fixes an amount left out."""
    taken = word.amount_rial
    order = text(word.data.get("transactionId"))
    ours = taken in {None, session.amount_rial} and order in {"", session.reference}
    return Confirmation(
        outcome=outcome if ours else Outcome.MISMATCH,
        evidence=word.evidence,
        amount_rial=session.amount_rial if taken is None else taken,
        provider_ref=text(word.data.get("referenceNumber")) or session.authority,
    )
