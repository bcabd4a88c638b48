"""Fees that stay gone when money goes back (C074)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from core.calendar import day_start
from core.tenancy import active_business_id

# A payment that is undone costs nothing: a reversal gives the provider's fee back too.
_FEES: Final = """
SELECT width_bucket(t.paid_at, %(starts)s::timestamptz[]) AS place, t.reason, count(*),
       sum(t.paid_rial)::bigint, sum(t.fee_rial)::bigint,
       coalesce(sum(a.fee_rial * t.paid_rial / nullif(p.amount_rial, 0))
                FILTER (WHERE t.route <> 'reverse'), 0)::bigint
FROM payments_transfer t
JOIN payments_payment p ON p.business_id = t.business_id AND p.id = t.payment_id
LEFT JOIN payments_paymentattempt a ON a.business_id = t.business_id AND a.id = t.attempt_id
WHERE t.business_id = %(business)s AND t.kind = 'refund' AND t.paid_rial > 0
  AND t.paid_at >= %(since)s AND t.paid_at < %(until)s
GROUP BY place, t.reason
ORDER BY place, t.reason
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeesLost:
    """Refunds of one reason that arrived in one of the spans; `place` counts spans from 0.

    `sending_rial`: what sending the money back cost. `taken_rial`: the part of the payments' own
    fees that belongs to what went back; the provider keeps it.
    """

    place: int
    reason: str
    count: int
    paid_rial: int
    sending_rial: int
    taken_rial: int


def fees_lost(starts: Sequence[date], *, until: date, zone: ZoneInfo) -> list[FeesLost]:
    """Return the refunds that arrived in the spans that begin on `starts`. One query."""
    bounds = [day_start(start, zone) for start in starts]
    values: dict[str, Any] = {
        "business": active_business_id(),
        "starts": bounds,
        "since": bounds[0],
        "until": day_start(until, zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FEES, values)
        rows = cursor.fetchall()
    return [
        FeesLost(
            place=place - 1,
            reason=reason,
            count=count,
            paid_rial=paid,
            sending_rial=sending,
            taken_rial=taken,
        )
        for place, reason, count, paid, sending, taken in rows
    ]
