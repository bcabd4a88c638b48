"""Days of the calendar that are everybody's: listed, and what their SMS says (C083)."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from businesses.queries import business_by_id
from core.spelling import number
from core.tenancy import active_business_id
from loyalty.models import SharedDay, SharedGreeting
from loyalty.queries.occasions import FOR_NAME


def shared_days() -> QuerySet[SharedDay]:
    """Return the days; the caller orders and pages by `on`."""
    return SharedDay.objects.all()


def shared_sums(day_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """Return {day: (people, greeted by SMS, points)}. One query."""
    rows = SharedGreeting.objects.filter(day__in=day_ids).values_list("day_id")
    told = rows.annotate(n=Count("id"), sms=Count("id", filter=Q(greeted=True)), gave=Sum("points"))
    return {day_id: (n, sms, gave) for day_id, n, sms, gave in told}


def shared_title(day: SharedDay) -> str:
    """Return what day it is."""
    return day.title or str(day.get_kind_display())


def shared_text(day: SharedDay, name: str, points: int) -> str:
    """Return what the SMS says, in the business's language."""
    shop = business_by_id(active_business_id()).name
    with override(settings.LANGUAGE_CODE):
        first = name.strip() or _("Dear customer")
        wish = _("%(name)s, congratulations on «%(title)s»!")
        said = day.text.replace(FOR_NAME, first) or wish % {
            "name": first,
            "title": shared_title(day),
        }
        gift = [_("%(points)s points are our gift.") % {"points": number(points)}] if points else []
    return "\n".join([said, *gift, shop])
