"""Whose points end soon, what they are told, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from businesses.queries import business_by_id
from core.calendar import MONTH_NAMES, business_day, jalali
from core.spelling import number, toman
from core.tenancy import active_business_id
from loyalty.models import ExpiryWarning
from loyalty.queries.programme import Terms

_SOON: Final = """
SELECT l.customer_id, l.expires_at, SUM(l.remaining_points),
    bool_and(l.idle_months IS NOT NULL)
FROM loyalty_lot l
WHERE l.business_id = %(business)s AND l.state = 'active' AND l.remaining_points > 0
    AND l.expires_at > %(now)s AND l.expires_at <= %(until)s
    AND NOT EXISTS (SELECT FROM loyalty_expirywarning w
        WHERE w.business_id = %(business)s AND w.customer_id = l.customer_id
            AND w.ends_at = l.expires_at)
GROUP BY l.customer_id, l.expires_at
HAVING SUM(l.remaining_points) >= %(least)s
ORDER BY l.expires_at, l.customer_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class EndingSoon:
    """Somebody's points that end together and of which nobody warned them yet."""

    customer_id: UUID
    ends_at: datetime
    points: int
    kept_by_activity: bool


@dataclass(frozen=True, slots=True)
class Warned:
    """How many warnings there were, of how many points, and how many SMS."""

    times: int
    sent: int
    points: int


def ending_soon(now: datetime, until: datetime, *, least: int, limit: int) -> list[EndingSoon]:
    """Return whose points end in (now, until] and who was not warned of it."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "now": now,
        "until": until,
        "least": least,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SOON, values)
        return [
            EndingSoon(customer, at, int(points), kept)
            for customer, at, points, kept in cursor.fetchall()
        ]


def warning_text(one: EndingSoon, name: str, current: Terms) -> str:
    """Return what the SMS says, in the business's language."""
    shop = business_by_id(active_business_id()).name
    last = jalali(business_day(one.ends_at - timedelta(seconds=1), current.zone))
    with override(settings.LANGUAGE_CODE):
        facts = {
            "name": name.strip() or _("Dear customer"),
            "points": number(one.points),
            "toman": toman(one.points * current.unit_value_rial),
            "day": f"{number(last.day)} {MONTH_NAMES[last.month - 1]}",
        }
        said = _("%(name)s, %(points)s of your points (%(toman)s toman) are good until %(day)s.")
        parts = [said % facts]
        if one.kept_by_activity:
            parts.append(_("A purchase until then keeps them."))
    return "\n".join([*parts, shop])


def warned_since(since: datetime) -> Warned:
    """Return the sums of the warnings since a moment. One query."""
    told = ExpiryWarning.objects.filter(at__gte=since).aggregate(
        times=Count("id"),
        sent=Count("id", filter=Q(sent=True)),
        points=Sum("points", default=0),
    )
    return Warned(**told)
