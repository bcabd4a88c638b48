"""What is due of mandates and debits, of all businesses; the poller's part of this rail."""

import time
from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from outbox.operations.fence import Fence
from payments.operations.debits.collect import collect_due
from payments.operations.debits.notices import announce
from payments.operations.debits.schedules import make_due
from payments.operations.mandates.check import check_mandate

_DUE_MANDATES: Final = """
SELECT business_id, id FROM payments_mandate
WHERE next_check_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
ORDER BY next_check_at LIMIT 50
"""


_DUE_NOTICES: Final = """
SELECT business_id, id FROM payments_debit
WHERE notice_at <= %(now)s ORDER BY notice_at LIMIT 200
"""
_DUE_SCHEDULES: Final = """
SELECT business_id, id FROM payments_debitschedule
WHERE next_make_at <= %(now)s ORDER BY next_make_at LIMIT 100
"""


def work_debits(*, now: datetime, seconds: float) -> int:
    """Do what is due of this rail until it is done or the time is spent; return how much.

    Run under the worker role and outside any scope.
    """
    stop = time.monotonic() + seconds
    done = _check_mandates(now, stop) + _make_due(now, stop) + _announce(now)
    return done + collect_due(now=now, stop=stop)


def _due(sql: str, now: datetime) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"now": now})
        rows: list[tuple[UUID, UUID]] = cursor.fetchall()
        return rows


def _announce(now: datetime) -> int:
    by_business: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for business_id, debit_id in _due(_DUE_NOTICES, now):
        by_business[business_id].append(debit_id)
    done = 0
    for business_id, debit_ids in by_business.items():
        with Fence(f"payments.notices {business_id}"):
            done += announce(business_id=business_id, debit_ids=debit_ids, now=now)
    return done


def _make_due(now: datetime, stop: float) -> int:
    done = 0
    for business_id, schedule_id in _due(_DUE_SCHEDULES, now):
        if time.monotonic() > stop:
            break
        with Fence(f"payments.schedules {schedule_id}"):
            done += make_due(business_id=business_id, schedule_id=schedule_id, now=now)
    return done


def _check_mandates(now: datetime, stop: float) -> int:
    done = 0
    for business_id, mandate_id in _due(_DUE_MANDATES, now):
        if time.monotonic() > stop:
            break
        with Fence(f"payments.mandates {mandate_id}"):
            done += check_mandate(business_id=business_id, mandate_id=mandate_id, now=now)
    return done
