"""Inviting buyers: one statement for all purchases of a call, because the till is waiting."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.ids import new_id
from core.tenancy import active_business_id, part_of_operation
from core.tenancy.prepared import Prepared
from feedback.queries.tokens import token_for, token_hash

# Older purchases are history: nobody remembers them well enough to be asked.
FRESH: Final = timedelta(days=2)
_BUCKETS: Final = 100

# The gates themselves stand in the database function (migration 0002): its plan is made once per
# connection, which takes two thirds off what the till waits for.
_INVITE: Final = Prepared(
    """
SELECT feedback_invite(
    %(business)s, %(now)s, %(ids)s, %(hashes)s, %(purchases)s, %(customers)s, %(branches)s,
    %(employees)s, %(buckets)s)
""",
    business="uuid",
    now="timestamptz",
    ids="uuid[]",
    hashes="bytea[]",
    purchases="uuid[]",
    customers="uuid[]",
    branches="uuid[]",
    employees="uuid[]",
    buckets="int[]",
)


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase of a known customer that may be asked about."""

    purchase_id: UUID
    customer_id: UUID
    branch_id: UUID | None
    employee_id: UUID | None


@part_of_operation
def invite_buyers(*, purchases: Sequence[Bought], now: datetime) -> None:
    """Invite those whom the rules allow to be asked. Repeating changes nothing."""
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
    _INVITE.later(row, owed=True)


def _bucket(purchase_id: UUID) -> int:
    """Return the purchase's place in the sample, 0 to 99, the same every time."""
    return int.from_bytes(hashlib.sha256(purchase_id.bytes).digest()[:4]) % _BUCKETS
