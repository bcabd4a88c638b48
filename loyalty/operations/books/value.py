"""How points are valued from now on; what was granted keeps its own price (rule R13)."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from core.text import normalise
from loyalty.enums import PostingKind
from loyalty.models import OwedDay, PointsPosting, Program, Valuation
from loyalty.operations.books.post import post_entries
from loyalty.queries.books import (
    WHOLE,
    allowance_now,
    cohorts,
    expectation_of,
    latest_valuation,
    not_expected,
    spending_history,
)

# Before any programme of ours: what is valued from here was always valued so.
_ALWAYS: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_STEPS: Final = 1_000_000
_MAX_REASON: Final = 200


@operation
def expect_spent(
    *,
    spent_ppm: int,
    share_steps: int | None = None,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> Valuation:
    """Say how many of a million points, held now or granted from now on, will be spent.

    What was granted keeps its price; what of it is never expected to be spent is posted anew.
    `share_steps` rounds a sale's own share down to so many parts, as 1000 does to tenths of a
    percent; None is exact. Raises NotFound without a programme, Problem `invalid_valuation`,
    `reason_missing`.
    """
    if not 1 <= spent_ppm <= WHOLE:
        raise Problem("invalid_valuation", _("This estimate makes no sense."))
    return _expect({"spent_ppm": spent_ppm}, share_steps, reason, actor, now)


@operation
def expect_as_before(
    *, share_steps: int | None = None, reason: str, actor: Actor | None, now: datetime
) -> Valuation:
    """Expect points to be spent as they were so far, age by age.

    Raises Problem `not_enough_history` (409) and those of `expect_spent`.
    """
    told = spending_history(now)
    if told.lack is not None:
        sentence = _("There is not enough history for an estimate.")
        raise Problem("not_enough_history", sentence, status=HTTPStatus.CONFLICT)
    numbers = {
        "spent_ppm": told.spent_ppm,
        "low_ppm": round(told.low * WHOLE),
        "high_ppm": round(told.high * WHOLE),
        "curve": told.curve.rates(),
    }
    return _expect(numbers, share_steps, reason, actor, now)


@operation
def renew_estimate(*, now: datetime) -> int:
    """Post by how much what is never expected to be spent has changed; return the change in rial.

    Positive: less is owed. Without an estimate of anybody everything is expected to be spent.
    """
    if Program.objects.select_for_update(no_key=True).first() is None:
        return 0
    held = latest_valuation()
    if held is None:
        return 0
    change = not_expected(cohorts(), expectation_of(held), now) - allowance_now()
    if change:
        _post_estimate(held, change, now)
    return change


def _expect(
    numbers: dict[str, Any],
    share_steps: int | None,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> Valuation:
    program = Program.objects.select_for_update(no_key=True).first()
    if program is None:
        raise NotFound(_("This business has no loyalty programme."))
    why = normalise(reason)[:_MAX_REASON]
    if not why:
        raise Problem("reason_missing", _("Say why the estimate changes."))
    if not (share_steps is None or 1 <= share_steps <= _MOST_STEPS):
        raise Problem("invalid_valuation", _("This estimate makes no sense."))
    data = numbers | {"share_steps": share_steps}
    record_audit(
        action="points.valuation",
        subject="loyalty",
        data=data | {"reason": why},
        actor=actor,
        now=now,
    )
    post_entries(now=now)
    made = Valuation.objects.create(
        since=now,
        unit_value_rial=program.unit_value_rial,
        by=str(actor) if actor else "",
        reason=why,
        **data,
    )
    renew_estimate(now=now)
    return made


def _post_estimate(held: Valuation, change: int, now: datetime) -> None:
    """Write the posting and its day's sum. The programme's row is locked."""
    day = business_day(now, business_by_id(active_business_id()).timezone)
    PointsPosting.objects.create(
        valuation=held,
        kind=PostingKind.ESTIMATE,
        on=day,
        at=now,
        **dict.fromkeys(("points", "owed_rial", "sales_rial", "spent_rial", "given_rial"), 0),
        allowance_rial=change,
        breakage_rial=-change,
    )
    sums = ("points", "owed_rial", "sales_rial", "spent_rial", "breakage_rial", "given_rial")
    nothing = dict.fromkeys((*sums, "allowance_rial", "postings"), 0)
    row, _made = OwedDay.objects.get_or_create(on=day, kind=PostingKind.ESTIMATE, defaults=nothing)
    row.postings += 1
    row.allowance_rial += change
    row.breakage_rial -= change
    row.save()


def value_changed(was_rial: int, is_rial: int, *, by: str, now: datetime) -> None:
    """Keep what a point was worth until now; the programme's row is locked by whoever calls."""
    if was_rial == is_rial:
        return
    held = latest_valuation()
    if held is None:
        held = Valuation.objects.create(
            since=_ALWAYS, unit_value_rial=was_rial, spent_ppm=WHOLE, reason=_BEFORE
        )
    Valuation.objects.create(
        since=now,
        unit_value_rial=is_rial,
        spent_ppm=held.spent_ppm,
        share_steps=held.share_steps,
        curve=held.curve,
        low_ppm=held.low_ppm,
        high_ppm=held.high_ppm,
        reason=_CHANGED,
        by=by,
    )


# Written into the history in the business's language, as the programme's first names are.
_BEFORE: Final = "ارزش امتیاز تا پیش از نخستین تغییر"
_CHANGED: Final = "ارزش امتیاز در برنامه عوض شد"
