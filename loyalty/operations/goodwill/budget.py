"""The owner says how many points each person who works here may give."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem, Sentence
from core.tenancy import operation
from loyalty.enums import GoodwillSpan
from loyalty.models import GoodwillBudget, Program

_MOST: Final = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBudget:
    """What each person may give within a span; not more than `most_at_once` to one customer."""

    is_open: bool
    points: int
    span: str
    most_at_once: int | None = None


@operation
def allow_goodwill(*, new: NewBudget, actor: Actor | None, now: datetime) -> GoodwillBudget:
    """Let people give points, or stop it. What was given stays, and counts in its span.

    Raises Problem `no_programme` (409), `invalid_goodwill_budget`.
    """
    if Program.objects.select_for_update(no_key=True).first() is None:
        sentence = _("This business has no loyalty programme.")
        raise Problem("no_programme", sentence, status=HTTPStatus.CONFLICT)
    _check(new)
    row = GoodwillBudget.objects.select_for_update().first() or GoodwillBudget()
    data = asdict(new)
    for name, value in data.items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()
    record_audit(action="goodwill.budget", subject="loyalty", data=data, actor=actor, now=now)
    return row


def _check(new: NewBudget) -> None:
    if not 1 <= new.points <= _MOST:
        raise _wrong("points", _("Give a number of points above zero."))
    if new.span not in GoodwillSpan.values:
        raise _wrong("span", _("Choose a day, a week or a month."))
    if new.most_at_once is not None and not 1 <= new.most_at_once <= new.points:
        raise _wrong("most_at_once", _("At once not more than somebody has in all."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_goodwill_budget",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
