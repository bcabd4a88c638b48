"""Who owns a card or an account, and whether two facts belong to one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from payments.providers.contract.terms import Account, Evidence, Outcome


class Question(StrEnum):
    """What can be asked of a bank about one person."""

    CARD_ACCOUNT = "card_account"
    CARD_OWNER = "card_owner"
    IBAN_OWNER = "iban_owner"
    IBAN_NATIONAL_CODE = "iban_national_code"
    CARD_NATIONAL_CODE = "card_national_code"
    MOBILE_NATIONAL_CODE = "mobile_national_code"


class Match(StrEnum):
    """Four answers: «we could not learn it» never becomes a no."""

    MATCH = "match"
    NO_MATCH = "no_match"
    PROBABLE = "probable"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """A name the bank keeps for an account."""

    first_name: str
    last_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountInfo:
    """Answer about a card or an IBAN. `usable`: False blocked, None not told."""

    outcome: Outcome
    evidence: Evidence
    iban: str = ""
    bank: str = ""
    owners: tuple[Owner, ...] = ()
    usable: bool | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """Answer to a question whether facts belong together; `reason` is the provider's code."""

    outcome: Outcome
    evidence: Evidence
    match: Match = Match.INDETERMINATE
    reason: str = ""
    retryable: bool = False


class Inquiries(Protocol):
    """A provider of inquiries.

    `asks` is what it can be asked, each with the facts it needs (`card`, `iban`, `national_code`,
    `birth_date`, `mobile`). Anything else it answers with NOT_ATTEMPTED, without a call.
    """

    asks: ClassVar[Mapping[Question, frozenset[str]]]

    def card_to_iban(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask which account a card draws on, and whose it is."""
        ...

    def card_owner(self, account: Account, card: str, *, key: str) -> AccountInfo:
        """Ask whose card this is; the account is not told."""
        ...

    def iban_info(self, account: Account, iban: str, *, key: str) -> AccountInfo:
        """Ask whose account this is."""
        ...

    def match_iban(
        self, account: Account, *, national_code: str, iban: str, birth_date: str, key: str
    ) -> Matched:
        """Ask whether an account belongs to a national code; the date is Jalali, YYYY/MM/DD."""
        ...

    def match_card(
        self, account: Account, *, national_code: str, card: str, birth_date: str, key: str
    ) -> Matched:
        """Ask whether a card belongs to a national code."""
        ...

    def match_mobile(
        self, account: Account, *, national_code: str, mobile: str, key: str
    ) -> Matched:
        """Ask whether a mobile belongs to a national code."""
        ...
