"""Finnotech's HTTP doors: a Basic login, a track id that may be used once, results or errors."""

import base64
import binascii
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, request

from sandbox import people, sequence
from sandbox.doors import Call, receive
from sandbox.journal import Subject
from sandbox.office import Desk
from sandbox.people import BankAccount
from sandbox.store import fact, remember
from sandbox.wire import Answer, Json

api = Blueprint("finnotech", __name__, url_prefix="/finnotech")
_LIFETIME: Final = 864_000
_TRACK_CHARS: Final = 40
# What each call needs in the scopes of its token.
_SCOPES: Final = {
    "card": "facility:card-to-iban:get",
    "cardOwner": "card:information:get",
    "iban": "oak:iban-inquiry:get",
    "owner": "kyc:iban-owner-verification:get",
    "shahkar": "facility:shahkar:get",
}
_STATUSES: Final = {"blocked": "04", "deposit_only": "03", "lost": "02", "unsure": "02"}


class _RefusedError(Exception):
    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.answer = Answer(
            status,
            {
                "responseCode": "FN-BRFH-00000",
                "status": "FAILED",
                "error": {"code": code, "message": code.replace("_", " ").lower()},
            },
        )


@api.post("/dev/v2/oauth2/token")
def token() -> Response:
    """Make a token for a client's id and secret."""
    header, body = request.headers.get("Authorization", ""), request.get_json(silent=True) or {}
    return _serve("token", lambda desk: _made(desk, header, body), {"nid": body.get("nid")})


@api.get("/facility/v2/clients/<client>/cardToIban")
def card_to_iban(client: str) -> Response:
    """Tell a card's account."""
    return _asked(client, "card", lambda: _account(people.by_card(_arg("card"))))


@api.get("/mpg/v2/clients/<client>/cards/<card>")
def card_owner(client: str, card: str) -> Response:
    """Tell whose card this is."""
    return _asked(client, "cardOwner", lambda: _holder(people.by_card(card)))


@api.get("/oak/v2/clients/<client>/ibanInquiry")
def iban_inquiry(client: str) -> Response:
    """Tell whose account this is."""
    return _asked(client, "iban", lambda: _account(people.by_iban(_arg("iban"))))


@api.get("/kyc/v2/clients/<client>/ibanOwnerVerification")
def owner(client: str) -> Response:
    """Tell whether an account belongs to a national code."""
    return _asked(client, "owner", _verified)


@api.get("/facility/v2/clients/<client>/shahkar/verify")
def shahkar(client: str) -> Response:
    """Tell whether a mobile belongs to a national code."""

    def told() -> Json:
        person = people.by_national_code(_arg("nationalCode"))
        return {"isValid": person is not None and person.mobile == _arg("mobile")}

    return _asked(client, "shahkar", told)


def _asked(client: str, operation: str, result: Callable[[], Json]) -> Response:
    header, track = request.headers.get("Authorization", ""), request.args.get("trackId", "")

    def told(desk: Desk) -> Answer:
        token = header.partition(" ")[2]
        if fact(desk.db, f"finnotech token {token}") != client:
            raise _RefusedError("FORBIDDEN", 401)
        if _SCOPES[operation] not in (fact(desk.db, f"finnotech scopes {token}") or "").split(","):
            raise _RefusedError("FORBIDDEN", 403)
        if not track or len(track) > _TRACK_CHARS:
            raise _RefusedError("VALIDATION_ERROR")
        if fact(desk.db, f"finnotech track {track}"):
            raise _RefusedError("DUPLICATE_TRACK_ID")
        remember(desk.db, f"finnotech track {track}", "used")
        return Answer(
            200,
            {
                "trackId": track,
                "responseCode": "FN-BRFH-20000000000",
                "result": result(),
                "status": "DONE",
            },
        )

    return _serve(operation, told, {"trackId": track})


def _serve(operation: str, answer: Callable[[Desk], Answer], asked: Json) -> Response:
    def told(desk: Desk) -> Answer:
        try:
            return answer(desk)
        except _RefusedError as refused:
            return refused.answer

    return receive(
        Call(
            operation=f"finnotech.{operation}",
            asked=asked,
            subject=lambda _desk: Subject(merchant_id=(request.view_args or {}).get("client")),
            answer=told,
            refused=lambda _code: _RefusedError("INTERNAL_ERROR", 500).answer,
        )
    )


def _made(desk: Desk, header: str, body: Json) -> Answer:
    try:
        client = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        client = ""
    if not client or body.get("grant_type") != "client_credentials" or not body.get("nid"):
        raise _RefusedError("VALIDATION_ERROR", 401)
    value = f"{sequence.draw(desk.db, 'finnotech token'):064x}"
    remember(desk.db, f"finnotech token {value}", client)
    remember(desk.db, f"finnotech scopes {value}", str(body.get("scopes") or ""))
    return Answer(200, {"result": {"value": value, "lifeTime": _LIFETIME * 1000}, "status": "DONE"})


def _arg(name: str) -> str:
    value = request.args.get(name, "")
    if not value:
        raise _RefusedError("VALIDATION_ERROR")
    return value


def _account(account: BankAccount | None) -> Json:
    if account is None:
        return {}
    if account.trouble == "bank_down":
        raise _RefusedError("SERVICE_UNAVAILABLE", 503)
    return {
        "IBAN": account.iban,
        "bankName": account.bank_name,
        "deposit": account.iban[7:].lstrip("0"),
        "card": f"{account.card[:6]}******{account.card[-4:]}",
        "depositStatus": _STATUSES.get(account.trouble, "02"),
        "depositOwners": [
            {"firstName": one.first_name, "lastName": one.last_name} for one in account.owners
        ],
    }


def _holder(account: BankAccount | None) -> Json:
    if account is None or not account.owners:
        return {"result": "1", "description": "not found"}
    owner = account.owners[0]
    return {
        "destCard": f"{account.card[:6]}******{account.card[-4:]}",
        "name": f"{owner.first_name} {owner.last_name}",
        "bankName": account.bank_name,
        "result": "0",
        "description": "موفق",
    }


def _verified() -> Json:
    account = people.by_iban(_arg("iban"))
    national_code, birth_date = _arg("nationalCode"), _arg("birthDate")
    if account is None:
        return {}
    if account.trouble == "unsure":
        return {"isValid": "most_possible"}
    same = any(
        (one.national_code, one.birth_date) == (national_code, birth_date) for one in account.owners
    )
    return {"isValid": "yes" if same else "no"}
