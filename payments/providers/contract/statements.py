"""What a provider says it did with a business's money: the other side of a reconciliation."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Protocol

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
class DayReport:
    """Answer to a question for a span's lines; only with OK is the list whole."""

    outcome: Outcome
    evidence: Evidence
    lines: tuple[ReportLine, ...] = ()


class Statements(Protocol):
    """A provider that lists what it did. `reported`: the kinds its list is whole of."""

    reported: ClassVar[frozenset[LineKind]]

    def day_report(self, account: Account, since: datetime, until: datetime) -> DayReport:
        """List what was done in [since, until)."""
        ...
