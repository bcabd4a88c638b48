"""Planning a day of the calendar: its date with a source, what is said and given."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day, jalali
from core.errors import NotFound, Problem, Sentence
from core.tenancy import active_business_id, operation
from core.text import normalise
from loyalty.enums.presents import SOLAR_DAYS, SharedDayKind, SharedDayState
from loyalty.models import Program, SharedDay
from loyalty.queries.occasions import FOR_NAME, jalali_year, morning, next_celebration

_MOST_POINTS: Final = 1_000_000_000
_MOST_DAYS: Final = 3_650
_MOST_TEXT: Final = 300
_AHEAD: Final = timedelta(days=400)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSharedDay:
    """A day; a solar one needs no date and no source, another one needs both."""

    kind: SharedDayKind
    on: date | None = None
    source: str = ""
    title: str = ""
    greets: bool = True
    text: str = ""
    points: int = 0
    least_days: int = 30


@operation
def plan_shared_day(*, new: NewSharedDay, actor: Actor | None, now: datetime) -> SharedDay:
    """Plan it, or change the one of its kind and year that is planned still.

    Raises Problem `no_programme`, `invalid_shared_day`, `shared_day_over` (409).
    """
    if Program.objects.select_for_update(no_key=True).first() is None:
        sentence = _("This business has no loyalty programme.")
        raise Problem("no_programme", sentence, status=HTTPStatus.CONFLICT)
    today = business_day(now, business_by_id(active_business_id()).timezone)
    told = _checked(new, today)
    wanted = {name: told.pop(name) for name in ("kind", "title", "year")}
    rows = SharedDay.objects.select_for_update().filter(**wanted)
    row = rows.exclude(state=SharedDayState.CANCELLED).first()
    if row is not None and (row.state == SharedDayState.DONE or row.after_id is not None):
        detail = _("This day was celebrated in its year already.")
        raise Problem("shared_day_over", detail, status=HTTPStatus.CONFLICT)
    row = row or SharedDay(**wanted)
    for name, value in told.items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()
    data = {"kind": row.kind, "on": str(row.on), "source": row.source, "points": row.points}
    record_audit(action="shared_day.planned", subject=str(row.id), data=data, actor=actor, now=now)
    return row


@operation
def cancel_shared_day(*, day_id: UUID, actor: Actor | None, now: datetime) -> SharedDay:
    """Leave a planned day out. Raises NotFound, Problem `shared_day_over` (409)."""
    row = SharedDay.objects.select_for_update().filter(id=day_id).first()
    if row is None:
        raise NotFound(_("There is no such day."))
    if row.state != SharedDayState.PLANNED or row.after_id is not None:
        detail = _("This day was celebrated in its year already.")
        raise Problem("shared_day_over", detail, status=HTTPStatus.CONFLICT)
    row.state, row.changed_at = SharedDayState.CANCELLED, now
    row.save(update_fields=["state", "changed_at"])
    record_audit(action="shared_day.cancelled", subject=str(row.id), data={}, actor=actor, now=now)
    return row


def _checked(new: NewSharedDay, today: date) -> dict[str, Any]:
    kind, text = SharedDayKind(new.kind), normalise(new.text)
    on, source = _date_of(kind, new, today)
    title = normalise(new.title) if kind == SharedDayKind.OWN else ""
    if kind == SharedDayKind.OWN and not 1 <= len(title) <= 60:  # noqa: PLR2004
        raise _wrong("title", _("Say what day it is."))
    if not today <= on <= today + _AHEAD:
        raise _wrong("on", _("Give a day of the coming 400 days."))
    if len(text) > _MOST_TEXT or set("{}") & set(text.replace(FOR_NAME, "")):
        raise _wrong("text", _("At most 300 letters, and no other braces than those of the name."))
    if not 0 <= new.points <= _MOST_POINTS:
        raise _wrong("points", _("Give a number of points."))
    if not 0 <= new.least_days <= _MOST_DAYS:
        raise _wrong("least_days", _("Give between 0 and 3,650 days."))
    zone = business_by_id(active_business_id()).timezone
    return {
        "kind": kind,
        "title": title,
        "year": jalali_year(on),
        "on": on,
        "source": source,
        "greets": new.greets,
        "text": text,
        "points": new.points,
        "least_days": new.least_days,
        "due_at": morning(on, zone),
    }


def _date_of(kind: SharedDayKind, new: NewSharedDay, today: date) -> tuple[date, str]:
    """Return the date and its source; of a solar day both follow from the calendar."""
    if kind in SOLAR_DAYS:
        on = new.on or next_celebration(*SOLAR_DAYS[kind], today)
        there = jalali(on)
        if (there.month, there.day) != SOLAR_DAYS[kind]:
            raise _wrong("on", _("In the solar calendar this day has another date."))
        with override(settings.LANGUAGE_CODE):
            return on, str(gettext_lazy("The solar calendar itself"))
    if new.on is None:
        raise _wrong("on", _("Its date is announced anew every year: give it."))
    source = normalise(new.source)
    if not 1 <= len(source) <= _MOST_TEXT:
        raise _wrong("source", _("Say where the date is from, such as the official calendar."))
    return new.on, source


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_shared_day",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
