"""What a provider says it did with a business's money: the other side of a reconciliation."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from payments.providers.contract.terms import Account, Evidence, Outcome


class LineKind(StrEnum):
    """What a line of a provider's report is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    FEE = "fee"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportLine:
    """One line: `reference` is the provider's token of the payment, refund or settlement."""

    kind: LineKind
    reference: str
    amount_rial: int
    at: datetime
    fee_rial: int = 0
    settled_on: date | None = None
    provider_ref: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Lines of one day; an empty `cursor` means they are all here."""

    outcome: Outcome
    evidence: Evidence
    lines: tuple[ReportLine, ...] = ()
    cursor: str = ""


class Statements(Protocol):
    """A provider that reports."""

    def report(self, account: Account, day: date, cursor: str) -> Report:
        """Read the report of one day in Tehran."""
        ...
