"""What is due, of all businesses: attempts, money on its way back, lists of unconfirmed payments.

The lists are read under the worker role; each row is then leased and worked on by itself, so two
pollers at once do no harm and a killed one leaves nothing behind.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from core.tenancy import acting_for
from outbox.operations.fence import Fence
from payments.operations.books.due import DUE as BOOKS
from payments.operations.check import check_attempt
from payments.operations.covers.off import let_go_of_overdue
from payments.operations.create import expire_payment
from payments.operations.debits.work import work_debits
from payments.operations.deposits.due import DUE as DEPOSITS
from payments.operations.inquiries.due import DUE as INQUIRIES
from payments.operations.instalments.due import DUE as INSTALMENTS
from payments.operations.links import remind_of_cart, remind_unfinished
from payments.operations.recheck import recheck_attempt
from payments.operations.refunds import run_transfer
from payments.operations.reverse import run_reversal
from payments.operations.sweep import sweep_account

_FREE: Final = "(leased_until IS NULL OR leased_until <= %(now)s)"
_DUE_ATTEMPTS: Final = f"""
SELECT business_id, id FROM payments_paymentattempt
WHERE next_check_at <= %(now)s AND {_FREE} ORDER BY next_check_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
_DUE_REVERSALS: Final = f"""
SELECT business_id, id FROM payments_reversal
WHERE next_try_at <= %(now)s AND {_FREE} ORDER BY next_try_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
_DUE_TRANSFERS: Final = f"""
SELECT business_id, id FROM payments_transfer
WHERE next_try_at <= %(now)s AND {_FREE} ORDER BY next_try_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
_DUE_SWEEPS: Final = """
SELECT business_id, id FROM payments_provideraccount
WHERE next_sweep_at <= %(now)s ORDER BY next_sweep_at LIMIT %(limit)s
"""
_DUE_RECHECKS: Final = f"""
SELECT business_id, id FROM payments_paymentattempt
WHERE next_recheck_at <= %(now)s AND {_FREE} ORDER BY next_recheck_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
_DUE_EXPIRIES: Final = """
SELECT business_id, id FROM payments_payment
WHERE state = 'created' AND expires_at <= %(now)s ORDER BY expires_at LIMIT %(limit)s
"""
_DUE_REMINDERS: Final = """
SELECT business_id, id FROM payments_payment
WHERE remind_at <= %(now)s ORDER BY remind_at LIMIT %(limit)s
"""
_DUE_CARTS: Final = """
SELECT business_id, id FROM payments_cart
WHERE remind_at <= %(now)s ORDER BY remind_at LIMIT %(limit)s
"""
_BATCH: Final = 50

_DUE_COVERS: Final = """
SELECT DISTINCT business_id, payment_id FROM payments_paymentcover
WHERE state = 'held' AND held_until <= %(now)s LIMIT %(limit)s
"""
Row = tuple[UUID, UUID]


def poll_due(*, now: datetime, seconds: float = 45.0) -> int:
    """Do what is due until it is done or the time is spent; return how much was done.

    Run under the worker role and outside any scope.
    """
    stop = time.monotonic() + seconds
    done = sum(
        _work_off(sql, work, now, stop)
        for sql, work in (
            (_DUE_ATTEMPTS, _check),
            (_DUE_REVERSALS, _reverse),
            (_DUE_TRANSFERS, _transfer),
            (_DUE_SWEEPS, _sweep),
            (_DUE_EXPIRIES, _expire),
            (_DUE_COVERS, _let_go),
            (_DUE_REMINDERS, _remind),
            (_DUE_CARTS, _remind_cart),
            *DEPOSITS,
            (_DUE_RECHECKS, _recheck),
            *INSTALMENTS,
            *INQUIRIES,
            *BOOKS,
        )
    )
    return done + work_debits(now=now, seconds=max(stop - time.monotonic(), 0))


def _work_off(
    sql: str, work: Callable[[UUID, UUID, datetime], bool], now: datetime, stop: float
) -> int:
    done = 0
    for business_id, row_id in _due(sql, now):
        if time.monotonic() > stop:
            break
        # One row nobody can work on must not keep the others, of all businesses, waiting.
        with Fence(f"payments.poll {row_id}"):
            done += work(business_id, row_id, now)
    return done


def _due(sql: str, now: datetime) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": now, "limit": _BATCH})
        rows: list[Row] = cursor.fetchall()
        return rows


def _check(business_id: UUID, attempt_id: UUID, now: datetime) -> bool:
    return check_attempt(business_id=business_id, attempt_id=attempt_id, now=now)


def _reverse(business_id: UUID, reversal_id: UUID, now: datetime) -> bool:
    return run_reversal(business_id=business_id, reversal_id=reversal_id, now=now)


def _transfer(business_id: UUID, transfer_id: UUID, now: datetime) -> bool:
    return run_transfer(business_id=business_id, transfer_id=transfer_id, now=now)


def _sweep(business_id: UUID, account_id: UUID, now: datetime) -> bool:
    return sweep_account(business_id=business_id, account_id=account_id, now=now)


def _recheck(business_id: UUID, attempt_id: UUID, now: datetime) -> bool:
    return recheck_attempt(business_id=business_id, attempt_id=attempt_id, now=now)


def _expire(business_id: UUID, payment_id: UUID, now: datetime) -> bool:
    with acting_for(business_id, durable=True):
        return expire_payment(payment_id=payment_id, now=now)


def _let_go(business_id: UUID, payment_id: UUID, now: datetime) -> bool:
    with acting_for(business_id, durable=True):
        return let_go_of_overdue(payment_id=payment_id, now=now)


def _remind(business_id: UUID, payment_id: UUID, now: datetime) -> bool:
    return remind_unfinished(business_id=business_id, payment_id=payment_id, now=now)


def _remind_cart(business_id: UUID, cart_id: UUID, now: datetime) -> bool:
    return remind_of_cart(business_id=business_id, cart_id=cart_id, now=now)
