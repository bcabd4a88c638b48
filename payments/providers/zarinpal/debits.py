"""Zarinpal payman: a signed contract whose `signature` is the right to debit.

A debit is a payment session checked out by signature, so its authority is its key. There is no
inquiry of contracts, and no word when a customer ends one at the bank: the next debit tells.
"""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar, Final
from urllib.parse import quote

from core.calendar import TEHRAN
from payments.providers.contract import (
    Account,
    Banks,
    DebitAnswer,
    DebitBank,
    DebitCapabilities,
    DebitOrder,
    DebitStanding,
    Evidence,
    Failure,
    MandateAnswer,
    MandateClaim,
    MandateOpened,
    MandateRequest,
    MandateStanding,
    Outcome,
    Redirect,
    Retries,
    SignedMandate,
    WireUnit,
)
from payments.providers.talk import talk
from payments.providers.values import first_object, local_mobile, text, whole
from payments.providers.zarinpal.codes import BAD_AUTHORITY, NOT_FOUND, NOT_PAID, PAID, VERIFIED

# The two banks of the provider's own document; another code stands for itself until it is known.
_BANKS: Final = {"SABCIR": "056", "SINAIR": "059"}
# The terminal or the request was refused before anything happened.
_REFUSED: Final = frozenset({-9, -10, -11, -12, -15, -16, -17, -19, -74, -80})
_NO_SUCH: Final = frozenset({BAD_AUTHORITY, NOT_FOUND})
# Codes of a refused checkout are not published; these are seen ones, to be checked with the panel.
_FAILURES: Final = {NOT_PAID: Failure.NO_FUNDS, -13: Failure.CAP, -52: Failure.BANK_DOWN}
_STANDINGS: Final = {
    "PAID": DebitStanding.DONE,
    "VERIFIED": DebitStanding.DONE,
    "IN_BANK": DebitStanding.NOT_FOUND,
    "FAILED": DebitStanding.FAILED,
    "REVERSED": DebitStanding.REFUNDED,
}


class ZarinpalDebits:
    """Direct debit by contract; every amount is rial."""

    version: ClassVar[str] = "payman.1"
    debits: ClassVar[DebitCapabilities] = DebitCapabilities(
        retries=Retries.PLATFORM,
        confirm_within=None,
        mandate_inquiry=False,
        debit_inquiry=True,
        cancel_debit=False,
        idempotent=False,
        min_expiry=timedelta(days=30),
        min_rial=10_000,
        wire_unit=WireUnit.IRR,
        finality=timedelta(hours=72),
        opens_first=True,
        confirm_unasked=True,
    )

    def banks(self, account: Account) -> Banks:
        """Ask for the banks and their daily caps; null is no cap."""
        said = _Said(account, "payman/banksList", method="GET")
        rows = said.data.get("banks")
        return Banks(
            outcome=said.outcome,
            evidence=said.evidence,
            rows=tuple(_bank(row) for row in rows if isinstance(row, dict))
            if isinstance(rows, list)
            else (),
        )

    def create_mandate(self, account: Account, asked: MandateRequest) -> MandateOpened:
        """Open a contract; numbers go as text."""
        body = {
            "mobile": local_mobile(asked.mobile),
            "ssn": asked.national_code,
            "expire_at": asked.expires_at.astimezone(TEHRAN).strftime("%Y-%m-%d %H:%M:%S"),
            "max_daily_count": str(asked.max_day_count),
            "max_monthly_count": str(asked.max_month_count),
            "max_amount": str(asked.max_debit_rial),
            "callback_url": asked.callback_url,
        }
        said = _Said(account, "payman/request", {n: v for n, v in body.items() if v})
        return said.opened("payman_authority")

    def mandate_redirect(self, account: Account, authority: str, bank_code: str) -> Redirect:
        """Return the address of the signing page."""
        place = f"{quote(authority, safe='')}/{quote(bank_code, safe='')}"
        return Redirect(url=f"{account.host('www')}/pg/StartPayman/{place}")

    def parse_mandate_callback(self, params: Mapping[str, str]) -> MandateClaim | None:
        """Read `payman_authority` and `status`."""
        known = {name.lower(): value.strip() for name, value in params.items()}
        authority, status = known.get("payman_authority", ""), known.get("status", "").upper()
        if not authority:
            return None
        return MandateClaim(authority=authority, claims_success=status == "OK", code=status)

    def confirm_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """Fetch the signature; an answer without one gives no right to debit."""
        said = _Said(account, "payman/verify", {"payman_authority": mandate.authority})
        secret = text(said.data.get("signature"))
        if said.outcome is Outcome.OK and not secret:
            return MandateAnswer(outcome=Outcome.UNKNOWN, evidence=said.evidence)
        standing = MandateStanding.ACTIVE if said.outcome is Outcome.OK else None
        return MandateAnswer(
            outcome=said.outcome, evidence=said.evidence, standing=standing, secret=secret
        )

    def inquire_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """Nobody can be asked."""
        return MandateAnswer(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))

    def revoke_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """End a contract; one that was never signed has nothing to end."""
        if not mandate.secret:
            return MandateAnswer(outcome=Outcome.OK, evidence=Evidence(asked={}))
        said = _Said(account, "payman/cancelContract", {"signature": mandate.secret})
        outcome = Outcome.ALREADY if said.names("signature") else said.outcome
        return MandateAnswer(outcome=outcome, evidence=said.evidence)

    def prepare_debit(self, account: Account, order: DebitOrder) -> MandateOpened:
        """Open the session the checkout pays; alone it moves nothing."""
        body = {
            "amount": order.amount_rial,
            "currency": WireUnit.IRR.value,
            "description": order.description[:500] or order.key,
            "callback_url": order.notify_url,
            "metadata": {"order_id": order.key},
        }
        return _Said(account, "payment/request", body).opened("authority")

    def debit(self, account: Account, order: DebitOrder) -> DebitAnswer:
        """Check the session out."""
        body = {"authority": order.authority, "signature": order.mandate.secret}
        said = _Said(account, "payman/checkout", body)
        if said.names("signature"):
            return _failed(said, Failure.MANDATE)
        if said.code in _FAILURES:
            return _failed(said, _FAILURES[said.code])
        if said.code not in {PAID, VERIFIED}:
            return DebitAnswer(outcome=said.outcome, evidence=said.evidence)
        return DebitAnswer(
            outcome=Outcome.OK if said.code == PAID else Outcome.ALREADY,
            evidence=said.evidence,
            standing=DebitStanding.DONE,
            reference=text(said.data.get("refrence_id")),
            amount_rial=whole(said.data.get("amount")),
        )

    def inquire_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        """Ask for the session's standing; one nobody paid is not found, until it cannot be."""
        said = _Said(account, "payment/inquiry", {"authority": order.authority})
        if said.code in _NO_SUCH:
            standing: DebitStanding | None = DebitStanding.NOT_FOUND
        else:
            standing = _STANDINGS.get(text(said.data.get("status")).upper())
        outcome = Outcome.OK if standing else Outcome.UNKNOWN
        failure = Failure.OTHER if standing is DebitStanding.FAILED else None
        return DebitAnswer(
            outcome=outcome,
            evidence=said.evidence,
            standing=standing,
            failure=failure,
            reference=reference,
        )

    def cancel_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        """A checkout is done at once and cannot be taken back."""
        return DebitAnswer(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))

    def parse_debit_event(self, body: Mapping[str, str]) -> str:
        """This provider sends no messages."""
        return ""


class _Said:
    """One call and how it is understood. Anything undocumented is UNKNOWN."""

    def __init__(
        self,
        account: Account,
        operation: str,
        body: Mapping[str, Any] | None = None,
        *,
        method: str = "POST",
    ) -> None:
        asked = None
        if method == "POST":
            asked = {"merchant_id": account.credentials["merchant_id"], **(body or {})}
        heard = talk(method, f"{account.base_url}/pg/v4/{operation}.json", json=asked)
        answer = heard.answer
        whole_body = answer.json if answer and isinstance(answer.json, dict) else {}
        self.data = first_object(whole_body.get("data"))
        self._errors = first_object(whole_body.get("errors"))
        said = self._errors or self.data
        clear = answer is not None and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
        self.code = whole(said.get("code")) if clear else None
        self.outcome = heard.failure or self._outcome(answer.status if answer else 0)
        code = "" if self.code is None else str(self.code)
        self.evidence = heard.evidence(code=code, message=text(said.get("message")))

    def names(self, field: str) -> bool:
        """Tell whether a refusal is about one field."""
        return field in repr(self._errors.get("validations", ""))

    def opened(self, name: str) -> MandateOpened:
        """Return the token an opening brought."""
        authority = text(self.data.get(name))
        outcome = self.outcome
        if outcome is Outcome.OK and not authority:
            outcome = Outcome.UNKNOWN
        return MandateOpened(outcome=outcome, evidence=self.evidence, authority=authority)

    def _outcome(self, status: int) -> Outcome:
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return Outcome.NOT_ATTEMPTED
        if self.code in {PAID, VERIFIED} and not self._errors:
            return Outcome.OK
        if self.code in _REFUSED:
            return Outcome.NOT_ATTEMPTED
        if self.code in {NOT_PAID, *_NO_SUCH}:
            return Outcome.DECLINED
        return Outcome.UNKNOWN


def _failed(said: _Said, failure: Failure) -> DebitAnswer:
    return DebitAnswer(
        outcome=Outcome.DECLINED,
        evidence=said.evidence,
        standing=DebitStanding.FAILED,
        failure=failure,
    )


def _bank(row: Mapping[str, Any]) -> DebitBank:
    code = text(row.get("bank_code"))
    return DebitBank(
        bank=_BANKS.get(code, code),
        code=code,
        name=text(row.get("name")),
        max_day_rial=whole(row.get("max_daily_amount")),
        max_day_count=whole(row.get("max_daily_count")),
    )
