"""The nightly look for misuse. It writes down signs and calls a person; it takes nothing away."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from businesses.queries import business_by_id, contacts_here
from core.calendar import business_day
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.queries.likeness import profiles_of_contacts
from loyalty.enums import SuspicionState
from loyalty.models import Suspicion, SuspicionLook
from loyalty.queries.acquisitions import own_profiles
from loyalty.queries.suspicions.counted import counted
from loyalty.queries.suspicions.hits import Hit, Span
from loyalty.queries.suspicions.unusual import Usual, unusual
from payments.enums import AlertKind
from payments.operations import raise_alert

# Days that are judged again each night, for sales that come late; the first look goes further.
_AGAIN: Final = timedelta(days=7)
_FIRST: Final = timedelta(days=31)
_FURTHEST: Final = timedelta(days=92)
_HOUR: Final = time(3)

# What somebody judged comes back only once it has doubled since.
_KEEP: Final = """
INSERT INTO loyalty_suspicion AS s (
    id, business_id, rule, state, customer_id, device_id, employee_id, member_id, "on", count,
    line, usual, among, is_strong, found_at, last_at)
SELECT id, %(business)s, rule, 'open', customer_id, device_id, employee_id, member_id, day, n,
    line, usual, among, is_strong, %(now)s, %(now)s
FROM unnest(
    %(ids)s::uuid[], %(rules)s::text[], %(customers)s::uuid[], %(devices)s::uuid[],
    %(employees)s::uuid[], %(members)s::uuid[], %(days)s::date[], %(counts)s::int[],
    %(lines)s::int[], %(usuals)s::int[], %(amongs)s::int[], %(strong)s::bool[]
) AS h (id, rule, customer_id, device_id, employee_id, member_id, day, n, line, usual, among,
    is_strong)
ON CONFLICT (business_id, rule, "on", customer_id, device_id, employee_id, member_id)
DO UPDATE SET count = excluded.count, line = excluded.line, usual = excluded.usual,
    among = excluded.among, is_strong = excluded.is_strong, last_at = excluded.last_at,
    state = 'open'
WHERE s.state = 'open' OR excluded.count >= 2 * s.judged_count
"""


@operation
def look_for_misuse(*, now: datetime) -> int | None:
    """Look through the active business's points if it is time; return how many signs there are.

    None when it is not time yet, or somebody else looks just now. What is due is the business's
    row, so a look that was lost is made up for by the next, and finds what the lost one would.
    """
    row = _due(now)
    if row is None:
        return None
    business_id = active_business_id()
    zone = business_by_id(business_id).timezone
    today = business_day(now, zone)
    span = Span(business_id=business_id, zone=zone, since=_since(row, today), today=today)
    usuals, hits = unusual(span)
    here = profiles_of_contacts(contacts_here(business_id))
    hits += counted(span, here=here, own=own_profiles(business_id))
    if hits:
        _keep(hits, now)
        _tell(now)
    row.since, row.looked_at, row.usual = span.since, now, _documents(usuals)
    row.next_at = _next_night(now, zone)
    row.save()
    return len(hits)


def _due(now: datetime) -> SuspicionLook | None:
    """Return the row, locked, if its time has come; the first look begins at once."""
    SuspicionLook.objects.bulk_create([SuspicionLook(next_at=now)], ignore_conflicts=True)
    rows = SuspicionLook.objects.select_for_update(skip_locked=True)
    return rows.filter(next_at__lte=now).first()


def _since(row: SuspicionLook, today: date) -> date:
    if row.looked_at is None:
        return today - _FIRST
    return max(min(row.looked_at.date(), today) - _AGAIN, today - _FURTHEST)


def _next_night(now: datetime, zone: ZoneInfo) -> datetime:
    night = datetime.combine(business_day(now, zone), _HOUR, tzinfo=zone)
    return night if night > now else night + timedelta(days=1)


def _documents(usuals: Sequence[Usual]) -> dict[str, Any]:
    return {one.rule.value: one.document() for one in usuals}


def _keep(hits: Sequence[Hit], now: datetime) -> None:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "now": now,
        "ids": [new_id() for _hit in hits],
        "rules": [hit.rule.value for hit in hits],
        "customers": [hit.customer_id for hit in hits],
        "devices": [hit.device_id for hit in hits],
        "employees": [hit.employee_id for hit in hits],
        "members": [hit.member_id for hit in hits],
        "days": [hit.on for hit in hits],
        "counts": [hit.count for hit in hits],
        "lines": [hit.line for hit in hits],
        "usuals": [hit.usual for hit in hits],
        "amongs": [hit.among for hit in hits],
        "strong": [hit.is_strong for hit in hits],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)


def _tell(now: datetime) -> None:
    """Raise an alert for each strong sign nobody was told of."""
    strong = Suspicion.objects.filter(state=SuspicionState.OPEN, is_strong=True, told_at=None)
    for suspicion_id in list(strong.values_list("id", flat=True)):
        raise_alert(kind=AlertKind.MISUSE, source_id=suspicion_id, now=now)
    strong.update(told_at=now)
