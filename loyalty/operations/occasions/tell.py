"""A customer's day is told, changed or forgotten."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem, Sentence
from core.tenancy import active_business_id, operation
from core.text import normalise
from customers.enums import CustomerStatus
from customers.queries import customer_view
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.presents import OccasionKind, OccasionSource
from loyalty.models import Celebration, CustomerOccasion
from loyalty.operations.engagement import note_profile, note_seen
from loyalty.queries.occasions import is_day, jalali_year, morning, next_celebration

_MOST_TITLE: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class NewOccasion:
    """A day of the Jalali year; only another day than birthday and wedding has a title."""

    kind: OccasionKind
    month: int
    day: int
    title: str = ""


@operation
def tell_occasion(
    *, customer_id: UUID, new: NewOccasion, source: OccasionSource, now: datetime
) -> CustomerOccasion:
    """Keep a customer's day, instead of the one of that kind known before.

    Told on the day itself it is celebrated at once; a year celebrated already is not celebrated
    again, whatever the new date. Raises NotFound, Problem `invalid_occasion`.
    """
    title = _checked(new)
    person = customer_view(customer_id)
    if person is None or person.status == CustomerStatus.ERASED:
        raise NotFound(_("There is no such customer."))
    zone = business_by_id(active_business_id()).timezone
    on = next_celebration(new.month, new.day, business_day(now, zone))
    held = Celebration.objects.filter(customer=person.id, kind=new.kind)
    if held.filter(year=jalali_year(on)).exists():
        on = next_celebration(new.month, new.day, on, year=jalali_year(on) + 1)
    row, _made = CustomerOccasion.objects.update_or_create(
        customer_id=person.id,
        kind=new.kind,
        defaults={
            "title": title,
            "month": new.month,
            "day": new.day,
            "source": source,
            "told_at": now,
            "next_on": on,
            "next_at": morning(on, zone),
        },
    )
    if new.kind == OccasionKind.BIRTHDAY:
        note_seen(customer_id=person.id, kind=EngagementKind.BIRTHDAY, now=now)
        note_profile(customer_id=person.id, now=now)
    return row


@operation
def forget_occasion(*, customer_id: UUID, kind: str) -> None:
    """Forget a customer's day. Raises NotFound."""
    rows = CustomerOccasion.objects.filter(customer=customer_id, kind=kind)
    if not rows.delete()[0]:
        raise NotFound(_("No such day is known of this customer."))


def _checked(new: NewOccasion) -> str:
    if not is_day(new.month, new.day):
        raise _wrong("day", _("There is no such day in the Jalali year."))
    title = normalise(new.title)[:_MOST_TITLE]
    if new.kind != OccasionKind.OWN:
        return ""
    if not title:
        raise _wrong("title", _("Say what day it is."))
    return title


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_occasion",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
