"""Lines to a provider of direct debit, many at once, and what was said on them."""

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, Generic, Self, TypeVar
from uuid import UUID

from core.http import InsideTransaction
from core.tenancy import acting_for, in_real_transaction
from payments.models import Mandate, ProviderAccount, ProviderCall
from payments.models.sealing import unseal_of_mandate
from payments.operations.rows import RowMaker
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

_CALLS: Final = RowMaker(ProviderCall)

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


class SideBySide(Generic[J, A]):
    """Calls about many jobs, begun at once; no database in `call`. Leaving waits for them all.

    A single one needs nobody beside it and is made right here.
    """

    def __init__(self, call: Callable[[J], A], jobs: Sequence[J]) -> None:
        self._call = call
        self._todo = deque(enumerate(jobs))
        self._done: dict[int, A] = {}
        self._workers: list[Future[None]] = []

    def __enter__(self) -> Self:
        if in_real_transaction():
            raise InsideTransaction
        if len(self._todo) > 1:
            workers = min(AT_ONCE, len(self._todo))
            self._workers = [_pool().submit(self._work) for _ in range(workers)]
        else:
            self._work()
        return self

    def __exit__(self, *_error: object) -> None:
        wait(self._workers)

    @property
    def futures(self) -> Sequence[Future[None]]:
        """What has to be over before all have answered."""
        return self._workers

    def answers(self) -> list[A]:
        """Wait for the answers and return them in the order of the jobs."""
        for worker in self._workers:
            worker.result()
        return [self._done[place] for place in range(len(self._done))]

    def _work(self) -> None:
        while self._todo:
            try:
                place, job = self._todo.popleft()
            except IndexError:
                break
            self._done[place] = self._call(job)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="debits")


# Threads do not live on in a forked process.
os.register_at_fork(after_in_child=_pool.cache_clear)


def keep(said: Iterable[Said], now: datetime) -> None:
    """Write messages down, one commit a business, before they count."""
    by_business: defaultdict[UUID, list[Said]] = defaultdict(list)
    for one in said:
        by_business[one.line.business_id].append(one)
    for business_id, several in by_business.items():
        with acting_for(business_id, durable=True):
            write_down(several, now)


def write_down(said: Iterable[Said], now: datetime) -> None:
    """Write messages of one business down in its scope, by the end of the caller's transaction."""
    _CALLS.leave(
        {
            "account_id": one.line.account_id,
            "about_id": one.about_id,
            "operation": one.operation,
            "outcome": one.outcome,
            "code": one.evidence.code,
            "message": one.evidence.message,
            "http_status": one.evidence.http_status,
            "asked": one.evidence.asked,
            "answered": one.evidence.answered,
            "at": now,
            "took_ms": one.evidence.took_ms,
        }
        for one in said
    )
