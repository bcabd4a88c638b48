"""A line to a provider of deposits: every word said on it is kept before it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from core.tenancy import acting_for
from payments.models import BankAccount
from payments.operations.wire import account_at, keep_call
from payments.providers import product_of
from payments.providers.contract import (
    Account,
    DepositAnswer,
    DepositPage,
    Deposits,
    Evidence,
    Identifier,
    IdentifierRequest,
    Outcome,
)


class _Answer(Protocol):
    @property
    def outcome(self) -> Outcome: ...
    @property
    def evidence(self) -> Evidence: ...


A = TypeVar("A", bound=_Answer)


@dataclass(frozen=True, kw_only=True)
class DepositLine:
    """One account of one business at a provider of deposits."""

    business_id: UUID
    account_id: UUID
    deposits: Deposits
    account: Account
    now: datetime

    def issue(self, asked: IdentifierRequest) -> Identifier:
        """Ask for an identifier."""
        return self._kept("deposit_issue", self.deposits.issue_identifier(self.account, asked))

    def inquire_identifier(self, reference: str) -> Identifier:
        """Ask where an identifier stands."""
        heard = self.deposits.inquire_identifier(self.account, reference)
        return self._kept("deposit_identifier", heard)

    def close(self, reference: str) -> Identifier:
        """Take no more money under an identifier."""
        return self._kept("deposit_close", self.deposits.close_identifier(self.account, reference))

    def page(self, cursor: str) -> DepositPage:
        """Read money that came in."""
        return self._kept("deposit_list", self.deposits.list_deposits(self.account, cursor))

    def inquire(self, reference: str, since: str) -> DepositAnswer:
        """Ask where a deposit stands."""
        heard = self.deposits.inquire_deposit(self.account, reference, since)
        return self._kept("deposit_inquire", heard)

    def confirm(self, reference: str) -> DepositAnswer:
        """Take the money."""
        heard = self.deposits.confirm_deposit(self.account, reference)
        return self._kept("deposit_confirm", heard)

    def reject(self, reference: str) -> DepositAnswer:
        """Send the money back where it came from."""
        return self._kept("deposit_reject", self.deposits.reject_deposit(self.account, reference))

    def _kept(self, operation: str, answer: A) -> A:
        with acting_for(self.business_id):
            keep_call(
                account_id=self.account_id,
                attempt_id=None,
                operation=operation,
                outcome=answer.outcome,
                evidence=answer.evidence,
                now=self.now,
            )
        return answer


class NoFeed(LookupError):
    """The bank account has no provider of deposits behind it."""


def line_of(account: BankAccount, *, now: datetime) -> DepositLine:
    """Return the line of a bank account, inside the business's scope. Raises NoFeed."""
    row = account.provider_account
    deposits = product_of(row.provider).deposits if row is not None else None
    if row is None or deposits is None:
        raise NoFeed(str(account.id))
    return DepositLine(
        business_id=account.business_id,
        account_id=row.id,
        deposits=deposits,
        account=account_at(row),
        now=now,
    )
