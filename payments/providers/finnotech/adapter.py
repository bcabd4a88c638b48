"""Finnotech's inquiries as the contract wants them; `most_possible` is PROBABLE, never a yes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final

from core.numbers import masked_card
from payments.providers.contract import (
    Account,
    AccountInfo,
    Evidence,
    Match,
    Matched,
    Outcome,
    Owner,
    Question,
)
from payments.providers.finnotech.line import Said, Service, ask
from payments.providers.values import first_object, text

# Active; blocked, but money may still come in; blocked. The rest is not told.
_USABLE: Final[Mapping[str, bool]] = {"02": True, "03": True, "04": False}
_MATCHES: Final[Mapping[str, Match]] = {
    "yes": Match.MATCH,
    "no": Match.NO_MATCH,
    "most_possible": Match.PROBABLE,
}
_CARD_ACCOUNT: Final = Service("facility", "cardToIban", "facility:card-to-iban:get")
_CARD: Final = Service("mpg", "cards", "card:information:get")
_IBAN: Final = Service("oak", "ibanInquiry", "oak:iban-inquiry:get")
_IBAN_OWNER: Final = Service("kyc", "ibanOwnerVerification", "kyc:iban-owner-verification:get")
_SHAHKAR: Final = Service("facility", "shahkar/verify", "facility:shahkar:get")
# The switch's own word that it found the card.
_FOUND: Final = "0"


class Finnotech:
    """Who owns a card or an account, and whether facts belong together."""

    asks: ClassVar[Mapping[Question, frozenset[str]]] = {
        Question.CARD_ACCOUNT: frozenset({"card"}),
        Question.CARD_OWNER: frozenset({"card"}),
        Question.IBAN_OWNER: frozenset({"iban"}),
        Question.IBAN_NATIONAL_CODE: frozenset({"iban", "national_code", "birth_date"}),
        Question.MOBILE_NATIONAL_CODE: frozenset({"mobile", "national_code"}),
    }

    def card_to_iban(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask which account a card draws on."""
        query = {"version": "2", "card": card}
        shown = {"card": masked_card(card)}
        return _info(ask(account, _CARD_ACCOUNT, query, key=key, shown=shown))

    def card_owner(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask whose card this is."""
        shown = {"card": masked_card(card)}
        return _card_info(ask(account, _CARD, {}, key=key, shown=shown, under=card))

    def iban_info(self, account: Account, iban: str, *, key: str) -> AccountInfo:
        """Ask whose account this is."""
        said = ask(account, _IBAN, {"iban": iban}, key=key, shown={"iban": iban})
        return _info(said)

    def match_iban(
        self, account: Account, *, national_code: str, iban: str, birth_date: str, key: str
    ) -> Matched:
        """Ask whether an account belongs to a national code; the date must be known."""
        query = {"nationalCode": national_code, "iban": iban, "birthDate": birth_date}
        return _matched(ask(account, _IBAN_OWNER, query, key=key, shown=query))

    def match_card(
        self, account: Account, *, national_code: str, card: str, birth_date: str, key: str
    ) -> Matched:
        """Ask nobody: there is no such service."""
        del account, national_code, card, birth_date, key
        return Matched(
            outcome=Outcome.NOT_ATTEMPTED, evidence=Evidence(asked={}), reason="not_offered"
        )

    def match_mobile(
        self, account: Account, *, national_code: str, mobile: str, key: str
    ) -> Matched:
        """Ask whether a mobile belongs to a national code."""
        query = {"nationalCode": national_code, "mobile": mobile}
        return _matched(ask(account, _SHAHKAR, query, key=key, shown=query))


def _info(said: Said) -> AccountInfo:
    told = said.result
    iban = text(told.get("IBAN"))
    if said.outcome is not Outcome.OK or not iban:
        # A result without an account is "not found": nothing was learned.
        return AccountInfo(outcome=said.outcome, evidence=said.evidence, reason=said.code)
    status = text(told.get("depositStatus"))
    return AccountInfo(
        outcome=Outcome.OK,
        evidence=said.evidence,
        iban=iban,
        bank=text(told.get("bankName")),
        owners=_owners(told.get("depositOwners")),
        usable=_USABLE.get(status),
        reason=status,
    )


def _card_info(said: Said) -> AccountInfo:
    told = said.result
    name = text(told.get("name"))
    if said.outcome is not Outcome.OK or text(told.get("result")) != _FOUND or not name:
        return AccountInfo(outcome=said.outcome, evidence=said.evidence, reason=said.code)
    kept = {**told, "name": "•"}
    return AccountInfo(
        outcome=Outcome.OK,
        evidence=replace(said.evidence, answered={"result": kept}),
        bank=text(told.get("bankName")),
        owners=_owners(name),
    )


def _owners(rows: Any) -> tuple[Owner, ...]:
    """Read owners as objects, or as one text with a slash between them."""
    if isinstance(rows, str):
        return tuple(
            Owner(first_name="", last_name=name.strip()) for name in rows.split("/") if name.strip()
        )
    told = [first_object(row) for row in rows] if isinstance(rows, list) else []
    return tuple(
        Owner(first_name=text(row.get("firstName")), last_name=text(row.get("lastName")))
        for row in told
    )


def _matched(said: Said) -> Matched:
    word = said.result.get("isValid")
    if isinstance(word, bool):
        word = "yes" if word else "no"
    match = _MATCHES.get(text(word), Match.INDETERMINATE)
    if said.outcome is Outcome.OK:
        return Matched(outcome=Outcome.OK, evidence=said.evidence, match=match)
    return Matched(
        outcome=said.outcome,
        evidence=said.evidence,
        reason=said.code,
        retryable=said.outcome in {Outcome.NOT_ATTEMPTED, Outcome.UNKNOWN},
    )
