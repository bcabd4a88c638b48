"""Finnotech's inquiries as the contract wants them; `most_possible` is PROBABLE, never a yes."""

from collections.abc import Mapping
from typing import Any, Final

from core.numbers import masked_card
from payments.providers.contract import Account, AccountInfo, Match, Matched, Outcome, Owner
from payments.providers.finnotech.line import Said, ask
from payments.providers.values import first_object, text

# Active; blocked, but money may still come in; blocked. The rest is not told.
_USABLE: Final[Mapping[str, bool]] = {"02": True, "03": True, "04": False}
_MATCHES: Final[Mapping[str, Match]] = {
    "yes": Match.MATCH,
    "no": Match.NO_MATCH,
    "most_possible": Match.PROBABLE,
}


class Finnotech:
    """Who owns a card or an account, and whether facts belong together."""

    def card_to_iban(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask which account a card draws on."""
        query = {"version": "2", "card": card}
        shown = {"card": masked_card(card)}
        return _info(ask(account, "facility/cardToIban", query, key=key, shown=shown))

    def iban_info(self, account: Account, iban: str, *, key: str) -> AccountInfo:
        """Ask whose account this is."""
        said = ask(account, "oak/ibanInquiry", {"iban": iban}, key=key, shown={"iban": iban})
        return _info(said)

    def match_national_code(
        self, account: Account, *, national_code: str, iban: str, birth_date: str, key: str
    ) -> Matched:
        """Ask whether an account belongs to a national code; the date must be known."""
        query = {"nationalCode": national_code, "iban": iban, "birthDate": birth_date}
        return _matched(ask(account, "kyc/ibanOwnerVerification", query, key=key, shown=query))

    def match_mobile(
        self, account: Account, *, national_code: str, mobile: str, key: str
    ) -> Matched:
        """Ask whether a mobile belongs to a national code."""
        query = {"nationalCode": national_code, "mobile": mobile}
        return _matched(ask(account, "facility/shahkar/verify", query, key=key, shown=query))


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
