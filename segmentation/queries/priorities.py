"""Whom to keep first, and what they are to the business: satisfied, idea-giver … (C051).

Priority is what is gained by a try: a year's purchases, times the chance that they have left, times
the chance that they can still be moved. Who stays surely needs no try, who left surely hears none;
so the last is the chance that they have not left, times what tries like this one brought here
(an assumption first, then what was seen; as for the actions of a day).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id
from customers.queries.constancy import FAILED, Constancy, constancy_of
from customers.queries.measures import proposed_among
from feedback.queries.moods import LastAnswer, last_answers
from loyalty.queries.memberships import members_among
from payments.queries.mandates import mandated_among
from segmentation.enums import ActionKind, Trait
from segmentation.queries.actions.effects import effects
from segmentation.queries.alone import left_alone
from segmentation.queries.health import strategic_ids

MOST: Final = 100
NEW_DAYS: Final = 90
_FAILED: Final = timedelta(days=60)
_TENURE: Final = timedelta(days=365)
_IDEAS: Final = timedelta(days=730)
_LEAST_TIES: Final = 2
# A newcomer whom something went wrong with leaves sooner than their purchases say: the odds that
# they have left count twice.
_PRIORITIES: Final = f"""
WITH failed AS ({FAILED}), risks AS (
    SELECT o.id, o.score, o.as_of, o.purchases_365 * o.day_rial AS year, 1 - o.staying AS leaving,
           f.customer_id IS NOT NULL AND t.first_on > o.as_of - {NEW_DAYS} AS let_down
    FROM segmentation_customeroutlook o
    LEFT JOIN (failed f JOIN customers_customertotals t
               ON t.business_id = %(business)s AND t.id = f.customer_id) ON f.customer_id = o.id
    WHERE o.business_id = %(business)s
), chances AS (
    SELECT id, score, as_of, year, let_down,
           CASE WHEN let_down THEN 2 * leaving / (1 + leaving) ELSE leaving END AS leaving
    FROM risks
), best AS (
    -- Whoever is gone, or is to be left alone, is seldom among the best: twice as many as are
    -- asked for are enough; looked up before they are sorted, everybody would be.
    SELECT id, score, as_of, year, leaving, let_down, year * leaving * (1 - leaving) AS gain
    FROM chances WHERE year * leaving * (1 - leaving) >= 1
    ORDER BY gain DESC, id DESC LIMIT 2 * %(most)s
)
SELECT b.id, b.score, b.as_of, b.year, b.leaving, b.let_down, b.gain
FROM best b JOIN customers_customer c ON c.business_id = %(business)s AND c.id = b.id
 AND c.status IN ('active', 'provisional')
ORDER BY b.gain DESC, b.id DESC
"""  # noqa: S608 - the parts are constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """Somebody worth keeping: what is at stake, what a try is expected to gain, what they are.

    `let_down`: new here, and something went wrong lately. `doubted`: a measure about them is
    proposed, so look at the file before you call.
    """

    customer_id: UUID
    score: int
    year_rial: int
    leaving: float
    effect: float
    gain_rial: int
    let_down: bool
    traits: Sequence[Trait]
    ties: Sequence[str]
    doubted: bool


def priorities(now: datetime, most: int = MOST) -> list[Priority]:
    """Return whom to keep first, most expected gain first. Twelve queries, however many.

    Who left the club or is under a measure is left alone.
    """
    zone = business_by_id(active_business_id()).timezone
    today = business_day(now, zone)
    effect = effects(now, zone)[ActionKind.CALL].chance
    best = _rows(today - _FAILED, most)
    alone = left_alone([row[0] for row in best], today)
    rows = [row for row in best if row[0] not in alone][:most]
    ids = [row[0] for row in rows]
    about, doubted = _traits(ids, today), proposed_among(ids)
    return [
        Priority(
            customer_id=who,
            score=score,
            year_rial=round(year),
            leaving=leaving,
            effect=effect,
            gain_rial=round(gain * effect),
            let_down=let_down,
            traits=about[who][0],
            ties=about[who][1],
            doubted=who in doubted,
        )
        for who, score, _as_of, year, leaving, let_down, gain in rows
    ]


def traits_of(customer_ids: Collection[UUID], today: date) -> dict[UUID, Sequence[Trait]]:
    """Return what customers are to the business. Five queries, however many."""
    return {who: traits for who, (traits, _ties) in _traits(customer_ids, today).items()}


def _rows(failed: date, most: int) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"business": active_business_id(), "failed": failed, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_PRIORITIES, values)
        return list(cursor.fetchall())


def _traits(
    customer_ids: Collection[UUID], today: date
) -> dict[UUID, tuple[list[Trait], list[str]]]:
    said, valuable = last_answers(customer_ids), strategic_ids(customer_ids)
    bound = members_among(customer_ids) | mandated_among(customer_ids)
    constant = constancy_of(customer_ids, today - _IDEAS)
    found = {}
    for who in customer_ids:
        ties = _ties(constant[who], today, bound=who in bound)
        known: Mapping[Trait, bool] = {
            Trait.SATISFIED: _is_content(said.get(who)),
            Trait.IDEA_GIVER: constant[who].ideas > 0,
            Trait.VALUABLE: who in valuable,
            Trait.COMMITTED: len(ties) >= _LEAST_TIES,
        }
        found[who] = [trait for trait, holds in known.items() if holds], ties
    return found


def _is_content(said: LastAnswer | None) -> bool:
    return said is not None and said.content is True


def _ties(one: Constancy, today: date, *, bound: bool) -> list[str]:
    """Return what ties somebody: they buy regularly, they are bound, they have come for long."""
    known = {
        "regular": one.is_regular,
        "bound": bound,
        "long": one.first_on is not None and one.first_on <= today - _TENURE,
    }
    return [name for name, holds in known.items() if holds]
