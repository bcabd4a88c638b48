"""The owner says what counts as engagement, and what it gives."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import NotFound, Problem, Sentence
from core.tenancy import operation
from loyalty.enums import CapSpan
from loyalty.enums.engagement import ONCE_EVER, SEEN_HERE, EngagementKind
from loyalty.models import EngagementRule, Program
from loyalty.operations.engagement.counting import is_asked_about
from loyalty.operations.policies import keep_policy

_MOST_POINTS: Final = 1_000_000_000
_MOST_TIMES: Final = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEngagementRule:
    """So many points for one kind, at most so often for each customer within a Jalali span.

    `is_activity`: what shop or app tells is an activity that keeps points (rule R14).
    """

    kind: EngagementKind
    points: int
    most_times: int = 1
    span: CapSpan = CapSpan.EVER
    is_activity: bool = False


@operation
def offer_points(*, new: NewEngagementRule, actor: Actor | None, now: datetime) -> EngagementRule:
    """Count a kind of engagement from now on, or change what it gives; nothing given changes.

    Raises Problem `no_programme` (409), `invalid_engagement_rule`.
    """
    if Program.objects.select_for_update(no_key=True).first() is None:
        sentence = _("This business has no loyalty programme.")
        raise Problem("no_programme", sentence, status=HTTPStatus.CONFLICT)
    _check(new)
    told = asdict(new)
    row, _made = EngagementRule.objects.update_or_create(
        kind=new.kind, defaults={**told, "is_open": True, "changed_at": now}
    )
    record_audit(action="engagement.offered", subject="loyalty", data=told, actor=actor, now=now)
    keep_policy(now=now)
    return row


@operation
def close_engagement(*, kind: str, actor: Actor | None, now: datetime) -> EngagementRule:
    """Count a kind no more; what was given stays.

    Raises NotFound, Problem `rules_about_it` (409) while a rule of points gives something for it.
    """
    row = EngagementRule.objects.select_for_update().filter(kind=kind).first()
    if row is None:
        raise NotFound(_("This is not counted here."))
    if is_asked_about(kind):
        sentence = _("A rule of points gives something for it; take that out first.")
        raise Problem("rules_about_it", sentence, status=HTTPStatus.CONFLICT)
    row.is_open, row.changed_at = False, now
    row.save(update_fields=["is_open", "changed_at"])
    data = {"kind": row.kind}
    record_audit(action="engagement.closed", subject="loyalty", data=data, actor=actor, now=now)
    keep_policy(now=now)
    return row


def _check(new: NewEngagementRule) -> None:
    if not 0 <= new.points <= _MOST_POINTS:
        raise _wrong("points", _("Give a number of points."))
    if not 1 <= new.most_times <= _MOST_TIMES:
        raise _wrong("most_times", _("Give between 1 and 1,000 times."))
    if new.kind in ONCE_EVER and (new.most_times, new.span) != (1, CapSpan.EVER):
        raise _wrong("most_times", _("A profile and a birthday give points once ever."))
    if new.is_activity and new.kind in SEEN_HERE:
        raise _wrong("is_activity", _("Only what your shop or app tells keeps points."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_engagement_rule",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
