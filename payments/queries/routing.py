"""What routing weighs: what accounts took today, how often they pay through, what they cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from core.calendar import business_day, day_start
from core.tenancy import active_business_id
from payments.enums import EXCLUSIVE
from payments.models import PaymentAttempt, ProviderAccount

# Fewer tries than this say nothing about an account.
ENOUGH_TRIES: Final = 30
_LOOKS_BACK: Final = timedelta(days=28)
_NEWEST: Final = 400
_HOURS_AROUND: Final = 1
_Z: Final = 1.96
# A bank's share counts only where the cards of at least so many failed tries are told too.
TELLS: Final = 0.2
# An account's newest finished tries, those of them begun within an hour of this time of day, those
# with cards of one bank; and of how many failed ones the card was told.
_TRIES: Final = """
SELECT a.id, count(t.state), count(t.state) FILTER (WHERE won),
       count(t.state) FILTER (WHERE near), count(t.state) FILTER (WHERE near AND won),
       count(t.state) FILTER (WHERE theirs), count(t.state) FILTER (WHERE theirs AND won),
       count(t.state) FILTER (WHERE theirs AND near),
       count(t.state) FILTER (WHERE theirs AND near AND won),
       count(t.state) FILTER (WHERE NOT won AND told)
FROM unnest(%(accounts)s::uuid[]) AS a (id)
LEFT JOIN LATERAL (
  SELECT state, state = ANY(%(won)s) AS won, masked_pan <> '' AS told,
         left(masked_pan, 6) = ANY(%(bins)s) AS theirs,
         least(abs(extract(hour FROM started_at AT TIME ZONE %(zone)s) - %(hour)s),
                      24 - abs(extract(hour FROM started_at AT TIME ZONE %(zone)s) - %(hour)s))
                <= %(around)s AS near
  FROM payments_paymentattempt
  WHERE business_id = %(business)s AND account_id = a.id AND started_at > %(since)s
    AND redirected_at IS NOT NULL AND ended_at IS NOT NULL
  ORDER BY started_at DESC LIMIT %(newest)s
) t ON true
GROUP BY a.id
"""


@dataclass(frozen=True, slots=True)
class Success:
    """How many of an account's tries brought money; too few of them say nothing."""

    tries: int
    won: int

    @property
    def known(self) -> bool:
        """Whether the sample is large enough to judge by."""
        return self.tries >= ENOUGH_TRIES

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval (Wilson) of the share that succeeds."""
        n, p = self.tries, self.won / self.tries
        middle = (p + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        half = _Z / (1 + _Z * _Z / n) * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        return middle - half, middle + half

    def worse_than(self, other: "Success") -> bool:
        """Tell whether this one surely succeeds less often than the other."""
        return self.known and other.known and self.interval[1] < other.interval[0]


@dataclass(frozen=True, slots=True)
class Measured:
    """An account's success with everybody, and with cards of the payer's bank where that is known.

    `of_bank` is empty over an account that hardly tells a card unless it paid: every bank would
    look perfect there.
    """

    overall: Success = Success(0, 0)
    of_bank: Success = Success(0, 0)

    def worse_than(self, other: "Measured") -> bool:
        """Tell whether this account surely succeeds less often; like is compared with like."""
        if self.of_bank.known and other.of_bank.known:
            return self.of_bank.worse_than(other.of_bank)
        return self.overall.worse_than(other.overall)


def success_of(
    account_ids: Sequence[UUID], *, zone: ZoneInfo, bins: Sequence[str] = (), now: datetime
) -> dict[UUID, Measured]:
    """Return each account's measured success at this hour of the day, or over all hours.

    The hour counts when it has tries enough; else the newest tries of four weeks do. `bins`: the
    first six digits of the cards of the payer's bank. One query.
    """
    values: dict[str, Any] = {
        "won": ["confirmed", "reversed"],
        "accounts": list(account_ids),
        "zone": str(zone),
        "hour": now.astimezone(zone).hour,
        "around": _HOURS_AROUND,
        "business": active_business_id(),
        "since": now - _LOOKS_BACK,
        "newest": _NEWEST,
        "bins": list(bins),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TRIES, values)
        rows = cursor.fetchall()
    return {account_id: _measured(*counts) for account_id, *counts in rows}


def _measured(*counts: int) -> Measured:
    overall, near, of_bank, of_bank_near = (Success(*counts[n : n + 2]) for n in (0, 2, 4, 6))
    failed, told = overall.tries - overall.won, counts[8]
    tells = failed > 0 and told >= failed * TELLS
    bank = of_bank_near if of_bank_near.known else of_bank
    return Measured(near if near.known else overall, bank if tells else Success(0, 0))


def taken_today(account_ids: Sequence[UUID], *, zone: ZoneInfo, now: datetime) -> dict[UUID, int]:
    """Return what each account took, or may yet take, in tries begun this business day, in rial."""
    rows = (
        PaymentAttempt.objects.filter(
            account_id__in=account_ids,
            started_at__gte=day_start(business_day(now, zone), zone),
            state__in=EXCLUSIVE,
        )
        .values("account_id")
        .annotate(total=Sum("sent_amount"))
    )
    return {row["account_id"]: int(row["total"]) for row in rows}


def cost_of(account: ProviderAccount, amount_rial: int) -> int:
    """Return the fee an account would take of an amount, by its tariff, in whole rial."""
    fee = account.fee_fixed_rial + amount_rial * account.fee_bp // 10_000
    return fee if account.fee_max_rial is None else min(fee, account.fee_max_rial)
