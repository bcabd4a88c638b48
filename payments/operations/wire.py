"""A line to a provider: every word said on it is kept, in a commit of its own, before it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from core.tenancy import acting_for
from payments.models import PaymentAttempt, ProviderAccount, ProviderCall
from payments.models.sealing import unseal
from payments.providers import adapter_of
from payments.providers.contract import (
    Account,
    Confirmation,
    Evidence,
    Gateway,
    Inquiry,
    Opened,
    Outcome,
    PaymentRequest,
    Reversed,
    Session,
    Settled,
    UnverifiedList,
)
from payments.queries import hosts_of

A = TypeVar("A", Opened, Confirmation, Settled, Inquiry, UnverifiedList, Reversed)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One account of one business, and the attempt the talk is about (None: the account)."""

    business_id: UUID
    account_id: UUID
    attempt_id: UUID | None
    gateway: Gateway
    account: Account
    now: datetime

    def request(self, asked: PaymentRequest) -> Opened:
        """Open a session."""
        return self._kept("request", self.gateway.request(self.account, asked))

    def confirm(self, session: Session) -> Confirmation:
        """Confirm a session."""
        return self._kept("confirm", self.gateway.confirm(self.account, session))

    def settle(self, session: Session) -> Settled:
        """Settle a confirmed session."""
        return self._kept("settle", self.gateway.settle(self.account, session))

    def inquire(self, session: Session) -> Inquiry:
        """Ask where a session stands."""
        return self._kept("inquire", self.gateway.inquire(self.account, session))

    def list_unverified(self) -> UnverifiedList:
        """Ask for paid sessions nobody confirmed."""
        return self._kept("list_unverified", self.gateway.list_unverified(self.account))

    def reverse(self, session: Session) -> Reversed:
        """Send a confirmed payment back."""
        return self._kept("reverse", self.gateway.reverse(self.account, session))

    def _kept(self, operation: str, answer: A) -> A:
        with acting_for(self.business_id):
            keep_call(
                account_id=self.account_id,
                attempt_id=self.attempt_id,
                operation=operation,
                outcome=answer.outcome,
                evidence=answer.evidence,
                now=self.now,
            )
        return answer


def line_to(account: ProviderAccount, *, attempt_id: UUID | None, now: datetime) -> Line:
    """Return a line, inside the business's scope; use it outside, where no transaction is open."""
    return Line(
        business_id=account.business_id,
        account_id=account.id,
        attempt_id=attempt_id,
        gateway=adapter_of(account.provider),
        account=account_at(account),
        now=now,
    )


def session_of(attempt: PaymentAttempt) -> Session:
    """Return the session as it was opened: the amount and reference frozen on the attempt."""
    return Session(
        authority=attempt.authority or "",
        amount_rial=attempt.sent_amount,
        reference=str(attempt.id),
        number=attempt.wire_number,
        callback_references=dict(attempt.callback_references),
    )


def keep_call(
    *,
    account_id: UUID,
    attempt_id: UUID | None,
    operation: str,
    outcome: Outcome,
    evidence: Evidence,
    about_id: UUID | None = None,
    now: datetime,
) -> None:
    """Write one message down, inside the business's scope."""
    ProviderCall.objects.create(
        account_id=account_id,
        attempt_id=attempt_id,
        about_id=about_id,
        operation=operation,
        outcome=outcome,
        code=evidence.code,
        message=evidence.message,
        http_status=evidence.http_status,
        asked=dict(evidence.asked),
        answered=evidence.answered,
        at=now,
        took_ms=evidence.took_ms,
    )


def account_at(row: ProviderAccount) -> Account:
    """Return where and as whom to call for an account; inside the business's scope."""
    credentials = unseal(bytes(row.credentials), business_id=row.business_id, account_id=row.id)
    hosts = hosts_of(row)
    return Account(base_url=next(iter(hosts.values())), credentials=credentials, hosts=hosts)
