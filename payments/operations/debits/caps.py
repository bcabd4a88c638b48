"""The constraint checker: no debit beyond any cap of its mandate or bank.

Days are Tehran's and months Jalali, as the banks count. What may still be collected counts on
every day; what was collected counts from the day it was sent to the day we heard of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from core.calendar import TEHRAN, add_months, business_day, day_bounds, day_start, month_start
from core.tenancy import active_business_id
from core.tenancy.prepared import Prepared
from payments.enums.debits import TRY_EXCLUSIVE, TRY_OPEN
from payments.models import BankLimit, Mandate
from payments.operations.rows import RowReader


@dataclass(slots=True)
class Usage:
    """What a mandate's debits have taken, or may yet take, of its caps."""

    day_count: int = 0
    day_rial: int = 0
    month_count: int = 0
    month_rial: int = 0
    total_rial: int = 0

    def take(self, amount_rial: int) -> None:
        """Count one debit more."""
        self.day_count += 1
        self.month_count += 1
        self.day_rial += amount_rial
        self.month_rial += amount_rial
        self.total_rial += amount_rial


@dataclass(frozen=True, slots=True)
class Refusal:
    """A cap is in the way; `opens_at` is when it may have room again, None: never."""

    cap: str
    opens_at: datetime | None = None


_IN: Final = f"IN {tuple(map(str, TRY_EXCLUSIVE))}"
_OPEN: Final = f"state IN {tuple(map(str, TRY_OPEN))}"
_ON_DAY: Final = f"{_OPEN} OR day <= %(today)s AND collected_on >= %(today)s"
_IN_MONTH: Final = f"{_OPEN} OR collected_on >= %(first)s"
_USAGES: Final = Prepared(
    f"""
SELECT mandate_id,
    count(*) FILTER (WHERE {_ON_DAY}),
    COALESCE(sum(amount_rial) FILTER (WHERE {_ON_DAY}), 0)::bigint,
    count(*) FILTER (WHERE {_IN_MONTH}),
    COALESCE(sum(amount_rial) FILTER (WHERE {_IN_MONTH}), 0)::bigint,
    sum(amount_rial)::bigint
FROM payments_debitattempt
WHERE business_id = (SELECT %(business)s::uuid) AND mandate_id = ANY(%(mandates)s)
    AND state {_IN}
GROUP BY mandate_id
""",  # noqa: S608 - states of ours
    business="uuid",
    mandates="uuid[]",
    today="date",
    first="date",
)


_LIMITS: Final = RowReader(
    BankLimit,
    "r.account_id = ANY(%(accounts)s) AND r.code = ANY(%(codes)s) AND r.until IS NULL",
    accounts="uuid[]",
    codes="text[]",
)


def usages(mandate_ids: Collection[UUID], now: datetime) -> dict[UUID, Usage]:
    """Return the use of several mandates; whoever decides by it holds their rows locked."""
    today = business_day(now, TEHRAN)
    values: dict[str, Any] = {
        "business": active_business_id(),
        "mandates": mandate_ids,
        "today": today,
        "first": month_start(today),
    }
    found = {mandate_id: Usage(*used) for mandate_id, *used in _USAGES.rows(values)}
    return {mandate_id: found.get(mandate_id, Usage()) for mandate_id in mandate_ids}


def bank_limits(mandates: Collection[Mandate]) -> dict[tuple[UUID, str], BankLimit]:
    """Return what the providers say today of the mandates' banks."""
    rows = _LIMITS.read(
        accounts={mandate.account_id for mandate in mandates},
        codes=list({mandate.bank_code for mandate in mandates}),
    )
    return {(row.account_id, row.code): row for row in rows}


def refusal(
    mandate: Mandate, limit: BankLimit | None, used: Usage, amount_rial: int, today: date
) -> Refusal | None:
    """Return the cap one more debit would break, or None when all have room."""
    tomorrow, next_month = _openings(today)
    return next(
        (
            Refusal(cap, opens_at)
            for cap, opens_at, most, would_be in (
                ("debit", None, mandate.max_debit_rial, amount_rial),
                ("total", None, mandate.max_total_rial, used.total_rial + amount_rial),
                ("month_count", next_month, mandate.max_month_count, used.month_count + 1),
                ("month_rial", next_month, mandate.max_month_rial, used.month_rial + amount_rial),
                ("day_count", tomorrow, mandate.max_day_count, used.day_count + 1),
                ("day_rial", tomorrow, mandate.max_day_rial, used.day_rial + amount_rial),
                (
                    "bank_count",
                    tomorrow,
                    limit.max_day_count if limit else None,
                    used.day_count + 1,
                ),
                (
                    "bank_rial",
                    tomorrow,
                    limit.max_day_rial if limit else None,
                    used.day_rial + amount_rial,
                ),
            )
            if most is not None and would_be > most
        ),
        None,
    )


@lru_cache(maxsize=8)
def _openings(today: date) -> tuple[datetime, datetime]:
    """Return when the next day and the next month begin."""
    next_month = day_start(add_months(month_start(today), 1), TEHRAN)
    return day_bounds(today, TEHRAN)[1], next_month


@dataclass(slots=True)
class Meter:
    """The caps of several locked mandates, counted on while debits are taken up."""

    today: date
    used: Mapping[UUID, Usage]
    limits: Mapping[tuple[UUID, str], BankLimit] = field(default_factory=dict)

    def refusal(self, mandate: Mandate, amount_rial: int) -> Refusal | None:
        """Return the cap in the way of one more debit, or None."""
        limit = self.limits.get((mandate.account_id, mandate.bank_code))
        return refusal(mandate, limit, self.used[mandate.id], amount_rial, self.today)

    def take(self, mandate: Mandate, amount_rial: int) -> None:
        """Count one debit."""
        self.used[mandate.id].take(amount_rial)


def meter(mandates: Collection[Mandate], now: datetime) -> Meter:
    """Return the meter of locked mandates: two queries."""
    used = usages([mandate.id for mandate in mandates], now)
    return Meter(business_day(now, TEHRAN), used, bank_limits(mandates))
