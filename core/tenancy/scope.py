"""Which business we act for: a context variable and a transaction-local database setting.

The setting lives only inside a transaction, so pooled connections and PgBouncer cannot carry it
to somebody else's request. Leaving an inner `atomic()` does not undo `SET LOCAL`; therefore the
scope restores the outer value itself and refuses to be nested for another business.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import connection, transaction

if TYPE_CHECKING:
    from core.database.base import DatabaseWrapper

SETTING: Final = "app.business_id"

_active: ContextVar[UUID | None] = ContextVar("active_business", default=None)
_across: ContextVar[str | None] = ContextVar("across_businesses", default=None)

P = ParamSpec("P")
R = TypeVar("R")


class NoActiveBusiness(RuntimeError):
    """Tenant data was touched without `acting_for`."""


class WrongBusiness(RuntimeError):
    """One business's scope met another business's row or scope."""


def active_business_id() -> UUID:
    """Return the business we act for; raise NoActiveBusiness outside a scope."""
    business_id = _active.get()
    if business_id is None:
        raise NoActiveBusiness
    return business_id


def business_in_scope() -> UUID | None:
    """Return the business we act for, or None."""
    return _active.get()


def reads_across() -> bool:
    """Tell whether an `across_businesses` block is open."""
    return _across.get() is not None


@contextmanager
def acting_for(business_id: UUID, *, durable: bool = False) -> Iterator[None]:
    """Act for one business inside a transaction.

    `durable` refuses to be nested, so leaving the block means committed. Nesting the same
    business is harmless; another one raises WrongBusiness.
    """
    outer = _active.get()
    if outer is not None and outer != business_id:
        raise WrongBusiness(f"{outer} -> {business_id}")
    inside_another = connection.in_atomic_block
    with transaction.atomic(durable=durable):
        if outer is None:
            _tell_database(business_id)
        token = _active.set(business_id)
        try:
            yield
        finally:
            _active.reset(token)
        # COMMIT forgets the setting by itself; an outer transaction would go on with it.
        if outer is None and inside_another:
            _tell_database(None)


@contextmanager
def across_businesses(*, why: str) -> Iterator[None]:
    """Read tenant tables unfiltered, as far as the database role's policies allow.

    Only for sweepers and staff; `why` documents the reason and callers are pinned by a test.
    """
    if not why:
        raise ValueError("say why")
    token = _across.set(why)
    try:
        yield
    finally:
        _across.reset(token)


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a use case: it runs in a business's scope and is atomic."""
    return _operation(function, savepoint=True)


def part_of_operation(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a step that only ever runs inside another's savepoint: its failure is the other's.

    It saves the two round trips of a savepoint of its own where a till is waiting.
    """
    return _operation(function, savepoint=False)


def _operation(function: Callable[P, R], *, savepoint: bool) -> Callable[P, R]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        active_business_id()
        with transaction.atomic(savepoint=savepoint):
            return function(*args, **kwargs)

    return run


def in_real_transaction() -> bool:
    """Tell whether a transaction of our own (not the test case's) is open."""
    return any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks)


def _tell_database(business_id: UUID | None) -> None:
    told = str(business_id) if business_id else ""
    cast("DatabaseWrapper", connection).later("SELECT set_config(%s, %s, true)", [SETTING, told])
