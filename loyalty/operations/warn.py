"""Warning customers of points that end, once for each date, while there is time to spend them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.calendar import business_day, day_bounds, day_start
from core.ids import new_id
from core.tenancy import active_business_id, operation
from customers.queries.people import CustomerView, customer_views
from loyalty.models import ExpiryWarning, Program
from loyalty.queries.ending_soon import EndingSoon, ending_soon, warning_text
from loyalty.queries.programme import Terms, terms
from messaging.enums import Purpose
from messaging.operations import NewSms, queue_sms_many
from messaging.queries import may_be_sent

BATCH: Final = 500
MESSAGE_KIND: Final = "expiry_warning"
# Nobody is written to in the night, by the business's own clock.
_FROM, _TO = time(9), time(21)

_BEGIN: Final = """
INSERT INTO loyalty_expirywarning (id, business_id, customer_id, ends_at, points, at, sent)
SELECT s.id, %(business)s, s.customer_id, s.ends_at, s.points, %(now)s, s.sent
FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(ends)s::timestamptz[], %(points)s::bigint[],
    %(sent)s::boolean[]) AS s (id, customer_id, ends_at, points, sent)
ON CONFLICT (business_id, customer_id, ends_at) DO NOTHING
RETURNING id
"""


@operation
def warn_of_expiry(*, now: datetime) -> int:
    """Warn a batch of customers whose points end soon; return how many were looked at.

    Who never agreed to offers is written down and gets no SMS. A moment moved on by activity is
    another moment: its warning comes in its own time.
    """
    programme = Program.objects.first()
    current = terms() if programme is not None and programme.warn_days else None
    if programme is None or current is None or not programme.warn_days:
        return 0
    if not _FROM <= now.astimezone(current.zone).time() < _TO:
        return 0
    last = business_day(now, current.zone) + timedelta(days=programme.warn_days + 1)
    until = day_start(last, current.zone)
    found = ending_soon(now, until, least=programme.warn_points, limit=BATCH)
    if found:
        _warn(found, current, now)
    return len(found)


def _warn(found: Sequence[EndingSoon], current: Terms, now: datetime) -> None:
    people = customer_views([one.customer_id for one in found])
    mobiles = _willing(people)
    rows = [
        ExpiryWarning(
            id=new_id(),
            customer_id=one.customer_id,
            ends_at=one.ends_at,
            points=one.points,
            at=now,
            sent=one.customer_id in mobiles,
        )
        for one in found
    ]
    begun = _begin(rows, now)
    sms = [
        NewSms(
            mobiles[row.customer_id],
            warning_text(one, people[row.customer_id].name, current),
            f"{MESSAGE_KIND}:{row.id}",
            row.id,
        )
        for one, row in zip(found, rows, strict=True)
        if row.sent and row.id in begun
    ]
    queue_sms_many(
        messages=sms,
        purpose=Purpose.MARKETING,
        now=now,
        expires_at=day_bounds(business_day(now, current.zone), current.zone)[1],
        ref_kind=MESSAGE_KIND,
    )


def _willing(people: Mapping[UUID, CustomerView]) -> dict[UUID, str]:
    asked = {person.id: person.mobile for person in people.values() if person.mobile}
    willing = may_be_sent(asked.values(), Purpose.MARKETING)
    return {customer: mobile for customer, mobile in asked.items() if mobile in willing}


def _begin(rows: Sequence[ExpiryWarning], now: datetime) -> set[UUID]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "now": now,
        "ids": [row.id for row in rows],
        "customers": [row.customer_id for row in rows],
        "ends": [row.ends_at for row in rows],
        "points": [row.points for row in rows],
        "sent": [row.sent for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, values)
        return {row[0] for row in cursor.fetchall()}
