"""Holding everybody against the ready-made segments, once a night."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from outbox.operations import publish
from segmentation.enums import GUARDED, NamedSegment
from segmentation.events import NamedSegmentEntered, NamedSegmentLeft
from segmentation.models import CustomerFit, NamedNight, NamedStay
from segmentation.queries.actions.listing import category_costs, margin_percent
from segmentation.queries.fit.reckoning import FEWEST, FIT, NEW_DAYS
from segmentation.queries.lifecycle import counted_stages
from segmentation.queries.named.facts import FACTS, facts_values, quiet_values, usual
from segmentation.queries.named.rules import RULES
from segmentation.queries.seasons import calendar_of

_HOLD: Final = """
WITH fitting AS (SELECT f.id, {evidence} AS evidence FROM pg_temp.named_facts f WHERE {where}),
gone AS (
    UPDATE segmentation_namedstay s SET left_at = greatest(%(now)s, s.entered_at)
    WHERE s.business_id = %(business)s AND s.segment = %(segment)s AND s.left_at IS NULL
      AND NOT EXISTS (SELECT FROM fitting f WHERE f.id = s.customer_id)
    RETURNING s.customer_id
), kept AS (
    UPDATE segmentation_namedstay s SET evidence = f.evidence, seen_on = %(today)s
    FROM fitting f
    WHERE s.business_id = %(business)s AND s.segment = %(segment)s AND s.left_at IS NULL
      AND s.customer_id = f.id AND s.evidence <> f.evidence
), come AS (
    INSERT INTO segmentation_namedstay
        (id, business_id, segment, customer_id, entered_at, evidence, seen_on)
    SELECT app_new_id(), %(business)s, %(segment)s, f.id, %(now)s, f.evidence, %(today)s
    FROM fitting f
    WHERE NOT EXISTS (
        SELECT FROM segmentation_namedstay s
        WHERE s.business_id = %(business)s AND s.segment = %(segment)s
          AND s.customer_id = f.id AND s.left_at IS NULL)
    RETURNING customer_id
)
SELECT (SELECT count(*) FROM fitting),
       (SELECT coalesce(array_agg(customer_id::text), '{{}}') FROM come WHERE %(told)s),
       (SELECT coalesce(array_agg(customer_id::text), '{{}}') FROM gone WHERE %(told)s)
"""
# Who comes and goes depends on who was there; who is erased meanwhile waits.
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(business)s::text || ':named', 0))"
# Everybody is joined to everybody's sums. A planner that takes a table for small, as after a first
# import, would walk one for each row of the other.
_BY_HASH: Final = "SET LOCAL enable_nestloop = off"
_BY_CHOICE: Final = "SET LOCAL enable_nestloop = on"
_INDEX: Final = "CREATE UNIQUE INDEX ON pg_temp.named_facts (id); ANALYZE pg_temp.named_facts"
_DROP: Final = "DROP TABLE pg_temp.named_facts"


@operation
def refresh_named_segments(*, now: datetime) -> NamedNight:
    """Hold everybody against every rule and keep who is in, with what speaks for it.

    One statement gathers the facts, one a segment writes, and one the fit (C107), whatever the
    number of customers.
    Coming and going is announced from the second night on, but of nothing that may be held
    against somebody: no machine acts on that.
    """
    _run(_LOCK)
    zone = business_by_id(active_business_id()).timezone
    today = business_day(now, zone)
    margin = margin_percent() or 100
    costs = category_costs()
    calendar = calendar_of(today)
    facts = facts_values(zone, today, margin, costs) | quiet_values(calendar, today)
    _run(_BY_HASH)
    _run(FACTS, **facts)
    _run(_INDEX)
    found, lists = usual(margin, by_category=bool(costs), calendar=calendar)
    values = {
        **facts,
        **lists,
        "profit_cut": found.profit_cut,
        "risk_cut": found.risk_cut,
        "returns_p95": found.returns_p95,
        "now": now,
    }
    announced = NamedNight.objects.exists()
    sizes = {one.value: _hold(one, values, announced=announced) for one in NamedSegment}
    _run(FIT, today=today, fewest=FEWEST, new_days=NEW_DAYS)
    stages = counted_stages()
    _run(_DROP)
    _run(_BY_CHOICE)
    return NamedNight.objects.create(
        as_of=today,
        finished_at=now,
        customers=found.customers,
        usual=found.as_json | {"stages": stages},
        sizes=sizes,
    )


@operation
def leave_named_segments(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """End the stays of profiles that were joined to others; the night sees to the survivors."""
    _run(_LOCK)
    NamedStay.objects.filter(customer_id__in=list(customer_ids), left_at=None).update(
        left_at=Greatest(F("entered_at"), now)
    )
    CustomerFit.objects.filter(id__in=list(customer_ids)).delete()


@operation
def forget_named_segments(*, customer_ids: Sequence[UUID], now: datetime) -> None:
    """Destroy what was written of people who were erased, what spoke for it and what is past."""
    del now
    _run(_LOCK)
    NamedStay.objects.filter(customer_id__in=list(customer_ids)).delete()
    CustomerFit.objects.filter(id__in=list(customer_ids)).delete()


def _hold(segment: NamedSegment, values: dict[str, Any], *, announced: bool) -> int:
    rule = RULES[segment]
    told = announced and segment not in GUARDED
    sql = _HOLD.format(where=rule.where, evidence=rule.json)
    ((size, come, gone),) = _run(sql, **values, segment=segment.value, told=told)
    now = values["now"]
    publish(
        [NamedSegmentEntered(segment=segment.value, customer_id=UUID(who)) for who in come]
        + [NamedSegmentLeft(segment=segment.value, customer_id=UUID(who)) for who in gone],
        now=now,
    )
    return int(size)


def _run(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        return list(cursor.fetchall()) if cursor.description else []
