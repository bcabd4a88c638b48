"""The owner says for how much each person who works here may give."""

from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem, Sentence
from core.money import MAX_RIAL
from core.tenancy import operation
from loyalty.enums import GoodwillSpan
from loyalty.models import GoodwillBudget, Program

_MOST_DAYS: Final = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class NewBudget:
    """For how much each person may give within a span; not more than `most_at_once_rial` at once.

    Coupons and gift cards they give are good for `good_days`.
    """

    is_open: bool
    amount_rial: int
    span: str
    most_at_once_rial: int | None = None
    good_days: int = 30


@operation
def allow_goodwill(*, new: NewBudget, actor: Actor | None, now: datetime) -> GoodwillBudget:
    """Let people give, or stop it. What was given stays, and counts in its span.

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
    if not 1 <= new.amount_rial <= MAX_RIAL:
        raise _wrong("amount", _("Give an amount above zero."))
    if new.span not in GoodwillSpan.values:
        raise _wrong("span", _("Choose a day, a week or a month."))
    if new.most_at_once_rial is not None and not 1 <= new.most_at_once_rial <= new.amount_rial:
        raise _wrong("most_at_once", _("At once not more than somebody has in all."))
    if not 1 <= new.good_days <= _MOST_DAYS:
        raise _wrong("good_days", _("Coupons and cards are good for 1 to 365 days."))


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem(
        "invalid_goodwill_budget",
        detail,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        fields={field: [detail]},
    )
