"""Lines to a provider of direct debit, many at once, and what was said on them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from core.tenancy import acting_for
from payments.models import Mandate, ProviderAccount, ProviderCall
from payments.models.sealing import unseal_of_mandate
from payments.operations.wire import account_at
from payments.providers import debits_of
from payments.providers.contract import (
    Account,
    DebitCapabilities,
    DirectDebit,
    Evidence,
    Outcome,
    SignedMandate,
)

# A debit mostly waits for the bank; the calls touch no database.
AT_ONCE: Final = 16

J = TypeVar("J")
A = TypeVar("A")


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitLine:
    """One account of one business at a provider of direct debit."""

    business_id: UUID
    account_id: UUID
    provider: str
    adapter: DirectDebit
    account: Account = field(repr=False)

    @property
    def can(self) -> DebitCapabilities:
        """What this provider can do."""
        return self.adapter.debits


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One message on the wire, to be kept."""

    line: DebitLine
    about_id: UUID
    operation: str
    outcome: Outcome
    evidence: Evidence


def debit_line(account: ProviderAccount) -> DebitLine:
    """Return a line, inside the business's scope; use it outside, where no transaction is open."""
    return DebitLine(
        business_id=account.business_id,
        account_id=account.id,
        provider=account.provider,
        adapter=debits_of(account.provider),
        account=account_at(account),
    )


def signed(mandate: Mandate) -> SignedMandate:
    """Return a mandate as its provider knows it, its secret opened."""
    return SignedMandate(
        authority=mandate.authority or "",
        mandate_ref=mandate.mandate_ref,
        secret=unseal_of_mandate(
            mandate.secret,
            column="secret",
            business_id=mandate.business_id,
            mandate_id=mandate.id,
        ),
    )


def at_once(call: Callable[[J], A], jobs: Sequence[J]) -> list[A]:
    """Make many calls side by side and return their answers in order; no database in `call`."""
    if len(jobs) <= 1:
        return [call(job) for job in jobs]
    with ThreadPoolExecutor(min(AT_ONCE, len(jobs))) as pool:
        return list(pool.map(call, jobs))


def keep(said: Iterable[Said], now: datetime) -> None:
    """Write messages down, one commit a business, before they count."""
    by_business: defaultdict[UUID, list[Said]] = defaultdict(list)
    for one in said:
        by_business[one.line.business_id].append(one)
    for business_id, several in by_business.items():
        with acting_for(business_id, durable=True):
            ProviderCall.objects.bulk_create([_call(one, now) for one in several])


def _call(one: Said, now: datetime) -> ProviderCall:
    evidence = one.evidence
    return ProviderCall(
        account_id=one.line.account_id,
        about_id=one.about_id,
        operation=one.operation,
        outcome=one.outcome,
        code=evidence.code,
        message=evidence.message,
        http_status=evidence.http_status,
        asked=dict(evidence.asked),
        answered=evidence.answered,
        at=now,
        took_ms=evidence.took_ms,
    )
