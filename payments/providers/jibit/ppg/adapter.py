"""The gateway: purchases in rial only, ids of 64 bits, a verify that never tells the amount."""

from collections.abc import Mapping
from datetime import timedelta
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
    UnverifiedRow,
    WireUnit,
)
from payments.providers.jibit.line import Json, Said, Service, ask
from payments.providers.jibit.ppg import codes
from payments.providers.jibit.ppg.refunds import PpgRefunds
from payments.providers.jibit.ppg.report import PpgReports, taken
from payments.providers.values import first_object, local_mobile, text, whole

PPG: Final = Service(
    name="jibit_ppg",
    login="/v3/tokens",
    refresh="/v3/tokens/refresh",
    refresh_tells_access=False,
)
_PAGE_ROWS: Final = 250
_PAGES: Final = 20


class JibitPpg(PpgRefunds, PpgReports):
    """A facilitator that sends the money back unless a purchase is verified in 15 minutes."""

    name: ClassVar[str] = "jibit_ppg"
    version: ClassVar[str] = "v3"
    service: ClassVar[Service] = PPG
    capabilities: ClassVar[Capabilities] = Capabilities(
        inquiry=True,
        list_unverified=True,
        reverse=True,
        wire_units=MappingProxyType(
            {"request": WireUnit.IRR, "confirm": WireUnit.IRR, "list_unverified": WireUnit.IRR}
        ),
        unverified=Unverified.AUTO_RETURN,
        min_rial=5_000,
        max_rial=2_000_000_000,
        description_chars=256,
        finality=timedelta(minutes=30),
        # Not published; the provider judges it and says purchase.not_reversible.
        reverse_window=timedelta(minutes=30),
        verify_window=timedelta(minutes=15),
        names_page=True,
    )

    def malformed(self, credentials: Mapping[str, str]) -> str:
        """Return the name of a missing key."""
        names = ("api_key", "secret_key")
        return next((name for name in names if not credentials.get(name, "").strip()), "")

    def request(self, account: Account, asked: PaymentRequest) -> Opened:
        """Open a purchase for an amount in rial; our reference is the client's."""
        body = {
            "amount": asked.amount_rial,
            "currency": WireUnit.IRR.value,
            "clientReferenceNumber": asked.reference,
            "callbackUrl": asked.callback_url,
            "description": asked.description[: self.capabilities.description_chars],
        }
        mobile = local_mobile(asked.mobile)
        if mobile:
            body["payerMobileNumber"] = mobile
        said = ask(account, PPG, ("POST", "/v3/purchases"), codes.REQUEST, json=body)
        authority, address = _id(said.body), text(said.body.get("pspSwitchingUrl"))
        complete = bool(authority and address)
        outcome = said.outcome if complete or said.outcome is not Outcome.OK else Outcome.UNKNOWN
        return Opened(outcome=outcome, evidence=said.evidence, authority=authority, address=address)

    def redirect(self, account: Account, authority: str) -> Redirect:
        """Return the usual address; the one a purchase came with is kept and goes before it."""
        return Redirect(url=f"{account.base_url}/v3/purchases/{quote(authority)}/payments")

    def parse_callback(self, params: Mapping[str, str]) -> CallbackClaim | None:
        """Read `purchaseId` and `status`; UNKNOWN claims nothing."""
        authority = text(params.get("purchaseId", ""))
        if not authority:
            return None
        success = params.get("status", "").strip().upper() == "SUCCESSFUL"
        return CallbackClaim(
            authority=authority,
            claims_success=success,
            masked_pan=text(params.get("payerMaskedCardNumber", "")),
            reason="" if success else text(params.get("failReason", "")),
        )

    def confirm(self, account: Account, session: Session) -> Confirmation:
        """Verify, then read what was verified: verify itself tells no amount."""
        path = f"/v3/purchases/{quote(session.authority)}/verify"
        said = ask(account, PPG, ("POST", path), codes.VERIFY)
        outcome = _worded(said, codes.VERIFIED)
        if outcome not in {Outcome.OK, Outcome.ALREADY}:
            return Confirmation(outcome=outcome, evidence=said.evidence)
        read, row = self._purchase(account, session)
        if read.outcome is not Outcome.OK or _standing(row) is not Standing.CONFIRMED:
            # It is verified, for an amount nobody told us yet.
            return Confirmation(outcome=Outcome.UNKNOWN, evidence=read.evidence)
        return _confirmed(outcome, read.evidence, row, session)

    def settle(self, account: Account, session: Session) -> Settled:
        """Nothing to do: a verified purchase is settled."""
        return Settled(outcome=Outcome.OK, evidence=Evidence(asked={}))

    def inquire(self, account: Account, session: Session) -> Inquiry:
        """Ask for the purchase; its state UNKNOWN is no answer yet."""
        said, row = self._purchase(account, session)
        if said.outcome is not Outcome.OK:
            return Inquiry(outcome=said.outcome, evidence=said.evidence)
        if not row:
            return Inquiry(outcome=Outcome.OK, evidence=said.evidence, standing=Standing.NOT_FOUND)
        if text(row.get("clientReferenceNumber")) != session.reference:
            return Inquiry(outcome=Outcome.MISMATCH, evidence=said.evidence)
        standing = _standing(row)
        return Inquiry(
            outcome=Outcome.OK if standing else Outcome.UNKNOWN,
            evidence=said.evidence,
            standing=standing,
            amount_rial=taken(row),
            contradiction=row.get("hasContradiction") is True
            or row.get("state") == "MANUALLY_SUCCESS",
        )

    def list_unverified(self, account: Account) -> UnverifiedList:
        """Ask for the purchases that are ready to be verified, page after page."""
        rows: list[UnverifiedRow] = []
        for page in range(1, _PAGES + 1):
            query = {"status": "READY_TO_VERIFY", "page": str(page), "size": str(_PAGE_ROWS)}
            said = ask(account, PPG, ("GET", "/v3/purchases"), {}, query=query)
            rows += filter(None, map(_row, _elements(said)))
            if said.outcome is not Outcome.OK or said.body.get("hasNext") is not True:
                break
        return UnverifiedList(outcome=said.outcome, evidence=said.evidence, rows=tuple(rows))

    def reverse(self, account: Account, session: Session) -> Reversed:
        """Reverse; whether this is enabled and still possible is the provider's to judge."""
        body = {"purchaseId": int(session.authority)}
        said = ask(account, PPG, ("POST", "/v3/purchases/reverse"), codes.REVERSE, json=body)
        return Reversed(outcome=_worded(said, codes.REVERSED), evidence=said.evidence)

    def _purchase(self, account: Account, session: Session) -> tuple[Said, Json]:
        query = {"purchaseId": session.authority}
        said = ask(account, PPG, ("GET", "/v3/purchases"), {}, query=query)
        row = next(iter(_elements(said)), {})
        if said.outcome is Outcome.OK and "elements" not in said.body:
            said = Said(Outcome.UNKNOWN, said.evidence)
        return said, row


def _worded(said: Said, words: Mapping[str, Outcome]) -> Outcome:
    """Return what the `status` of an answer means; the outcome of its error otherwise."""
    if said.outcome is not Outcome.OK:
        return said.outcome
    return words.get(text(said.body.get("status")), Outcome.UNKNOWN)


def _confirmed(outcome: Outcome, evidence: Evidence, row: Json, session: Session) -> Confirmation:
    amount = taken(row)
    ours = text(row.get("clientReferenceNumber")) == session.reference
    reference = text(row.get("pspRrn")) or _id(row)
    if not ours or amount != session.amount_rial:
        return Confirmation(
            outcome=Outcome.MISMATCH,
            evidence=evidence,
            amount_rial=amount,
            provider_ref=reference or None,
        )
    fees = [whole(row.get(name)) for name in ("fee", "shaparakFee")]
    return Confirmation(
        outcome=outcome,
        evidence=evidence,
        amount_rial=amount,
        provider_ref=reference or None,
        masked_pan=text(row.get("pspMaskedCardNumber")),
        card_hash=text(row.get("pspHashedCardNumber")),
        fee_rial=sum(fee or 0 for fee in fees),
    )


def _id(body: Mapping[str, Any]) -> str:
    """Return a purchase's id; as a number it may have lost digits on its way."""
    return text(body.get("purchaseIdStr")) or text(body.get("purchaseId"))


def _standing(row: Mapping[str, Any]) -> Standing | None:
    """Read the state; EXPIRED covers the unpaid and the paid, whose money goes back."""
    state = text(row.get("state"))
    if state == "EXPIRED" and text(row.get("pspRrn")):
        return Standing.RETURNED
    return codes.STANDINGS.get(state)


def _elements(said: Said) -> list[Json]:
    rows = said.body.get("elements")
    return [first_object(row) for row in rows] if isinstance(rows, list) else []


def _row(row: Json) -> UnverifiedRow | None:
    authority, amount = _id(row), taken(row)
    if not authority or amount is None:
        return None
    return UnverifiedRow(
        authority=authority, amount_rial=amount, callback_url=text(row.get("callbackUrl"))
    )
