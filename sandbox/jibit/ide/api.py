"""The inquiries' HTTP doors. Sources disagree whether matching is asked by GET or by POST: both."""

import re
from typing import Final

from flask import Blueprint, Response, request

from sandbox import people
from sandbox.jibit import tokens
from sandbox.jibit.door import make_token, queried, sent, serve
from sandbox.jibit.words import Refusal
from sandbox.people import BankAccount
from sandbox.wire import Answer, Json

api = Blueprint("jibit_ide", __name__, url_prefix="/jibit/ide/v1")
_SERVICE: Final = "ide"
_CARD: Final = re.compile(r"[0-9]{16}")
_NATIONAL_CODE: Final = re.compile(r"[0-9]{10}")
_TROUBLES: Final = {
    "lost": "card.registered_as_lost",
    "expired": "card.is_expired",
    "bank_down": "providers.not_available",
    "no_owner": "iban.not_found_owner",
}
_STATUSES: Final = {"blocked": "BLOCK_WITHOUT_DEPOSIT", "deposit_only": "DORMANT"}


@api.post("/tokens/generate")
def generate() -> Response:
    """Make a pair of tokens."""
    return make_token(_SERVICE, tokens.generate)


@api.post("/tokens/refresh")
def renew() -> Response:
    """Renew a pair of tokens."""
    return make_token(_SERVICE, tokens.renew)


@api.get("/cards")
def cards() -> Response:
    """Tell a card's account, when asked for it."""
    query = queried()
    return serve(
        _SERVICE, "jibit.ide.card", lambda _desk, _client: _of_card(query), asked=_hidden(query)
    )


@api.get("/ibans")
def ibans() -> Response:
    """Tell whose account this is."""
    query = queried()
    return serve(
        _SERVICE, "jibit.ide.iban", lambda _desk, _client: _of_iban(query), asked=_hidden(query)
    )


@api.route("/services/matching", methods=["GET", "POST"])
def matching() -> Response:
    """Tell whether facts belong to one person."""
    facts = sent() if request.method == "POST" else queried()
    return serve(
        _SERVICE, "jibit.ide.match", lambda _desk, _client: _match(facts), asked=_hidden(facts)
    )


def _of_card(query: Json) -> Answer:
    number = str(query.get("number") or "")
    if not _CARD.fullmatch(number):
        raise Refusal("card.not_valid")
    account = people.by_card(number)
    if account is None:
        raise Refusal("card.not_valid")
    _stop_at(account)
    told: Json = {"number": number, "type": "DEBIT"}
    wanted = query.get("iban") == "true"
    return Answer(200, told | ({"ibanInfo": _info(account)} if wanted else _of_owner(account)))


def _of_owner(account: BankAccount) -> Json:
    names = [f"{one.first_name} {one.last_name}" for one in account.owners]
    return {
        "cardInfo": {
            "bank": account.bank,
            "type": "DEBIT",
            "ownerName": names[0],
            "depositNumber": account.iban[7:].lstrip("0"),
        }
    }


def _of_iban(query: Json) -> Answer:
    iban = str(query.get("value") or "")
    account = people.by_iban(iban)
    if account is None:
        raise Refusal("iban.not_found")
    if account.trouble in {"bank_down", "no_owner"}:
        _stop_at(account)
    return Answer(200, {"value": iban, "ibanInfo": _info(account)})


def _match(facts: Json) -> Answer:
    national_code = str(facts.get("nationalCode") or "")
    if not _NATIONAL_CODE.fullmatch(national_code):
        raise Refusal("nationalCode.not_valid")
    if "mobileNumber" in facts:
        person = people.by_national_code(national_code)
        if person is None:
            raise Refusal("identity_info.not_found")
        return Answer(200, {"matched": person.mobile == facts["mobileNumber"]})
    account = people.by_iban(str(facts.get("iban"))) or people.by_card(str(facts.get("cardNumber")))
    if account is None:
        raise Refusal("iban.not_found")
    if account.trouble == "unsure":
        raise Refusal("matching.unknown")
    _stop_at(account)
    return Answer(
        200, {"matched": any(one.national_code == national_code for one in account.owners)}
    )


def _stop_at(account: BankAccount) -> None:
    if account.trouble in _TROUBLES:
        raise Refusal(_TROUBLES[account.trouble])


def _info(account: BankAccount) -> Json:
    return {
        "bank": account.bank,
        "depositNumber": account.iban[7:].lstrip("0"),
        "iban": account.iban,
        "status": _STATUSES.get(account.trouble, "ACTIVE"),
        "owners": [
            {"firstName": one.first_name, "lastName": one.last_name} for one in account.owners
        ],
    }


def _hidden(facts: Json) -> Json:
    return {name: f"…{str(value)[-4:]}" for name, value in facts.items()}
