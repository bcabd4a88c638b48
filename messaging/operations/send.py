"""Sending what is due: claim, decide, call, settle."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from core.tenancy import acting_for
from messaging.operations.decide import Claim, decide
from messaging.operations.settle import settle
from messaging.providers import provider_named
from outbox.operations.fence import Fence

# A killed worker's claims come back after this; taken few at a time, so none waits for its turn.
_CLAIM_LEASE: Final = timedelta(minutes=5)
_AT_ONCE: Final = 8

# Materialised: inside a join the choice would run again for every row and pass its limit.
_CLAIM: Final = """
WITH due AS MATERIALIZED (
    SELECT business_id, id FROM messaging_message
    WHERE state = 'queued' AND due_at <= %(now)s
    ORDER BY priority, due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE messaging_message m
SET attempts = m.attempts + 1, due_at = %(until)s
FROM due
WHERE m.business_id = due.business_id AND m.id = due.id
RETURNING m.business_id, m.id, m.attempts
"""


def send_due(*, now: datetime, limit: int = _AT_ONCE) -> int:
    """Send up to `limit` due messages of all businesses; return how many were taken up.

    Runs under the worker role with no transaction open: one is committed before each call.
    """
    claims = _claim(now, limit)
    for claim in claims:
        with Fence(f"messaging.send {claim.id}"):
            _send(claim, now)
    return len(claims)


def _claim(now: datetime, limit: int) -> list[Claim]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "until": now + _CLAIM_LEASE, "limit": limit})
        return [Claim(*row) for row in cursor.fetchall()]


def _send(claim: Claim, now: datetime) -> None:
    with acting_for(claim.business_id):
        job = decide(claim=claim, now=now)
    if job is None:
        return
    sending = provider_named(job.provider).send(job.account, job.outgoing)
    with acting_for(claim.business_id):
        settle(claim=claim, sending=sending, now=now)
