"""Jibit's inquiries (IDE v1). What it could not learn is never a no."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from core.numbers import masked_card
from payments.providers.contract import (
    Account,
    AccountInfo,
    Match,
    Matched,
    Outcome,
    Owner,
    Question,
)
from payments.providers.jibit.line import Said, Service, ask
from payments.providers.values import first_object, text

IDE: Final = Service(name="jibit_ide", login="/v1/tokens/generate", refresh="/v1/tokens/refresh")
# Nobody was asked: another provider, or a later hour, may answer.
_NOT_ASKED: Final = dict.fromkeys(
    (
        "balance.not_enough",
        "card.source_bank_is_not_active",
        "daily_limit.reached",
        "providers.not_available",
    ),
    Outcome.NOT_ATTEMPTED,
)
_MALFORMED: Final = dict.fromkeys(
    ("birthDate.not_valid", "card.not_valid", "iban.not_valid", "nationalCode.not_valid"),
    Outcome.DECLINED,
)
_UNUSABLE: Final = frozenset(
    f"card.{word}"
    for word in (
        "black_listed",
        "is_expired",
        "not_active",
        "registered_as_lost",
        "registered_as_stolen",
    )
)
# `text` is what could not be read as JSON: it may hold the number too.
_ECHOES: Final = frozenset({"number", "text", "value"})
_NOT_KNOWN: Final = frozenset(
    {"card.owner_not_authorized", "iban.not_found", "iban.not_found_owner"}
)
_ACCOUNT: Final[Mapping[str, Outcome]] = {
    **_NOT_ASKED,
    **_MALFORMED,
    **dict.fromkeys((*_UNUSABLE, *_NOT_KNOWN), Outcome.OK),
}
_MATCHING: Final[Mapping[str, Outcome]] = {
    **_NOT_ASKED,
    **_MALFORMED,
    **dict.fromkeys(("identity_info.not_found", "matching.unknown", *_NOT_KNOWN), Outcome.OK),
}


class JibitIde:
    """Who owns a card or an account, and whether facts belong together.

    A birth date may go with a national code and need not.
    """

    asks: ClassVar[Mapping[Question, frozenset[str]]] = {
        Question.CARD_ACCOUNT: frozenset({"card"}),
        Question.CARD_OWNER: frozenset({"card"}),
        Question.IBAN_OWNER: frozenset({"iban"}),
        Question.IBAN_NATIONAL_CODE: frozenset({"iban", "national_code"}),
        Question.CARD_NATIONAL_CODE: frozenset({"card", "national_code"}),
        Question.MOBILE_NATIONAL_CODE: frozenset({"mobile", "national_code"}),
    }

    def card_to_iban(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask which account a card draws on."""
        return _info(_card(account, {"number": card, "iban": "true"}, key))

    def card_owner(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask whose card this is."""
        return _card_info(_card(account, {"number": card}, key))

    def iban_info(self, account: Account, iban: str, *, key: str) -> AccountInfo:
        """Ask whose account this is."""
        said = ask(
            account,
            IDE,
            ("GET", "/v1/ibans"),
            _ACCOUNT,
            query={"value": iban},
            headers={"X-TRACK-ID": key},
            shown={"iban": iban[-4:]},
        )
        return _info(said)

    def match_iban(
        self, account: Account, *, national_code: str, iban: str, birth_date: str, key: str
    ) -> Matched:
        """Ask whether an account belongs to a national code."""
        facts = {"iban": iban, **_person(national_code, birth_date)}
        return self._match(account, facts, key)

    def match_card(
        self, account: Account, *, national_code: str, card: str, birth_date: str, key: str
    ) -> Matched:
        """Ask whether a card belongs to a national code."""
        facts = {"cardNumber": card, **_person(national_code, birth_date)}
        return self._match(account, facts, key)

    def match_mobile(
        self, account: Account, *, national_code: str, mobile: str, key: str
    ) -> Matched:
        """Ask whether a mobile belongs to a national code."""
        return self._match(account, {"nationalCode": national_code, "mobileNumber": mobile}, key)

    def _match(self, account: Account, facts: Mapping[str, str], key: str) -> Matched:
        known = {name: value for name, value in facts.items() if value}
        said = ask(
            account,
            IDE,
            ("GET", "/v1/services/matching"),
            _MATCHING,
            query=known,
            headers={"X-TRACK-ID": key},
            shown={name: value[-4:] for name, value in known.items()},
        )
        matched = said.body.get("matched")
        if said.outcome is Outcome.OK and isinstance(matched, bool):
            match = Match.MATCH if matched else Match.NO_MATCH
            return Matched(outcome=Outcome.OK, evidence=said.evidence, match=match)
        told = said.outcome is not Outcome.OK or bool(said.code)
        outcome = said.outcome if told else Outcome.UNKNOWN
        return Matched(
            outcome=outcome,
            evidence=said.evidence,
            reason=said.code,
            retryable=outcome in {Outcome.NOT_ATTEMPTED, Outcome.UNKNOWN},
        )


def _person(national_code: str, birth_date: str) -> dict[str, str]:
    return {"nationalCode": national_code, "birthDate": birth_date.replace("/", "")}


def _card(account: Account, query: Mapping[str, str], key: str) -> Said:
    return ask(
        account,
        IDE,
        ("GET", "/v1/cards"),
        _ACCOUNT,
        query=query,
        headers={"X-TRACK-ID": key},
        shown={**query, "number": masked_card(query["number"])},
    )


def _quiet(said: Said) -> Said:
    """Return an answer whose evidence does not echo the number that was asked about."""
    answered = said.evidence.answered
    if isinstance(answered, Mapping):
        told = {name: "•" if name in _ECHOES else value for name, value in answered.items()}
        return replace(said, evidence=replace(said.evidence, answered=told))
    return said


def _info(heard: Said) -> AccountInfo:
    told = first_object(heard.body.get("ibanInfo"))
    return _told(heard, told, learned=bool(text(told.get("iban"))))


def _card_info(heard: Said) -> AccountInfo:
    """Read whose card it is; some answers give one name, others a list."""
    told = first_object(heard.body.get("cardInfo"))
    name = text(told.get("ownerName"))
    owners = told.get("owners") or ([{"lastName": name}] if name else [])
    return _told(heard, {**told, "owners": owners, "iban": ""}, learned=bool(owners))


def _told(heard: Said, told: Mapping[str, Any], *, learned: bool) -> AccountInfo:
    said = _quiet(heard)
    if said.outcome is not Outcome.OK or said.code:
        usable = False if said.code in _UNUSABLE else None
        return AccountInfo(
            outcome=said.outcome, evidence=said.evidence, usable=usable, reason=said.code
        )
    status = text(told.get("status"))
    return AccountInfo(
        outcome=Outcome.OK if learned else Outcome.UNKNOWN,
        evidence=said.evidence,
        iban=text(told.get("iban")),
        bank=text(told.get("bank")),
        owners=_owners(told.get("owners")),
        usable=_usable(status),
        reason=status,
    )


def _owners(rows: Any) -> tuple[Owner, ...]:
    told = [first_object(row) for row in rows] if isinstance(rows, list) else []
    return tuple(
        Owner(first_name=text(row.get("firstName")), last_name=text(row.get("lastName")))
        for row in told
    )


def _usable(status: str) -> bool | None:
    """Only ACTIVE is surely usable and only a block surely not; other words are not documented."""
    if status == "ACTIVE":
        return True
    return False if "BLOCK" in status else None
