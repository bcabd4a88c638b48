"""Changing what counts when scoring, and the index of prices."""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day, month_start
from core.errors import Problem, Sentence
from core.tenancy import active_business_id, operation
from segmentation.enums import Money
from segmentation.models import PriceLevel, ScoringRun, ScoringTerms
from segmentation.models.terms import HIGHEST_LEVEL, LONGEST_WINDOW
from segmentation.operations.score import score_business
from segmentation.queries.source import Level, Terms

_MOST_TIMES: Final = 1_000


@operation
def change_scoring(
    *, terms: Terms, levels: Sequence[Level], actor: Actor | None, now: datetime
) -> ScoringRun:
    """Agree what counts from now on, with the whole index of prices, and score everybody by it.

    Raises Problem `invalid_scoring`.
    """
    business = business_by_id(active_business_id())
    _check(terms, levels, business_day(now, business.timezone))
    row = ScoringTerms.objects.select_for_update().first() or ScoringTerms()
    row.window_months, row.money, row.changed_at = terms.window_months, terms.money, now
    row.save()
    PriceLevel.objects.all().delete()
    PriceLevel.objects.bulk_create(
        [PriceLevel(month_on=one.month_on, level=one.level) for one in levels]
    )
    told = {
        "window_months": terms.window_months,
        "money": terms.money.value,
        "levels": {one.month_on.isoformat(): one.level for one in levels},
    }
    record_audit(action="scoring.terms", subject="segments", data=told, actor=actor, now=now)
    return score_business(now=now)


def _check(terms: Terms, levels: Sequence[Level], today: date) -> None:
    if terms.window_months is not None and not 1 <= terms.window_months <= LONGEST_WINDOW:
        raise _wrong("window_months", _("Count 1 to 120 months, or leave it empty for all."))
    months = [one.month_on for one in levels]
    if len(set(months)) != len(months):
        raise _wrong("levels", _("A month stands twice in the index."))
    if any(one != month_start(one) or one > today for one in months):
        raise _wrong("levels", _("The index has months that have begun, each once."))
    _check_heights([one.level for one in levels])
    if terms.money == Money.REAL and not levels:
        raise _wrong("levels", _("Today's prices need an index: write at least one month."))


def _check_heights(heights: Sequence[int]) -> None:
    if any(not 0 < one <= HIGHEST_LEVEL for one in heights):
        raise _wrong("levels", _("A level of prices is above zero, with at most three decimals."))
    if heights and max(heights) > _MOST_TIMES * min(heights):
        sentence = _("Prices more than a thousand times as high are a slip of the pen.")
        raise _wrong("levels", sentence)


def _wrong(field: str, detail: Sentence) -> Problem:
    return Problem("invalid_scoring", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY, about=field)
