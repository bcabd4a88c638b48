"""Behpardakht Mellat as the contract wants it: verify, then settle, or the bank sends it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

from core.calendar import TEHRAN
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
from payments.providers.mellat import codes
from payments.providers.soap import Soap
from payments.providers.values import text, whole

_SERVICE: Final = "/pgwchannel/services/pgw"
_PAGE: Final = "/pgwchannel/startpay.mellat"
_SOAP: Final = Soap(Path(__file__).with_name("pgw.wsdl"))
_LARGEST: Final = 2**63 - 1
# Neither the page's life nor the time for verifying is published; this is past any one seen.
_FINALITY: Final = timedelta(minutes=60)
_REVERSE_WINDOW: Final = timedelta(minutes=30)
_YES: Final = frozenset({Outcome.OK, Outcome.ALREADY})
_NO_REFERENCE: Final = "the buyer has not come back with a SaleReferenceId"
_ANOTHER: Final = "SaleOrderId is another order's"


@dataclass(frozen=True, slots=True)
class _Word:
    """An answer's code, what it means, what follows it, and the evidence."""

    outcome: Outcome
    code: int | None
    rest: str
    evidence: Evidence


class Mellat:
    """Behpardakht: SaleReferenceId comes by the buyer's browser; the bank pairs it with orderId.

    Our orderId is `number`, used once, and its amount was fixed when it was opened: a yes to the
    pair is a yes to that amount. What the browser says of the card is not believed.
    """

    name: ClassVar[str] = "mellat"
    version: ClassVar[str] = "pgw.1"
    capabilities: ClassVar[Capabilities] = Capabilities(
        inquiry=True,
        list_unverified=False,
        reverse=True,
        wire_units=MappingProxyType({"request": WireUnit.IRR}),
        unverified=Unverified.AUTO_RETURN,
        min_rial=1_000,
        max_rial=2_000_000_000,
        description_chars=255,
        finality=_FINALITY,
        reverse_window=_REVERSE_WINDOW,
        needs_settle=True,
        needs_return=True,
    )

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return "terminal_id" unless it is a number."""
        return "" if whole(credentials.get("terminal_id", "")) is not None else "terminal_id"

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Open a sale under our own number; the answer is a code and a RefId."""
        if not 0 < asked.number <= _LARGEST:
            raise ValueError("Mellat needs a number of its own for each try")
        at = datetime.now(TEHRAN)
        word = self._ask(
            account,
            "bpPayRequest",
            codes.REQUEST,
            {
                "orderId": asked.number,
                "amount": asked.amount_rial,
                "localDate": f"{at:%Y%m%d}",
                "localTime": f"{at:%H%M%S}",
                "additionalData": asked.description[: self.capabilities.description_chars],
                "callBackUrl": asked.callback_url,
                "payerId": "0",
            },
        )
        unnamed = word.outcome is Outcome.OK and not word.rest
        outcome = Outcome.UNKNOWN if unnamed else word.outcome
        return Opened(outcome=outcome, evidence=word.evidence, authority=word.rest)

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return the bank's page, which wants a form."""
        url = f"{account.base_url}{_PAGE}"
        return Redirect(url=url, method="POST", fields={"RefId": authority})

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read RefId, ResCode and the sale's two numbers; None without a RefId."""
        known = {name.lower(): value.strip() for name, value in params.items()}
        authority = known.get("refid", "")
        if not authority:
            return None
        references = {
            name: known[name.lower()]
            for name in ("SaleOrderId", "SaleReferenceId")
            if whole(known.get(name.lower())) is not None
        }
        paid = whole(known.get("rescode")) == codes.DONE and "SaleReferenceId" in references
        return CallbackClaim(
            authority=authority,
            claims_success=paid,
            references=references,
            reason="" if paid else known.get("rescode", ""),
        )

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Verify. 43 was verified before: go on and settle."""
        reference = whole(session.callback_references.get("SaleReferenceId"))
        if reference is None:
            return Confirmation(outcome=Outcome.NOT_ATTEMPTED, evidence=_unasked(_NO_REFERENCE))
        if _is_another_orders(session):
            return Confirmation(outcome=Outcome.MISMATCH, evidence=_unasked(_ANOTHER))
        word = self._ask(account, "bpVerifyRequest", codes.VERIFY, _sale(session))
        if word.outcome not in _YES:
            return Confirmation(outcome=word.outcome, evidence=word.evidence)
        return Confirmation(
            outcome=word.outcome,
            evidence=word.evidence,
            amount_rial=session.amount_rial,
            provider_ref=str(reference),
        )

    def settle(self, account: Account, session: Session) -> Settled:
        """Settle what was verified; asked again it says 45, settled before."""
        if not _can_ask(session):
            return Settled(outcome=Outcome.NOT_ATTEMPTED, evidence=_unasked(_NO_REFERENCE))
        word = self._ask(account, "bpSettleRequest", codes.SETTLE, _sale(session))
        return Settled(outcome=word.outcome, evidence=word.evidence)

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """Ask where the sale stands; without a SaleReferenceId there is nothing to ask by."""
        if not _can_ask(session):
            return Inquiry(outcome=Outcome.NOT_ATTEMPTED, evidence=_unasked(_NO_REFERENCE))
        word = self._ask(account, "bpInquiryRequest", codes.INQUIRE, _sale(session))
        standing = None
        if word.outcome is Outcome.OK and word.code is not None:
            standing = codes.STANDINGS[word.code]
        return Inquiry(outcome=word.outcome, evidence=word.evidence, standing=standing)

    def list_unverified(self, account: Account) -> UnverifiedList:
        """There is no such list."""
        evidence = _unasked("Mellat lists no unverified sales")
        return UnverifiedList(outcome=Outcome.NOT_ATTEMPTED, evidence=evidence)

    def reverse(self, account: Account, session: Session) -> Reversed:
        """Send the sale back, before it is settled for good."""
        if not _can_ask(session):
            return Reversed(outcome=Outcome.DECLINED, evidence=_unasked(_NO_REFERENCE))
        word = self._ask(account, "bpReversalRequest", codes.REVERSE, _sale(session))
        return Reversed(outcome=word.outcome, evidence=word.evidence)

    def _ask(
        self,
        account: Account,
        operation: str,
        known: Mapping[int, Outcome],
        values: Mapping[str, Any],
    ) -> _Word:
        who = {
            "terminalId": whole(account.credentials["terminal_id"]),
            "userName": account.credentials["username"],
            "userPassword": account.credentials["password"],
        }
        heard, said = _SOAP.call(f"{account.base_url}{_SERVICE}", operation, {**who, **values})
        first, _, rest = text(said).partition(",")
        code = whole(first)
        evidence = heard.evidence(code=first if code is not None else "")
        return _Word(heard.failure or _meaning(code, known, heard.answer), code, rest, evidence)


def _meaning(code: int | None, known: Mapping[int, Outcome], answer: Any) -> Outcome:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome.NOT_ATTEMPTED
    return Outcome.UNKNOWN if code is None else known.get(code, Outcome.UNKNOWN)


def _sale(session: Session) -> dict[str, int | None]:
    return {
        "orderId": session.number,
        "saleOrderId": session.number,
        "saleReferenceId": whole(session.callback_references["SaleReferenceId"]),
    }


def _can_ask(session: Session) -> bool:
    """Tell whether the return brought a reference, and one of this very order."""
    has_one = whole(session.callback_references.get("SaleReferenceId")) is not None
    return has_one and not _is_another_orders(session)


def _is_another_orders(session: Session) -> bool:
    claimed = session.callback_references.get("SaleOrderId", "")
    return whole(claimed) not in {None, session.number}


def _unasked(why: str) -> Evidence:
    return Evidence(asked={}, message=why)
