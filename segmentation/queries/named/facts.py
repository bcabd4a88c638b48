"""What the rules of ready-made segments look at, one row a customer, and what is usual of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.habits import HABITS
from feedback.queries.moods import MOODS
from loyalty.queries.suspicions.confirmed import CONFIRMED
from messaging.queries.reached import REACHED
from payments.queries.instalments.credit import credit_terms
from payments.queries.instalments.paying import PAYING
from segmentation.queries.named.chance import needed
from segmentation.queries.seasons import Calendar

NEW_DAYS: Final = 30
BACK_DAYS: Final = 60
YEAR: Final = 365
YEARS: Final = 730
# Under so many customers to compare with, a rule that compares is silent.
ENOUGH: Final = 20
LEAST: Final = {"returns": 5, "discounts": 6, "late": 5, "complaints": 5}

FACTS: Final = f"""
CREATE TEMPORARY TABLE named_facts ON COMMIT DROP AS
SELECT h.*, m.score AS mood_score, m.kind AS mood_kind, m.said_on, m.content, m.unhappy,
       greatest((r.reached_at AT TIME ZONE %(zone)s)::date, a.done_on) AS reached_on,
       coalesce(p.n, 0) AS dues, p.on_time, coalesce(p.lately, 0) AS lately,
       coalesce(p.late_lately, 0) AS late_lately, p.grade,
       coalesce(s.signs, 0) AS signs, s.newest_on AS sign_on, s.rules AS sign_rules,
       o.staying, o.worth_rial, o.risk_rial,
       q.quiet,
       coalesce(h.last_on + h.line + q.quiet < %(today)s::date
                OR (o.staying < 0.3 AND q.quiet < 7), false) AND h.days > 0 AS lapsed
FROM ({HABITS}) AS h
LEFT JOIN ({MOODS}) AS m ON m.customer_id = h.id
LEFT JOIN ({REACHED}) AS r ON r.address = h.mobile
LEFT JOIN ({PAYING}) AS p ON p.customer_id = h.id
LEFT JOIN ({CONFIRMED}) AS s ON s.customer_id = h.id
LEFT JOIN (
    SELECT customer_id, max((answered_at AT TIME ZONE %(zone)s)::date) AS done_on
    FROM segmentation_actionitem
    WHERE business_id = %(business)s AND customer_id IS NOT NULL AND state = 'done'
    GROUP BY customer_id
) AS a ON a.customer_id = h.id
LEFT JOIN segmentation_customeroutlook o ON o.business_id = %(business)s AND o.id = h.id
CROSS JOIN LATERAL (
    -- Days that quiet seasons took since the last purchase (N24); sums since `quiet_from`.
    SELECT coalesce(%(quiet_now)s::int - coalesce(
        (%(quiet)s::int[])[h.last_on - %(quiet_from)s::date + 1], 0), 0) AS quiet
) AS q
"""  # noqa: S608 - the parts are constants
_USUAL: Final = """
SELECT count(*),
       count(*) FILTER (WHERE year_profit > 0),
       percentile_disc(0.8) WITHIN GROUP (ORDER BY year_profit) FILTER (WHERE year_profit > 0),
       count(*) FILTER (WHERE days > 1 AND risk_rial > 0),
       percentile_disc(0.8) WITHIN GROUP (ORDER BY risk_rial)
           FILTER (WHERE days > 1 AND risk_rial > 0),
       percentile_disc(0.95) WITHIN GROUP (ORDER BY returned::float8 / bought)
           FILTER (WHERE bought >= 5),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY line)
FROM pg_temp.named_facts
"""
_BASE: Final = """
SELECT count(*), coalesce(sum({signs}), 0), coalesce(sum({things}), 0),
       coalesce(array_agg(DISTINCT {things}), '{{}}')
FROM pg_temp.named_facts WHERE {things} >= %(least)s
"""
# What is counted against somebody: the signs, and among how many things.
_SIGNS: Final = {
    "returns": ("returned", "bought"),
    "discounts": ("discounted", "bought"),
    "late": ("late_lately", "lately"),
    "complaints": ("unfounded", "bought"),
}


@dataclass(frozen=True, slots=True)
class Base:
    """How often signs of a kind are usual: `signs` of `things`, of so many customers."""

    people: int
    signs: int
    things: int

    @property
    def rate(self) -> float | None:
        """Return the share, never quite nothing; None where there are too few to compare with."""
        if self.people < ENOUGH or not self.things:
            return None
        return max(self.signs, 1) / self.things


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What the rules compare with on one night."""

    customers: int
    profit_cut: int | None
    risk_cut: int | None
    returns_p95: float | None
    line: int | None
    margin: int
    by_category: bool
    seasons: dict[str, Any] | None
    bases: dict[str, Base]

    @property
    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it with the night."""
        return asdict(self)


def facts_values(
    zone: ZoneInfo, today: date, margin: int, costs: Mapping[str, int]
) -> dict[str, Any]:
    """Return the parameters of the statement of facts."""
    return {
        "business": active_business_id(),
        "today": today,
        "zone": zone.key,
        "since": today - timedelta(days=YEARS - 1),
        "year": today - timedelta(days=YEAR - 1),
        "fresh": today - timedelta(days=BACK_DAYS - 1),
        "grace": credit_terms().grace_days,
        "margin": margin,
        "categories": list(costs),
        "costs": list(costs.values()),
    }


def quiet_values(calendar: Calendar | None, today: date) -> dict[str, Any]:
    """Return the parameters that say how many days quiet seasons took (N24)."""
    first = today - timedelta(days=YEARS)
    quiet = calendar.quiet(first, today) if calendar else [0] * (YEARS + 1)
    return {"quiet": quiet, "quiet_from": first, "quiet_now": quiet[-1]}


def usual(
    margin: int, *, by_category: bool, calendar: Calendar | None
) -> tuple[Usual, dict[str, list[int | None]]]:
    """Return what is usual in the facts of now, and how many signs at each count are too many."""
    customers, earners, profit, risky, risk, p95, line = _one(_USUAL)
    bases, lists = {}, {}
    for name, (signs, things) in _SIGNS.items():
        sql = _BASE.format(signs=signs, things=things)
        people, seen, counted, counts = _one(sql, least=LEAST[name])
        bases[name] = Base(people, int(seen), int(counted))
        lists[name] = needed(counts, bases[name].rate)
    found = Usual(
        customers=customers,
        profit_cut=profit if earners >= ENOUGH else None,
        risk_cut=risk if risky >= ENOUGH else None,
        returns_p95=p95 if bases["returns"].people >= ENOUGH else None,
        line=line,
        margin=margin,
        by_category=by_category,
        seasons=calendar.as_json if calendar else None,
        bases=bases,
    )
    return found, lists


def _one(sql: str, **values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] = cursor.fetchone()
    return found
