"""Lines to providers that send money out; every word is kept before it counts, as on any line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.tenancy import acting_for
from payments.models import PaymentAttempt, ProviderAccount, Transfer
from payments.operations.refunds.receiver import receiver_of
from payments.operations.wire import account_at, keep_call, session_of
from payments.providers import product_of
from payments.providers.contract import (
    Account,
    Ordered,
    PayoutOrder,
    Payouts,
    Refunder,
    RefundOrder,
)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """One account of one business and the attempt the talk is about."""

    business_id: UUID
    account_id: UUID
    attempt_id: UUID | None
    account: Account
    now: datetime

    def kept(self, operation: str, answer: Ordered) -> Ordered:
        """Write an answer down and hand it on."""
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


@dataclass(frozen=True, kw_only=True)
class RefundLine(_Line):
    """Back to the paying card, through the gateway."""

    refunder: Refunder
    order: RefundOrder

    def send(self) -> Ordered:
        """Order the refund."""
        return self.kept("refund", self.refunder.refund(self.account, self.order))

    def inquire(self, reference: str) -> Ordered:
        """Ask what became of it."""
        answer = self.refunder.inquire_refund(self.account, self.order, reference)
        return self.kept("inquire_refund", answer)

    def cancel(self, reference: str) -> Ordered:
        """Take it back while it has not left."""
        answer = self.refunder.cancel_refund(self.account, self.order, reference)
        return self.kept("cancel_refund", answer)


@dataclass(frozen=True, kw_only=True)
class PayoutLine(_Line):
    """To a bank account."""

    payouts: Payouts
    order: PayoutOrder

    def send(self) -> Ordered:
        """Order the transfer."""
        return self.kept("payout", self.payouts.payout(self.account, self.order))

    def inquire(self, reference: str) -> Ordered:
        """Ask what became of it."""
        answer = self.payouts.inquire_payout(self.account, self.order, reference)
        return self.kept("inquire_payout", answer)

    def cancel(self, reference: str) -> Ordered:
        """Take it back while it has not left."""
        answer = self.payouts.cancel_payout(self.account, self.order, reference)
        return self.kept("cancel_payout", answer)


OutLine = RefundLine | PayoutLine


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """What other refunds of a payment sent back: altogether, and by the provider's references."""

    rial: int
    parts: Mapping[str, int]


def refund_line(
    row: Transfer, account: ProviderAccount, attempt: PaymentAttempt, before: Earlier, now: datetime
) -> RefundLine | None:
    """Return the line of a refund to the card; None when the provider no longer offers one."""
    refunder = product_of(account.provider).refunds
    if refunder is None:
        return None
    order = RefundOrder(
        key=str(row.id),
        session=session_of(attempt),
        provider_ref=attempt.provider_ref or "",
        amount_rial=row.amount_rial,
        description=row.note or row.external_id,
        before_rial=before.rial,
        others=before.parts,
    )
    return RefundLine(
        business_id=account.business_id,
        account_id=account.id,
        attempt_id=attempt.id,
        account=account_at(account),
        now=now,
        refunder=refunder,
        order=order,
    )


def payout_line(row: Transfer, account: ProviderAccount, now: datetime) -> PayoutLine | None:
    """Return the line of a transfer to an account; None when the provider no longer offers one."""
    payouts = product_of(account.provider).payouts
    if payouts is None:
        return None
    receiver = receiver_of(row)
    order = PayoutOrder(
        key=str(row.id),
        iban=receiver.iban,
        first_name=receiver.first_name,
        last_name=receiver.last_name,
        amount_rial=row.amount_rial,
        description=row.note or row.external_id,
    )
    return PayoutLine(
        business_id=account.business_id,
        account_id=account.id,
        attempt_id=row.attempt_id,
        account=account_at(account),
        now=now,
        payouts=payouts,
        order=order,
    )
