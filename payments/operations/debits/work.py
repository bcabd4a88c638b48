"""What is due of mandates and debits, of all businesses; the poller's part of this rail."""

import time
from datetime import datetime
from typing import Final

from django.db import connection

from outbox.operations.fence import Fence
from payments.operations.debits.collect import collect_due
from payments.operations.mandates.check import check_mandate

_DUE_MANDATES: Final = """
SELECT business_id, id FROM payments_mandate
WHERE next_check_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
ORDER BY next_check_at LIMIT 50
"""


def work_debits(*, now: datetime, seconds: float) -> int:
    """Do what is due of this rail until it is done or the time is spent; return how much.

    Run under the worker role and outside any scope.
    """
    stop = time.monotonic() + seconds
    done = _check_mandates(now, stop)
    while time.monotonic() < stop:
        taken = collect_due(now=now)
        done += taken
        if not taken:
            break
    return done


def _check_mandates(now: datetime, stop: float) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DUE_MANDATES, {"now": now})
        due = cursor.fetchall()
    done = 0
    for business_id, mandate_id in due:
        if time.monotonic() > stop:
            break
        with Fence(f"payments.mandates {mandate_id}"):
            done += check_mandate(business_id=business_id, mandate_id=mandate_id, now=now)
    return done
