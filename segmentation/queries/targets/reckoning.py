"""How a target stands: baseline, what is there, what should be, the gap, and a foreseen end.

What is compared ends with yesterday: today is not over. The end is foreseen by the share of the
span that has passed, and only where the same rule could be tried on at least six whole spans
before: their middle error is taken off, and the range is that of all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

from businesses.queries import business_by_id
from core.calendar import add_months, month_start
from core.tenancy import active_business_id
from segmentation.enums import SHARES, BaselineKind, Figure, PaceBasis, Span, TargetState
from segmentation.queries.targets.ledger import Aim
from segmentation.queries.targets.pace import WHOLE, Pace, pace
from segmentation.queries.targets.spans import MONTHS, YEAR, after, last_day
from segmentation.queries.targets.sums import Content, Days, Sums, sums

_LAST_MONTHS: Final = 3
_TRIED: Final = 12
_LEAST_TRIED: Final = 6
# Before a week has passed a few days say nothing of the end.
_LEAST_DAYS: Final = 7
_ONE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a target is held against, of how many months."""

    kind: BaselineKind
    value: int
    months: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the end is foreseen to be, and between what it lay in so many spans before."""

    value: int
    low: int
    high: int
    tried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a target stands today.

    `passed` is the share of the span until yesterday, of ten thousand, `due` what of the goal
    should be there by then, and `until_yesterday` what is. `so_far` has today's too; None where
    too few answered.
    """

    aim: Aim
    state: TargetState
    first: date
    last: date
    today: date
    baseline: Baseline | None
    so_far: int | None
    until_yesterday: int | None
    passed: int
    basis: PaceBasis
    due: int | None
    gap: int | None
    foreseen: Foreseen | None = None
    content: Content | None = None

    @property
    def ahead(self) -> int | None:
        """Return how much more than should is there until yesterday; less than zero: behind."""
        if self.due is None or self.until_yesterday is None:
            return None
        return self.until_yesterday - self.due

    @property
    def is_running(self) -> bool:
        """Tell whether anything done today still counts for it."""
        return not self.aim.is_ended and self.first <= self.today <= self.last


@dataclass(frozen=True, slots=True)
class Known:
    """What is read once for all targets shown."""

    sums: Sums
    pace: Pace
    today: date


def standings(aims: Sequence[Aim], today: date) -> list[Standing]:
    """Return how targets stand. Eight queries at most, however many; none for no targets."""
    if not aims:
        return []
    known = _read([(one.target.figure, one.target.span, one.target.starts_on) for one in aims],
                  today)  # fmt: skip
    return [_standing(one, known) for one in aims]


@dataclass(frozen=True, slots=True)
class Point:
    """A day of a target's span: what should be there by its end, and what is (None: not yet)."""

    on: date
    due: int
    there: int | None


def course(aim: Aim, today: date) -> tuple[Standing, list[Point]]:
    """Return how one target stands and the way of its span; a share is no way: no days."""
    one = aim.target
    known = _read([(one.figure, one.span, one.starts_on)], today)
    standing = _standing(aim, known)
    if one.figure in SHARES:
        return standing, []
    days = known.pace.shares(standing.first, standing.last)
    return standing, [
        Point(
            on,
            (aim.goal * share + WHOLE // 2) // WHOLE,
            known.sums.of(one.figure, standing.first, on + _ONE) if on <= today else None,
        )
        for n, share in enumerate(days)
        for on in (standing.first + n * _ONE,)
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a business stands with one figure this month, before it wants to be anywhere."""

    figure: Figure
    so_far: int | None
    baseline: Baseline | None


def places(figures: Sequence[Figure], today: date) -> list[Place]:
    """Return where the business stands this month. Four queries."""
    month = month_start(today)
    known = _read([(one, Span.MONTH, month) for one in figures], today)
    return [
        Place(
            one, _value(one, month, today + _ONE, known), _baseline(one, Span.MONTH, month, known)
        )
        for one in figures
    ]


def _read(wanted: Sequence[tuple[str, str, date]], today: date) -> Known:
    zone = business_by_id(active_business_id()).timezone
    asked = [
        (figure, *days)
        for figure, span, start in wanted
        if figure in SHARES
        for days in _asked(span, start, today)
    ]
    month = month_start(today)
    oldest = min(
        day
        for _figure, span, start in wanted
        for day in (
            after(span, start, -_TRIED),
            add_months(start, -YEAR),
            add_months(min(start, month), -_LAST_MONTHS),
        )
    )
    # A month more tells whether the oldest span was a whole one.
    first = add_months(oldest, -1)
    return Known(sums(first, today, asked, zone), pace(), today)


def _asked(span: str, start: date, today: date) -> list[Days]:
    anchor = min(start, month_start(today))
    return [
        (start, min(after(span, start), max(today, start) + _ONE)),
        (add_months(start, -YEAR), add_months(after(span, start), -YEAR)),
        (add_months(anchor, -_LAST_MONTHS), anchor),
    ]


def _standing(aim: Aim, known: Known) -> Standing:
    one, today = aim.target, known.today
    first, last = one.starts_on, last_day(one.span, one.starts_on)
    is_share = one.figure in SHARES
    so_far = _value(one.figure, first, min(last, max(today, first)) + _ONE, known)
    yesterday = so_far if is_share else _by_yesterday(one.figure, first, last, known)
    passed = known.pace.share(first, last, today)
    due = aim.goal if is_share else (aim.goal * passed + WHOLE // 2) // WHOLE
    return Standing(
        aim=aim,
        state=_state(aim, first, last, today, (so_far, yesterday, due)),
        first=first,
        last=last,
        today=today,
        baseline=_baseline(one.figure, one.span, first, known),
        so_far=so_far if first <= today else None,
        until_yesterday=yesterday if first < today else None,
        passed=passed,
        basis=known.pace.basis,
        due=due if first < today else None,
        gap=None if so_far is None else max(aim.goal - so_far, 0),
        foreseen=None if is_share else _foreseen(aim, known),
        content=known.sums.content(one.figure, *_asked(one.span, first, today)[0])
        if is_share
        else None,
    )


def _by_yesterday(figure: str, first: date, last: date, known: Known) -> int | None:
    """Return what is there without today; None to who sells since today: nothing is to be held."""
    if not known.sums.knows(known.today - _ONE):
        return None
    return known.sums.of(figure, first, min(known.today, last + _ONE))


def _state(
    aim: Aim, first: date, last: date, today: date, numbers: tuple[int | None, int | None, int]
) -> TargetState:
    so_far, yesterday, due = numbers
    if aim.is_ended:
        return TargetState.ENDED
    if today < first:
        return TargetState.UPCOMING
    if today > last:
        return _at_the_end(so_far, aim.goal)
    if aim.target.figure not in SHARES and so_far is not None and so_far >= aim.goal:
        return TargetState.REACHED
    if yesterday is None or today == first:
        return TargetState.TOO_EARLY
    return TargetState.ON_TRACK if yesterday >= due else TargetState.BEHIND


def _at_the_end(value: int | None, goal: int) -> TargetState:
    if value is None:
        return TargetState.UNKNOWN
    return TargetState.REACHED if value >= goal else TargetState.MISSED


def _value(figure: str, first: date, until: date, known: Known) -> int | None:
    if figure not in SHARES:
        return known.sums.of(figure, first, until)
    found = known.sums.content(figure, first, until)
    return found.share if found else None


def _baseline(figure: str, span: str, first: date, known: Known) -> Baseline | None:
    """Return the same span a year before where there was one, else the mean of whole months."""
    start, end = add_months(first, -YEAR), add_months(after(span, first), -YEAR)
    if end <= known.today and known.sums.knows(start):
        value = _value(figure, start, end, known)
        if value is not None:
            return Baseline(BaselineKind.YEAR_BEFORE, value, MONTHS[span])
    return _of_last_months(figure, span, min(first, month_start(known.today)), known)


def _of_last_months(figure: str, span: str, anchor: date, known: Known) -> Baseline | None:
    months = [add_months(anchor, -ago) for ago in range(_LAST_MONTHS, 0, -1)]
    whole = [one for one in months if known.sums.knows(one)]
    if not whole:
        return None
    if figure in SHARES:
        found = known.sums.content(figure, months[0], anchor)
        share = found.share if found else None
        return None if share is None else Baseline(BaselineKind.LAST_MONTHS, share, len(whole))
    total = known.sums.of(figure, whole[0], anchor)
    count = len(whole)
    mean = (2 * total * MONTHS[span] + count) // (2 * count)
    return Baseline(BaselineKind.LAST_MONTHS, mean, count)


def _foreseen(aim: Aim, known: Known) -> Foreseen | None:
    """Return what the end will be by the rule of share, as that rule stood the test before."""
    one, today = aim.target, known.today
    first, last = one.starts_on, last_day(one.span, one.starts_on)
    days = (today - first).days
    if aim.is_ended or not days >= _LEAST_DAYS or today > last:
        return None
    plain = _by_share(one.figure, first, last, today, known)
    starts = [after(one.span, first, -ago) for ago in range(1, _TRIED + 1)]
    errors = [
        found
        for start in starts
        if known.sums.knows(start)
        and (found := _error(one.figure, start, last_day(one.span, start), days, known)) is not None
    ]
    if plain is None or len(errors) < _LEAST_TRIED:
        return None
    so_far = known.sums.of(one.figure, first, today + _ONE)
    values = (median(errors), min(errors), max(errors))
    value, low, high = (max(round(plain * error), so_far) for error in values)
    return Foreseen(value, low, high, len(errors))


def _by_share(figure: str, first: date, last: date, until: date, known: Known) -> float | None:
    there, passed = known.sums.of(figure, first, until), known.pace.share(first, last, until)
    return there * WHOLE / passed if there > 0 and passed else None


def _error(figure: str, first: date, last: date, days: int, known: Known) -> float | None:
    """Return what a span before came to, for one foreseen of it after as many days."""
    told = _by_share(figure, first, last, min(first + days * _ONE, last + _ONE), known)
    return None if told is None else known.sums.of(figure, first, last + _ONE) / told
