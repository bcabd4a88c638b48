"""The monthly statement: what each account held, what came, what went, what it holds."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from core.calendar import add_months, day_start, month_start
from payments.enums import BookAccount
from payments.queries.books.journal import Balance, trial_balance


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One account over one month; `opening + debit − credit = closing` to the rial."""

    account: BookAccount
    party_name: str
    opening_rial: int
    debit_rial: int
    credit_rial: int

    @property
    def closing_rial(self) -> int:
        """Return the balance at the end of the month."""
        return self.opening_rial + self.debit_rial - self.credit_rial


@dataclass(frozen=True, slots=True)
class Statement:
    """A Jalali month of the books; `until` is its first day after."""

    since: date
    until: date
    rows: tuple[StatementRow, ...]

    def moved(self, account: BookAccount) -> int:
        """Return what an account gained over the month, over all parties; debits positive."""
        return sum(r.debit_rial - r.credit_rial for r in self.rows if r.account is account)


def monthly_statement(day: date, *, zone: ZoneInfo) -> Statement:
    """Return the statement of the Jalali month a day lies in."""
    since = month_start(day)
    until = add_months(since, 1, anchor_day=1)
    before = {_place(one): one for one in trial_balance(until=day_start(since, zone))}
    after = trial_balance(until=day_start(until, zone))
    return Statement(since, until, tuple(_row(one, before.get(_place(one))) for one in after))


def _place(one: Balance) -> tuple[BookAccount, str]:
    return one.account, one.party


def _row(after: Balance, before: Balance | None) -> StatementRow:
    return StatementRow(
        account=after.account,
        party_name=after.party_name,
        opening_rial=before.balance_rial if before else 0,
        debit_rial=after.debit_rial - (before.debit_rial if before else 0),
        credit_rial=after.credit_rial - (before.credit_rial if before else 0),
    )
