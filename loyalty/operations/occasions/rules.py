"""The owner says what is done on customers' days."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem, Sentence
from core.tenancy import operation
from core.text import normalise
from loyalty.models import OccasionRules, Program
from loyalty.queries.occasions import FOR_NAME

_MOST_POINTS: Final = 1_000_000_000
_MOST_DAYS: Final = 3_650
_MOST_TEXT: Final = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRules:
    """Whether days are celebrated, how they are greeted, and the points of each kind.

    Points are for who has been a customer for `least_days`; `text` may name the customer.
    """

    is_open: bool
    greets: bool = True
    text: str = ""
    birthday_points: int = 0
    wedding_points: int = 0
    own_points: int = 0
    least_days: int = 30


@operation
def celebrate_occasions(*, new: NewRules, actor: Actor | None, now: datetime) -> OccasionRules:
    """Say what is done from the next morning on.

    Raises Problem `no_programme` (409), `invalid_occasion_rules`.
    """
    if Program.objects.select_for_update(no_key=True).first() is None:
        sentence = _("This business has no loyalty programme.")
        raise Problem("no_programme", sentence, status=HTTPStatus.CONFLICT)
    _check(new)
    row = OccasionRules.objects.select_for_update().first() or OccasionRules()
    data = asdict(new) | {"text": normalise(new.text)}
    for name, value in data.items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()
    record_audit(action="occasions.rules", subject="loyalty", data=data, actor=actor, now=now)
    return row


def _check(new: NewRules) -> None:
    for name in ("birthday_points", "wedding_points", "own_points"):
        if not 0 <= getattr(new, name) <= _MOST_POINTS:
            raise _wrong(name, _("Give a number of points."))
    if not 0 <= new.least_days <= _MOST_DAYS:
        raise _wrong("least_days", _("Give between 0 and 3,650 days."))
    if len(new.text) > _MOST_TEXT or set("{}") & set(new.text.replace(FOR_NAME, "")):
        raise _wrong("text", _("At most 300 letters, and no other braces than those of the name."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_occasion_rules",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
