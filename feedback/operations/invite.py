"""Inviting buyers: one statement for all purchases of a call, because the till is waiting."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.queries.trouble import OPEN_TROUBLE_SQL
from feedback.queries.tokens import token_for, token_hash
from messaging.queries.consents import REFUSES_SURVEYS_SQL

# Older purchases are history: nobody remembers them well enough to be asked.
FRESH: Final = timedelta(days=2)
_BUCKETS: Final = 100

# The four gates: not asked this before or anything lately; no open trouble and no "no" to surveys;
# an active survey; in the sample. One survey per purchase, one purchase per customer.
_GATES: Final = """
INSERT INTO feedback_surveyinvitation
    (id, business_id, survey_id, purchase_id, customer_id, branch_id, employee_id, token_hash,
     state, created_at, due_at, expires_at)
SELECT DISTINCT ON (b.customer_id)
    b.id, s.business_id, s.id, b.purchase_id, b.customer_id, b.branch_id, b.employee_id,
    b.token_hash, 'waiting', %(now)s,
    %(now)s + make_interval(mins => s.delay_minutes),
    %(now)s + make_interval(mins => s.delay_minutes, days => s.expiry_days)
FROM unnest(%(ids)s::uuid[], %(hashes)s::bytea[], %(purchases)s::uuid[], %(customers)s::uuid[],
            %(branches)s::uuid[], %(employees)s::uuid[], %(buckets)s::int[]) WITH ORDINALITY
     AS b (id, token_hash, purchase_id, customer_id, branch_id, employee_id, bucket, place)
JOIN feedback_survey s
     ON s.business_id = %(business)s AND s.is_active AND b.bucket < s.sample_rate
JOIN customers_customer person
     ON person.business_id = %(business)s AND person.id = b.customer_id
WHERE NOT EXISTS (
        SELECT 1 FROM feedback_surveyinvitation earlier
        WHERE earlier.business_id = %(business)s AND earlier.customer_id = b.customer_id
          AND earlier.state <> 'cancelled'
          AND (earlier.created_at > %(now)s - make_interval(days => s.cooldown_days)
               OR (earlier.survey_id = s.id
                   AND earlier.created_at > %(now)s - make_interval(days => s.recontact_days))))
  AND NOT {trouble}
  AND NOT {refuses}
ORDER BY b.customer_id, s.position, s.id, b.place
ON CONFLICT (business_id, purchase_id) DO NOTHING
"""
_INVITE: Final = (
    _GATES.replace("{trouble}", OPEN_TROUBLE_SQL)
    .replace("{refuses}", REFUSES_SURVEYS_SQL)
    .replace("{person}", "person")
)


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase of a known customer that may be asked about."""

    purchase_id: UUID
    customer_id: UUID
    branch_id: UUID | None
    employee_id: UUID | None


@operation
def invite_buyers(*, purchases: Sequence[Bought], now: datetime) -> int:
    """Invite those whom the rules allow to be asked; return how many. Repeating changes nothing."""
    business_id = active_business_id()
    ids = [new_id() for _ in purchases]
    row: dict[str, Any] = {
        "business": business_id,
        "now": now,
        "ids": ids,
        "hashes": [token_hash(token_for(business_id, one)) for one in ids],
        "purchases": [one.purchase_id for one in purchases],
        "customers": [one.customer_id for one in purchases],
        "branches": [one.branch_id for one in purchases],
        "employees": [one.employee_id for one in purchases],
        "buckets": [_bucket(one.purchase_id) for one in purchases],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INVITE, row)
        return int(cursor.rowcount)


def _bucket(purchase_id: UUID) -> int:
    """Return the purchase's place in the sample, 0 to 99, the same every time."""
    return int.from_bytes(hashlib.sha256(purchase_id.bytes).digest()[:4]) % _BUCKETS
