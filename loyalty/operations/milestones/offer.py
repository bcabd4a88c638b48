"""The owner says what is celebrated."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem, Sentence
from core.tenancy import active_business_id, operation
from core.text import normalise
from loyalty.enums.presents import MilestoneKind
from loyalty.models import Milestone, Program
from loyalty.queries.milestones import FOR_NAME, next_look

_MOST: Final = {
    MilestoneKind.VISITS: 10_000,
    MilestoneKind.YEARS: 100,
    MilestoneKind.SPENT: 1_000_000_000_000_000,
    MilestoneKind.PURCHASES: 10_000,
    MilestoneKind.FRIENDS: 1_000,
    MilestoneKind.STAMP_CARDS: 1_000,
    MilestoneKind.TAKING_PART: 10_000,
    MilestoneKind.OWN_DAYS: 100,
}
_MOST_POINTS: Final = 1_000_000_000
_MOST_DAYS: Final = 365
_MOST_TEXT: Final = 300
_MOST_BADGE: Final = 30
# Every open one is looked after each morning.
_MOST_OPEN: Final = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class NewMilestone:
    """So many visits, purchases, years, rial bought, friends, stamp cards or times taking part.

    A purchase counts after `wait_days`; `text` may name the customer. Whoever reached it, also
    before it was celebrated, bears the name of its `badge`.
    """

    kind: MilestoneKind
    number: int
    points: int = 0
    greets: bool = True
    text: str = ""
    wait_days: int = 0
    badge: str = ""


@operation
def offer_milestone(*, new: NewMilestone, actor: Actor | None, now: datetime) -> Milestone:
    """Celebrate it from now on, or change how the one of this kind and number is celebrated.

    One that was closed begins anew: what was reached meanwhile stays without a gift. Raises
    Problem `no_programme` (409), `invalid_milestone`.
    """
    if Program.objects.select_for_update(no_key=True).first() is None:
        sentence = _("This business has no loyalty programme.")
        raise Problem("no_programme", sentence, status=HTTPStatus.CONFLICT)
    _check(new)
    zone = business_by_id(active_business_id()).timezone
    held = Milestone.objects.select_for_update().filter(kind=new.kind, number=new.number).first()
    row = held or Milestone(kind=new.kind, number=new.number)
    if not (held and held.is_open):
        if Milestone.objects.filter(is_open=True).count() >= _MOST_OPEN:
            raise _wrong("number", _("At most 30 milestones are celebrated at a time."))
        row.since = business_day(now, zone)
        row.next_at = next_look(now, zone)
    row.points, row.greets, row.wait_days = new.points, new.greets, new.wait_days
    row.text, row.badge = normalise(new.text), normalise(new.badge)
    row.is_open, row.changed_at = True, now
    row.save()
    data = asdict(new) | {"text": row.text, "badge": row.badge}
    record_audit(action="milestone.offered", subject="loyalty", data=data, actor=actor, now=now)
    return row


@operation
def close_milestone(*, milestone_id: UUID, actor: Actor | None, now: datetime) -> Milestone:
    """Celebrate it no more; what was given stays. Raises NotFound."""
    row = Milestone.objects.select_for_update().filter(id=milestone_id).first()
    if row is None:
        raise NotFound(_("There is no such milestone."))
    row.is_open, row.next_at, row.changed_at = False, None, now
    row.save()
    data = {"kind": row.kind, "number": row.number}
    record_audit(action="milestone.closed", subject="loyalty", data=data, actor=actor, now=now)
    return row


def _check(new: NewMilestone) -> None:
    if not 1 <= new.number <= _MOST[new.kind]:
        raise _wrong("number", _("There is no such milestone."))
    if not 0 <= new.points <= _MOST_POINTS:
        raise _wrong("points", _("Give a number of points."))
    if not 0 <= new.wait_days <= _MOST_DAYS:
        raise _wrong("wait_days", _("Give between 0 and 365 days."))
    if len(new.badge) > _MOST_BADGE:
        raise _wrong("badge", _("A badge has at most 30 letters."))
    if len(new.text) > _MOST_TEXT or set("{}") & set(new.text.replace(FOR_NAME, "")):
        raise _wrong("text", _("At most 300 letters, and no other braces than those of the name."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_milestone",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
