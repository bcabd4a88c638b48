"""Jibit PIP: identifiers issued to a payer's own IBANs, deposits to be confirmed or sent back.

Known from a client library, not from the provider's own document: names of a page's members and
of error codes are read tolerantly, and what is not understood is UNKNOWN.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar, Final

import jdatetime

from core.calendar import TEHRAN
from core.text import latin_digits
from payments.providers.contract import (
    Account,
    DepositAnswer,
    DepositCapabilities,
    DepositPage,
    DepositRow,
    DepositState,
    Evidence,
    Field,
    Host,
    Identifier,
    IdentifierRequest,
    IdentifierState,
    Outcome,
    WireUnit,
)
from payments.providers.product import Product
from payments.providers.talk import Heard, forget_token, remember_token, remembered_token, talk
from payments.providers.values import first_object, local_mobile, text, whole

_PRODUCT: Final = "jibit_pip"
_KEPT_SECONDS: Final = 20 * 3600
_SIZE: Final = 50
_SPAN: Final = timedelta(days=31)
_IDENTIFIERS: Final = {
    "VERIFIED": IdentifierState.ACTIVE,
    "FAILED": IdentifierState.FAILED,
    "REJECTED": IdentifierState.FAILED,
}
_DEPOSITS: Final = {
    "IN_PROGRESS": DepositState.IN_PROGRESS,
    "WAITING_FOR_MERCHANT_VERIFY": DepositState.AWAITING_CONFIRM,
    "SUCCESSFUL": DepositState.CONFIRMED,
    "FAILED": DepositState.REJECTED,
}


class JibitPip:
    """Deposits under provider-issued identifiers; unconfirmed money goes back by itself."""

    deposits: ClassVar[DepositCapabilities] = DepositCapabilities(
        needs_confirm=True, registered_sources=True, can_close=False, wire_unit=WireUnit.IRR
    )

    def issue_identifier(self, account: Account, asked: IdentifierRequest) -> Identifier:
        """Ask for an identifier; the reference is unique there, so that asking twice makes one."""
        body = {
            "merchantReferenceNumber": asked.reference,
            "userFullName": asked.full_name,
            "userIbans": list(asked.ibans),
            "userMobile": local_mobile(asked.mobile),
            "callbackUrl": asked.callback_url,
        }
        return _identifier(_ask(account, "POST", "/paymentIds", json=body))

    def inquire_identifier(self, account: Account, reference: str) -> Identifier:
        """Ask where an identifier stands; before it is verified its digits are not told on."""
        return _identifier(_ask(account, "GET", f"/paymentIds/{reference}"))

    def close_identifier(self, account: Account, reference: str) -> Identifier:
        """There is no such call: money that comes anyway is judged and sent back here."""
        del account, reference
        evidence = Evidence(asked={}, message="identifiers of this provider are not closed")
        return Identifier(outcome=Outcome.DECLINED, evidence=evidence)

    def list_deposits(self, account: Account, cursor: str) -> DepositPage:
        """Read what waits for us, then what there was since a day.

        Cursors: a date to begin with, then the list's name and page.
        """
        begun, _bar, place = cursor.partition("|")
        name, _colon, number = (place or "waiting:0").partition(":")
        page = int(number)
        heard = _ask(account, "GET", _path(name, begun, page))
        rows, more = _page(heard)
        outcome = _outcome(heard)
        if outcome is not Outcome.OK:
            return DepositPage(outcome=outcome, evidence=_evidence(heard))
        following = f"{begun}|{name}:{page + 1}" if more else ""
        if not more and name == "waiting":
            following = f"{begun}|list:0"
        return DepositPage(outcome=outcome, evidence=_evidence(heard), rows=rows, cursor=following)

    def inquire_deposit(self, account: Account, reference: str, since: str) -> DepositAnswer:
        """Look for a deposit in the lists: there is no call for a single one."""
        last: DepositPage | None = None
        for last in self._pages(account, since):
            found = next((row for row in last.rows if row.reference == reference), None)
            if found is not None:
                return DepositAnswer(outcome=Outcome.OK, evidence=last.evidence, row=found)
        evidence = last.evidence if last else Evidence(asked={})
        return DepositAnswer(outcome=Outcome.UNKNOWN, evidence=evidence)

    def confirm_deposit(self, account: Account, reference: str) -> DepositAnswer:
        """Take the money: a GET that changes things, so it is never repeated in doubt."""
        return _decided(_ask(account, "GET", f"/payments/{reference}/verify"))

    def reject_deposit(self, account: Account, reference: str) -> DepositAnswer:
        """Send the money back to the IBAN it came from."""
        return _decided(_ask(account, "GET", f"/payments/{reference}/fail"))

    def parse_deposit_event(self, body: Mapping[str, object]) -> str:
        """Return the reference an unsigned message names."""
        return text(body.get("externalReferenceNumber"))

    def _pages(self, account: Account, since: str) -> Iterator[DepositPage]:
        cursor = since
        while cursor:
            page = self.list_deposits(account, cursor)
            yield page
            cursor = page.cursor


def _path(name: str, begun: str, page: int) -> str:
    paging = f"pageNumber={page}&pageSize={_SIZE}"
    if name == "waiting":
        return f"/payments/waitingForVerify?{paging}"
    until = date.fromisoformat(begun) + _SPAN
    return f"/payments/list?fromDate={begun}&toDate={until.isoformat()}&{paging}"


def _ask(
    account: Account, method: str, path: str, *, json: Mapping[str, Any] | None = None
) -> Heard:
    """Make one call; a refused token is renewed once: a 401 says that nothing was done."""
    for _ in range(2):
        token, trouble = _token(account)
        if trouble is not None:
            return trouble
        heard = talk(
            method,
            f"{account.base_url}{path}",
            json=json,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )
        if heard.answer is None or heard.answer.status != HTTPStatus.UNAUTHORIZED:
            return heard
        forget_token(account, _PRODUCT)
    return replace(heard, failure=Outcome.NOT_ATTEMPTED, trouble="token refused")


def _token(account: Account) -> tuple[str, Heard | None]:
    known = remembered_token(account, _PRODUCT)
    if known:
        return known, None
    heard, token = _granted(account)
    if not token:
        return "", replace(heard, failure=Outcome.NOT_ATTEMPTED, trouble="login failed")
    remember_token(account, _PRODUCT, token, seconds=_KEPT_SECONDS)
    return token, None


def _granted(account: Account) -> tuple[Heard, str]:
    """Ask for a token; return what was heard, and the token if there was one."""
    body = {
        "apiKey": account.credentials["api_key"],
        "secretKey": account.credentials["secret_key"],
    }
    heard = talk("POST", f"{account.base_url}/tokens/generate", json=body)
    fine = heard.answer is not None and heard.answer.status == HTTPStatus.OK
    said = first_object(heard.answer.json if heard.answer and fine else None)
    return heard, text(said.get("accessToken"))


def _log_in(account: Account) -> tuple[Outcome, Evidence]:
    """Ask for a token and forget it: shows whether the keys are good, and changes nothing."""
    heard, token = _granted(account)
    return Outcome.OK if token else Outcome.NOT_ATTEMPTED, _evidence(heard)


def _outcome(heard: Heard) -> Outcome:
    """OK for an answer that may be read; a client error is a no only where it says not found."""
    if heard.failure is not None or heard.answer is None:
        return heard.failure or Outcome.UNKNOWN
    if heard.answer.status == HTTPStatus.OK and heard.answer.json is not None:
        return Outcome.OK
    if heard.answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome.NOT_ATTEMPTED
    missing = heard.answer.status == HTTPStatus.NOT_FOUND or "not_found" in _code(heard)
    return Outcome.DECLINED if missing else Outcome.UNKNOWN


def _code(heard: Heard) -> str:
    body = first_object(heard.answer.json if heard.answer else None)
    errors = body.get("errors")
    first = first_object(errors[0]) if isinstance(errors, list) and errors else {}
    return text(first.get("code")) or text(body.get("code"))


def _evidence(heard: Heard) -> Evidence:
    return heard.evidence(code=_code(heard))


def _identifier(heard: Heard) -> Identifier:
    outcome, body = _outcome(heard), first_object(heard.answer.json if heard.answer else None)
    evidence = _evidence(heard)
    if outcome is not Outcome.OK:
        return Identifier(outcome=outcome, evidence=evidence)
    state = _IDENTIFIERS.get(text(body.get("registryStatus")).upper(), IdentifierState.PENDING)
    shown = state is IdentifierState.ACTIVE
    return Identifier(
        outcome=outcome,
        evidence=evidence,
        identifier=text(body.get("payId")) if shown else "",
        state=state,
        bank=text(body.get("destinationBank")),
        iban=text(body.get("destinationIban")),
        owner=text(body.get("destinationOwnerName")),
        reason=text(body.get("failReason")),
    )


def _page(heard: Heard) -> tuple[tuple[DepositRow, ...], bool]:
    body = heard.answer.json if heard.answer else None
    rows = body if isinstance(body, list) else None
    if isinstance(body, dict):
        rows = next((body[key] for key in ("elements", "content", "list") if key in body), None)
    known = [_row(one) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []
    more = isinstance(body, dict) and body.get("hasNext") is True
    return tuple(row for row in known if row is not None), more


def _row(one: Mapping[str, Any]) -> DepositRow | None:
    reference, amount = text(one.get("externalReferenceNumber")), whole(one.get("amount"))
    state = _DEPOSITS.get(text(one.get("status")).upper())
    at = _moment(text(one.get("rawBankTimestamp")))
    if not reference or amount is None or state is None or at is None:
        return None
    return DepositRow(
        reference=reference,
        identifier=text(one.get("paymentId")),
        amount_rial=amount,
        state=state,
        at=at,
        bank_reference=text(one.get("bankReferenceNumber")),
        source_iban=text(one.get("sourceIdentifier")),
        raw=dict(one),
    )


def _moment(said: str) -> datetime | None:
    """Return the bank's Jalali `Y/m/d H:M:S` as an instant."""
    try:
        local: datetime = jdatetime.datetime.strptime(
            latin_digits(said), "%Y/%m/%d %H:%M:%S"
        ).togregorian()
    except ValueError:
        return None
    return local.replace(tzinfo=TEHRAN)


def _decided(heard: Heard) -> DepositAnswer:
    outcome, body = _outcome(heard), first_object(heard.answer.json if heard.answer else None)
    row = _row(body) if outcome is Outcome.OK else None
    if outcome is Outcome.OK and row is None:
        outcome = Outcome.UNKNOWN
    elif row is not None and row.state in {DepositState.IN_PROGRESS, DepositState.AWAITING_CONFIRM}:
        outcome = Outcome.PENDING
    return DepositAnswer(outcome=outcome, evidence=_evidence(heard), row=row)


JIBIT_PIP: Final = Product(
    name=_PRODUCT,
    version="v1",
    fields=(Field(name="api_key", secret=False), Field(name="secret_key")),
    hosts=MappingProxyType(
        {"main": Host(url="https://napi.jibit.ir/pip/v1", sandbox_path="/jibit/pip/v1")}
    ),
    probe=_log_in,
    deposits=JibitPip(),
)
