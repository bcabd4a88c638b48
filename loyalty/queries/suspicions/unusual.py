"""Far above what is usual in this business: how often points move in a day, robustly compared.

The line stands six spreads above the middle of ninety days of the business's own; the spread is the
median of the distances from the middle, which half of the days may be misuse without moving it.
Below the rule's least, or with fewer than thirty to compare with, nothing is said.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from loyalty.enums import SuspicionRule
from loyalty.queries.suspicions.hits import Hit, Span

ENOUGH: Final = 30
# What each rule never speaks below, however quiet the business is.
LEAST: Final[Mapping[SuspicionRule, int]] = {
    SuspicionRule.CUSTOMER_SALES: 6,
    SuspicionRule.CUSTOMER_SPENDING: 4,
    SuspicionRule.DEVICE_SALES: 40,
    SuspicionRule.DEVICE_SPENDING: 10,
}
_SOLD: Final = """
    SELECT customer_id, NULL::uuid AS device_id, local_date AS day, count(*) AS n
    FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id IS NOT NULL
        AND occurred_at >= %(compared_at)s AND occurred_at < %(until_at)s
    GROUP BY customer_id, local_date"""
_SPENT: Final = """
    SELECT customer_id, NULL::uuid AS device_id,
        (settled_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS n
    FROM loyalty_redemption
    WHERE business_id = %(business)s AND state = 'committed'
        AND settled_at >= %(compared_at)s AND settled_at < %(until_at)s
    GROUP BY customer_id, 3"""
_AT_DEVICE: Final = """
    SELECT NULL::uuid AS customer_id, device_id,
        (happened_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS n
    FROM loyalty_tilltransaction
    WHERE business_id = %(business)s AND state = 'done' AND verb = %(verb)s
        AND happened_at >= %(compared_at)s AND happened_at < %(until_at)s
    GROUP BY device_id, 3"""
_TALLIES: Final[Mapping[SuspicionRule, tuple[str, str]]] = {
    SuspicionRule.CUSTOMER_SALES: (_SOLD, ""),
    SuspicionRule.CUSTOMER_SPENDING: (_SPENT, ""),
    SuspicionRule.DEVICE_SALES: (_AT_DEVICE, "accrue"),
    SuspicionRule.DEVICE_SPENDING: (_AT_DEVICE, "redeem"),
}
# One picture bar for each number up to the line, and one for each twelfth of what is above it.
_LOOK: Final = """
WITH tally AS MATERIALIZED ({tally}
), middle AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS usual, count(*) AS among FROM tally
), spread AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(t.n - m.usual)) AS mad
    FROM tally t, middle m
), line AS (
    SELECT m.among, m.usual, greatest(
        %(least)s, ceil(m.usual + 6 * greatest(1.4826 * s.mad, sqrt(m.usual), 1))
    )::int AS line
    FROM middle m, spread s
)
SELECT l.among, coalesce(round(l.usual), 0)::int, coalesce(l.line, %(least)s),
    (SELECT coalesce(jsonb_object_agg(n, times), '{{}}') FROM (
        SELECT n, count(*) AS times FROM tally GROUP BY n
    ) counted),
    (SELECT coalesce(jsonb_agg(jsonb_build_array(customer_id, device_id, day, n)), '[]') FROM (
        SELECT * FROM tally
        WHERE day >= %(since)s AND n >= l.line AND l.among >= %(enough)s
        ORDER BY n DESC, day LIMIT %(most)s
    ) above)
FROM line l
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What was usual under a rule: how often each number was seen, and where its line stands."""

    rule: SuspicionRule
    among: int
    usual: int
    line: int
    seen: Mapping[int, int]

    @property
    def is_enough(self) -> bool:
        """Return whether there is enough to compare with."""
        return self.among >= ENOUGH

    def document(self) -> dict[str, Any]:
        """Return it as it is kept."""
        seen = {str(number): times for number, times in sorted(self.seen.items())}
        return {"among": self.among, "usual": self.usual, "line": self.line, "seen": seen}

    @classmethod
    def read(cls, rule: SuspicionRule, kept: Mapping[str, Any]) -> "Usual":
        """Return what was kept."""
        return cls(
            rule=rule,
            among=kept["among"],
            usual=kept["usual"],
            line=kept["line"],
            seen={int(number): times for number, times in kept["seen"].items()},
        )


def unusual(span: Span) -> tuple[list[Usual], list[Hit]]:
    """Return what is usual under each rule, and what of the span lies far above it."""
    usuals, hits = [], []
    for rule in _TALLIES:
        usual, above = _look(rule, span)
        usuals.append(usual)
        hits += [_hit(usual, *one) for one in above]
    return usuals, hits


def _look(rule: SuspicionRule, span: Span) -> tuple[Usual, list[list[Any]]]:
    tally, verb = _TALLIES[rule]
    asked = {"least": LEAST[rule], "enough": ENOUGH, "verb": verb}
    with connection.cursor() as cursor:
        cursor.execute(_LOOK.format(tally=tally), span.values | asked)
        among, usual, line, seen, above = cursor.fetchone()
    numbers = {int(number): times for number, times in _json(seen).items()}
    return Usual(rule=rule, among=among, usual=usual, line=line, seen=numbers), _json(above)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _hit(usual: Usual, customer: str | None, device: str | None, day: str, n: int) -> Hit:
    return Hit(
        rule=usual.rule,
        on=date.fromisoformat(day),
        count=n,
        line=usual.line,
        usual=usual.usual,
        among=usual.among,
        customer_id=UUID(customer) if customer else None,
        device_id=UUID(device) if device else None,
    )
