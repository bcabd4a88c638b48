"""What of the points owed will never be spent: textbook numbers, history, intervals (breakage)."""

import random
from datetime import timedelta

import pytest

from core.errors import NotFound, Problem
from customers.operations import CustomerHint
from loyalty.models import OwedDay, PointsPosting, Program, Valuation
from loyalty.operations import (
    commit_redemption,
    expire_due,
    reserve_redemption,
    update_program,
    update_rule,
)
from loyalty.operations.books import (
    expect_as_before,
    expect_spent,
    post_entries,
    renew_estimate,
)
from loyalty.queries.books import (
    Cohort,
    Lack,
    accounts_at,
    bridge,
    history,
    spending_history,
    still_owed,
)
from loyalty.queries.books.history import WHOLE, Step, curve_of, interval, steps_of, together
from loyalty.queries.invariants import broken
from loyalty.tasks import check
from tests.loyalty.conftest import buyer
from tests.loyalty.test_races import sell as sell_to

DAY = timedelta(days=1)
STEP = timedelta(days=30)


def _spend(customer, points, now):
    held = reserve_redemption(customer_id=customer, points=points, now=now)
    commit_redemption(redemption_id=held.id, now=now)


@pytest.mark.parametrize(
    ("spent", "expected", "recognised"),
    [(4_500, 9_700, 4_175), (8_500, 9_900, 4_175 + 3_552), (8_500, 9_200, 4_175 + 4_140)],
)
def test_the_other_textbook_is_reproduced_to_the_unit(spent, expected, recognised):
    """10,000 points priced at 9,000; of what remains so many are expected to be spent."""
    left = 10_000 - spent
    ppm = round((expected - spent) * WHOLE / left)
    one = Cohort(0, 9_000, 9_000 * spent // 10_000, 9_000 * left // 10_000)
    assert 9_000 - still_owed(one, ppm) == recognised


@pytest.mark.parametrize(("expected", "third_year"), [(9_900, 3_552), (9_200, 4_140)])
def test_the_books_reproduce_the_textbook_through_sale_spending_and_estimate(
    sell, now, expected, third_year
):
    """Sales of 100,000 with 10,000 points; 4,500 spent, then 4,000, then the estimate changes."""
    update_program(changes={"unit_value_rial": 1}, actor=None, now=now - DAY)
    update_rule(points_num=1, points_den=10, actor=None, now=now - DAY)
    expect_spent(spent_ppm=970_000, share_steps=100, reason="سال یک", actor=None, now=now - DAY)
    customer = buyer(sell(100_000))
    _spend(customer, 4_500, now + DAY)
    _expect(5_200, 5_500, now + DAY)
    assert _earned(now + DAY) == 4_175
    _spend(customer, 4_000, now + 2 * DAY)
    _expect(expected - 8_500, 1_500, now + 2 * DAY)
    assert _earned(now + 2 * DAY) == 4_175 + third_year
    assert broken(now + 2 * DAY) == []


def _expect(coming, left, now):
    expect_spent(
        spent_ppm=round(coming * WHOLE / left), share_steps=100, reason="سال", actor=None, now=now
    )


def _earned(now):
    held = accounts_at(now.date())
    return -held["spent_rial"] - held["breakage_rial"]


def test_a_new_estimate_is_a_posting_of_its_own_and_changes_nothing_granted(sell, now):
    customer = buyer(sell(3_000_000))
    _spend(customer, 10, now)
    post_entries(now=now)
    before = list(PointsPosting.objects.order_by("id").values())
    expect_spent(spent_ppm=500_000, reason="سابقهٔ پارسال", actor=None, now=now + DAY)
    row = PointsPosting.objects.get(kind="estimate")
    # 29,703 for 30 points, 9,901 spent, 19,802 left: ⌈29,703 × 9,901 ÷ 19,802⌉ are still owed.
    assert (row.points, row.allowance_rial, row.breakage_rial) == (0, 4_950, -4_950)
    assert row.valuation is not None
    assert (row.valuation.reason, row.on) == ("سابقهٔ پارسال", (now + DAY).date())
    assert list(PointsPosting.objects.exclude(id=row.id).order_by("id").values()) == before
    day = bridge(row.on, row.on)
    assert [(part.kind, part.change.points, part.change.rial) for part in day.parts] == [
        ("estimate", 0, -4_950)
    ]
    assert broken(now + DAY) == []


def test_an_estimate_unwinds_as_its_points_end(sell, now):
    _spend(buyer(sell(3_000_000)), 10, now)
    expect_spent(spent_ppm=500_000, reason="سابقه", actor=None, now=now)
    later = now + 500 * DAY
    expire_due(now=later)
    post_entries(now=later)
    assert renew_estimate(now=later) == -4_950
    assert renew_estimate(now=later) == 0
    held = accounts_at(later.date())
    assert (held["owed_rial"], held["allowance_rial"]) == (0, 0)
    assert held["sales_rial"] == -held["spent_rial"] - held["breakage_rial"] == 29_703


def test_without_an_estimate_everything_is_expected_to_be_spent(sell, now):
    sell(3_000_000)
    update_program(changes={"unit_value_rial": 500}, actor=None, now=now)
    post_entries(now=now)
    assert renew_estimate(now=now) == 0
    expect_spent(spent_ppm=WHOLE, reason="همه خرج می‌شود", actor=None, now=now)
    assert not PointsPosting.objects.filter(kind="estimate").exists()


def test_a_changed_value_keeps_the_estimate(sell, now):
    expect_spent(spent_ppm=400_000, reason="سابقه", actor=None, now=now)
    update_program(changes={"unit_value_rial": 500}, actor=None, now=now + DAY)
    newest = Valuation.objects.order_by("-since").first()
    assert newest is not None
    assert (newest.unit_value_rial, newest.spent_ppm) == (500, 400_000)


@pytest.mark.parametrize(
    ("ppm", "steps", "reason", "code"),
    [
        (0, None, "x", "invalid_valuation"),
        (WHOLE + 1, None, "x", "invalid_valuation"),
        (1, 0, "x", "invalid_valuation"),
        (1, None, " ", "reason_missing"),
    ],
)
def test_an_estimate_without_sense_or_reason_is_refused(acting, now, ppm, steps, reason, code):
    with pytest.raises(Problem) as refusal:
        expect_spent(spent_ppm=ppm, share_steps=steps, reason=reason, actor=None, now=now)
    assert refusal.value.code == code
    assert not Valuation.objects.exists()


def test_without_a_programme_there_is_nothing_to_estimate(acting, now):
    Program.objects.all().delete()
    with pytest.raises(NotFound):
        expect_spent(spent_ppm=1, reason="x", actor=None, now=now)
    assert (renew_estimate(now=now), post_entries(now=now).count) == (0, 0)


def test_the_nightly_task_renews_the_estimate(in_parallel, business, now):
    sell_to(business.id, now, 3_000_000)
    assert in_parallel(check, role="vafa_worker") == [0]


# History


def test_a_table_by_hand():
    """100 points: 40 spent and 10 taken in the first age, 25 of 50 ended in the second."""
    by_part = steps_of([(2, 0, 100)], [(2, 0, 0, 40, 0, 10), (2, 0, 1, 0, 25, 0)])
    assert together(by_part)[:3] == [Step(90, 40, 0), Step(50, 0, 25), Step()]
    curve = curve_of(together(by_part))
    assert curve.spent == pytest.approx([4 / 9, 4 / 9])
    assert curve.ended == pytest.approx([0, 5 / 9 / 2])
    assert curve.undecided == pytest.approx(5 / 18)
    assert curve.rate == pytest.approx(8 / 13)
    # Of what was alive at the second age's beginning half is undecided and goes as the rest did.
    assert curve.rates() == [615_385, round(5 / 18 * 8 / 13 / (5 / 9) * WHOLE)]


def test_young_lots_say_nothing_about_old_age():
    by_part = steps_of([(1, 0, 1_000), (2, 0, 100)], [(2, 0, 1, 50, 0, 0)])
    assert together(by_part)[:2] == [Step(1_100, 0, 0), Step(100, 50, 0)]


def _simulated(chance, people, rng):
    """Each customer spends all of the points of a lot, or none, which then end at age three."""
    granted: dict[int, int] = {}
    left: dict[tuple[int, int, int], list[int]] = {}
    for person in range(people):
        part = person % history.GROUPS
        for _lot in range(rng.randint(1, 4)):
            points = rng.randint(1, 50)
            granted[part] = granted.get(part, 0) + points
            spends = rng.random() < chance
            age = rng.randint(0, 2)
            row = left.setdefault((4, part, age if spends else 3), [0, 0])
            row[0 if spends else 1] += points
    return steps_of(
        [(4, part, points) for part, points in granted.items()],
        [(*key, spent, ended, 0) for key, (spent, ended) in left.items()],
    )


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng, held = random.Random(7), 0
    for _history in range(300):
        by_part = _simulated(0.7, 100, rng)
        low, high = interval(by_part, curve_of(together(by_part)))
        held += low <= 0.7 <= high
    assert 276 <= held <= 296  # 92 % to 98.7 %


@pytest.fixture
def year(sell, now):
    """Twelve customers, three lots of ten points each; eight spend two of their lots, none all."""
    update_program(changes={"expiry_months": 1}, actor=None, now=now)
    for number in range(12):
        hint = CustomerHint(mobile=f"0912000{number:04}")
        lots = [sell(1_000_000, customer=hint, at=now + n * DAY) for n in range(3)]
        if number < 8:
            _spend(buyer(lots[0]), 20, now + 5 * DAY)
    expire_due(now=now + 80 * DAY)
    return now + 120 * DAY


def test_history_tells_the_share_spent(year, monkeypatch):
    monkeypatch.setattr(history, "FEWEST_LOTS", 30)
    monkeypatch.setattr(history, "FEWEST_PEOPLE", 12)
    told = spending_history(year)
    assert (told.lack, told.lots, told.people) == (None, 36, 12)
    assert told.spent_ppm == round(160 / 360 * WHOLE)
    assert told.low < 160 / 360 < told.high
    made = expect_as_before(reason="سابقه", actor=None, now=year)
    assert made.curve[0] == made.spent_ppm == told.spent_ppm
    assert made.low_ppm is not None


def test_too_little_history_is_said_and_refused(year, sell):
    assert spending_history(year).lack is Lack.FEW
    with pytest.raises(Problem) as refusal:
        expect_as_before(reason="سابقه", actor=None, now=year)
    assert refusal.value.code == "not_enough_history"


def test_no_history_and_points_that_never_end_are_said(sell, now):
    assert spending_history(now).lack is Lack.YOUNG
    update_program(changes={"expiry_months": None}, actor=None, now=now)
    _spend(buyer(sell(3_000_000)), 10, now)
    told = spending_history(now + 300 * DAY)
    assert told.lack is Lack.UNDECIDED
    assert told.curve.undecided == pytest.approx(2 / 3)


def test_the_sums_of_an_estimate_are_its_days(sell, now):
    _spend(buyer(sell(3_000_000)), 10, now)
    for ppm in (500_000, 250_000, 900_000):
        expect_spent(spent_ppm=ppm, reason="سابقه", actor=None, now=now)
    day = OwedDay.objects.get(kind="estimate")
    assert (day.postings, day.allowance_rial + day.breakage_rial) == (3, 0)
