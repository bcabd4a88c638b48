"""Vandar subscription: the provider repeats a debit itself, and knows our number (`track_id`).

PENDING and INIT may carry the code of a try that failed; only FAILED is a failure. A mandate must
be confirmed once, within twenty minutes; a revoked one is answered with 422. All amounts are rial.
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
from payments.providers.talk import Heard, talk
from payments.providers.values import first_object, local_mobile, text, whole
from payments.providers.vandar.panel import ask, business_path

_OK: Final = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
_DOWN: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
_MOST_TRIES: Final = 16
_STANDINGS: Final = {
    "PENDING": DebitStanding.PENDING,
    "INIT": DebitStanding.PENDING,
    "DONE": DebitStanding.DONE,
    "FAILED": DebitStanding.FAILED,
    "CANCELED": DebitStanding.CANCELLED,
    "REFUND": DebitStanding.REFUNDED,
}
_MANDATES: Final = {
    "PENDING_VERIFY": MandateStanding.SIGNED,
    "ACTIVE": MandateStanding.ACTIVE,
    "REVOKED": MandateStanding.REVOKED,
    "EXPIRED": MandateStanding.EXPIRED,
}
# The provider's own list is served live; "01" is documented, the others are to be checked there.
_FAILURES: Final = {
    "01": Failure.NO_FUNDS,
    "02": Failure.ACCOUNT,
    "03": Failure.MANDATE,
    "04": Failure.CAP,
    "05": Failure.BANK_DOWN,
}


class VandarDebits:
    """Direct debit by authorization and withdrawals."""

    version: ClassVar[str] = "subscription.3"
    debits: ClassVar[DebitCapabilities] = DebitCapabilities(
        retries=Retries.PROVIDER,
        confirm_within=timedelta(minutes=20),
        mandate_inquiry=True,
        debit_inquiry=True,
        cancel_debit=True,
        idempotent=True,
        min_expiry=timedelta(days=1),
        min_rial=1_000,
        wire_unit=WireUnit.IRR,
        finality=timedelta(hours=72),
    )

    def banks(self, account: Account) -> Banks:
        """Ask the public health page; a bank without the ability is no bank here."""
        heard = talk("GET", f"{account.host('health')}/subscription")
        rows = _body(heard).get("data")
        known = isinstance(rows, list) and _status(heard) in _OK
        return Banks(
            outcome=heard.failure or (Outcome.OK if known else Outcome.UNKNOWN),
            evidence=heard.evidence(),
            rows=tuple(
                DebitBank(
                    bank=text(row.get("code")),
                    code=text(row.get("code")),
                    name=text(row.get("name")),
                    healthy=row.get("is_healthy_on_direct_debit") is True,
                )
                for row in (rows if isinstance(rows, list) else [])
                if isinstance(row, dict) and row.get("has_direct_debit_ability") is True
            ),
        )

    def create_mandate(self, account: Account, asked: MandateRequest) -> MandateOpened:
        """Open an authorization; its count is of successful debits a month."""
        body = {
            "bank_code": asked.bank_code,
            "mobile": local_mobile(asked.mobile),
            "national_code": asked.national_code,
            "callback_url": asked.callback_url,
            "count": asked.max_month_count,
            "limit": asked.max_debit_rial,
            "expiration_date": asked.expires_at.astimezone(TEHRAN).date().isoformat(),
            "name": asked.name,
            "email": asked.email,
            "wage_type": "APPLICATION_USER" if asked.wage_by_customer else "SELF",
        }
        sent = {name: value for name, value in body.items() if value}
        path = business_path(account, "subscription/authorization/store")
        heard = ask(account, "POST", path, json=sent)
        token = text(_part(heard, "authorization").get("token"))
        outcome = _outcome(heard)
        if outcome is Outcome.OK and not token:
            outcome = Outcome.UNKNOWN
        return MandateOpened(outcome=outcome, evidence=_evidence(heard), authority=token)

    def mandate_redirect(self, account: Account, authority: str, bank_code: str) -> Redirect:
        """Return the address of the signing page; it opens once."""
        place = quote(authority, safe="")
        return Redirect(url=f"{account.host('subscription')}/authorizations/{place}")

    def parse_mandate_callback(self, params: Mapping[str, str]) -> MandateClaim | None:
        """Read `token`, `status` and `authorization_id`."""
        token = params.get("token", "").strip()
        if not token:
            return None
        return MandateClaim(
            authority=token,
            claims_success=params.get("status", "").strip().upper() == "SUCCEED",
            mandate_ref=params.get("authorization_id", "").strip(),
            code=params.get("error_code", "").strip(),
        )

    def confirm_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """Confirm once; a second time is refused, and then the inquiry tells."""
        heard = ask(account, "PATCH", f"{_place(account, mandate)}/verify")
        if _status(heard) == HTTPStatus.UNPROCESSABLE_ENTITY:
            return MandateAnswer(outcome=Outcome.ALREADY, evidence=_evidence(heard))
        outcome = _outcome(heard)
        standing = MandateStanding.ACTIVE if outcome is Outcome.OK else None
        return MandateAnswer(
            outcome=outcome,
            evidence=_evidence(heard),
            standing=standing,
            mandate_ref=mandate.mandate_ref,
        )

    def inquire_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """Ask where a mandate stands; one that has gone is revoked."""
        if not mandate.mandate_ref:
            return MandateAnswer(outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}))
        heard = ask(account, "GET", _place(account, mandate))
        if _status(heard) == HTTPStatus.UNPROCESSABLE_ENTITY:
            gone = MandateStanding.REVOKED
            return MandateAnswer(outcome=Outcome.OK, evidence=_evidence(heard), standing=gone)
        said = text(_part(heard, "authorization").get("status")).upper()
        return MandateAnswer(
            outcome=_outcome(heard), evidence=_evidence(heard), standing=_MANDATES.get(said)
        )

    def revoke_mandate(self, account: Account, mandate: SignedMandate) -> MandateAnswer:
        """End a mandate; one that has gone already is no trouble."""
        if not mandate.mandate_ref:
            return MandateAnswer(outcome=Outcome.OK, evidence=Evidence(asked={}))
        heard = ask(account, "DELETE", _place(account, mandate))
        gone = _status(heard) == HTTPStatus.UNPROCESSABLE_ENTITY
        outcome = Outcome.ALREADY if gone else _outcome(heard)
        return MandateAnswer(outcome=outcome, evidence=_evidence(heard))

    def prepare_debit(self, account: Account, order: DebitOrder) -> MandateOpened:
        """Nothing to open."""
        return MandateOpened(outcome=Outcome.OK, evidence=Evidence(asked={}))

    def debit(self, account: Account, order: DebitOrder) -> DebitAnswer:
        """Order a withdrawal under our own number."""
        body = {
            "authorization_id": order.mandate.mandate_ref,
            "amount": order.amount_rial,
            "is_instant": int(order.max_tries == 1),
            "withdrawal_date": order.due_at.astimezone(TEHRAN).date().isoformat(),
            "max_retry_count": min(order.max_tries, _MOST_TRIES),
            "notify_url": order.notify_url,
            "description": order.description,
            "track_id": order.key,
        }
        path = business_path(account, "subscription/withdrawal/store")
        heard = ask(account, "POST", path, json=body)
        if _status(heard) in _DOWN:
            return DebitAnswer(outcome=Outcome.NOT_ATTEMPTED, evidence=_evidence(heard))
        if _status(heard) == HTTPStatus.UNPROCESSABLE_ENTITY:
            return _refused(heard)
        answer = _read(heard)
        # An instant one is final only once it was shown.
        if order.max_tries == 1 and answer.standing is DebitStanding.DONE:
            return self.inquire_debit(account, order, answer.reference)
        return answer

    def inquire_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        """Ask by our own number."""
        place = f"subscription/withdrawal/track-id/{quote(order.key, safe='')}"
        heard = ask(account, "GET", business_path(account, place))
        if _status(heard) == HTTPStatus.NOT_FOUND:
            none = DebitStanding.NOT_FOUND
            return DebitAnswer(outcome=Outcome.OK, evidence=_evidence(heard), standing=none)
        return _read(heard)

    def cancel_debit(self, account: Account, order: DebitOrder, reference: str) -> DebitAnswer:
        """Take a withdrawal back that has not happened."""
        place = f"subscription/withdrawal/{quote(reference, safe='')}"
        heard = ask(account, "PUT", business_path(account, place), json={"status": "CANCELED"})
        if _status(heard) == HTTPStatus.UNPROCESSABLE_ENTITY:
            return DebitAnswer(outcome=Outcome.DECLINED, evidence=_evidence(heard))
        return _read(heard)

    def parse_debit_event(self, body: Mapping[str, str]) -> str:
        """Return the withdrawal a message names."""
        return body.get("withdrawal_id", "")


def _place(account: Account, mandate: SignedMandate) -> str:
    ref = quote(mandate.mandate_ref, safe="")
    return business_path(account, f"subscription/authorization/{ref}")


def _body(heard: Heard) -> dict[str, Any]:
    body = heard.answer.json if heard.answer else None
    return body if isinstance(body, dict) else {}


def _part(heard: Heard, name: str) -> dict[str, Any]:
    """Return the object an answer is about, however deep it is wrapped."""
    found = _body(heard)
    for wrap in ("result", "data", name):
        inner = first_object(found.get(wrap))
        found = inner or found
    return found


def _status(heard: Heard) -> int:
    return heard.answer.status if heard.answer else 0


def _outcome(heard: Heard) -> Outcome:
    if heard.failure is not None:
        return heard.failure
    status = _status(heard)
    if status in _OK and _body(heard):
        return Outcome.OK
    if status in _DOWN:
        return Outcome.NOT_ATTEMPTED
    final = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Outcome.DECLINED if final and _body(heard) else Outcome.UNKNOWN


def _evidence(heard: Heard) -> Evidence:
    code = text(_body(heard).get("code")) or str(_status(heard) or "")
    return heard.evidence(code=code, message=text(_body(heard).get("message")))


def _refused(heard: Heard) -> DebitAnswer:
    """422 is a number that was used, a count that is used up, or a mandate that has gone."""
    errors = repr(_body(heard).get("errors", ""))
    if "track_id" in errors:
        return DebitAnswer(outcome=Outcome.ALREADY, evidence=_evidence(heard))
    failure = Failure.MANDATE if "authorization_id" in errors else Failure.CAP
    return DebitAnswer(
        outcome=Outcome.DECLINED,
        evidence=_evidence(heard),
        standing=DebitStanding.FAILED,
        failure=failure,
    )


def _read(heard: Heard) -> DebitAnswer:
    row = _part(heard, "withdrawal")
    standing = _STANDINGS.get(text(row.get("status")).upper())
    outcome = _outcome(heard)
    if outcome is Outcome.OK and standing is None:
        outcome = Outcome.UNKNOWN
    code = text(row.get("error_code"))
    done = standing in {DebitStanding.DONE, DebitStanding.REFUNDED, None}
    failure = None if done or not code else _FAILURES.get(code, Failure.OTHER)
    return DebitAnswer(
        outcome=Outcome.PENDING if standing is DebitStanding.PENDING else outcome,
        evidence=_evidence(heard),
        standing=standing,
        failure=failure,
        reference=text(row.get("id")),
        amount_rial=whole(row.get("amount")),
        tries=whole(row.get("retry_count")) or 0,
    )
