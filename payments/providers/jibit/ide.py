"""Jibit's inquiries (IDE v1). What it could not learn is never a no."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from core.numbers import masked_card
from payments.providers.contract import Account, AccountInfo, Match, Matched, Outcome, Owner
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
    """Who owns a card or an account, and whether facts belong together."""

    def card_to_iban(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask which account a card draws on."""
        said = ask(
            account,
            IDE,
            ("GET", "/v1/cards"),
            _ACCOUNT,
            query={"number": card, "iban": "true"},
            headers={"X-TRACK-ID": key},
            shown={"number": masked_card(card)},
        )
        return _info(said)

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

    def match_national_code(
        self, account: Account, *, national_code: str, iban: str, birth_date: str, key: str
    ) -> Matched:
        """Ask whether an account belongs to a national code."""
        facts = {
            "iban": iban,
            "nationalCode": national_code,
            "birthDate": birth_date.replace("/", ""),
        }
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


def _quiet(said: Said) -> Said:
    """Return an answer whose evidence does not echo the number that was asked about."""
    answered = said.evidence.answered
    if isinstance(answered, Mapping):
        told = {name: "•" if name in _ECHOES else value for name, value in answered.items()}
        return replace(said, evidence=replace(said.evidence, answered=told))
    return said


def _info(heard: Said) -> AccountInfo:
    said = _quiet(heard)
    if said.outcome is not Outcome.OK or said.code:
        usable = False if said.code in _UNUSABLE else None
        return AccountInfo(
            outcome=said.outcome, evidence=said.evidence, usable=usable, reason=said.code
        )
    told = first_object(said.body.get("ibanInfo"))
    iban = text(told.get("iban"))
    return AccountInfo(
        outcome=Outcome.OK if iban else Outcome.UNKNOWN,
        evidence=said.evidence,
        iban=iban,
        bank=text(told.get("bank")),
        owners=_owners(told.get("owners")),
        usable=_usable(text(told.get("status"))),
        reason=text(told.get("status")),
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
