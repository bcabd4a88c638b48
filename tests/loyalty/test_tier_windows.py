"""In which span purchases count towards a tier, and when one is lost (rules R28-R33)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import TEHRAN, Jalali, add_months, business_day, day_start, jalali
from loyalty.enums import TierFall, TierWindow
from loyalty.models import CustomerTier, Tier, Wallet
from loyalty.operations import grant_tier, update_program
from loyalty.operations.levels import TierPlan, update_tiers
from loyalty.operations.standing import close_windows
from loyalty.queries.standing import tier_of
from loyalty.queries.windows import Window, drops_below

TIERS = [TierPlan("برنزی", 0), TierPlan("نقره‌ای", 10_000_000), TierPlan("طلایی", 30_000_000)]


def day(number):
    return timedelta(days=number)


def noon(year, month, of_month):
    """Return noon in Tehran on a Jalali day."""
    return day_start(Jalali(year, month, of_month).to_date(), TEHRAN) + timedelta(hours=12)


def choose(kind, now, **more):
    update_tiers(plans=TIERS, actor=None, now=now)
    changes = {"tier_window": kind, **more}
    update_program(changes=changes, actor=None, now=now)


def tier(at):
    """Return the tier as the sweeper leaves it at a moment; wallet and standing agree."""
    while close_windows(now=at):
        pass
    [held] = tier_of([Wallet.objects.get().id]).values()
    return held.position


def standing():
    [held] = tier_of([Wallet.objects.get().id]).values()
    return held


# The window alone.


@pytest.mark.parametrize(
    ("on", "end"),
    [
        ((1403, 12, 30), (1404, 1, 1)),
        ((1404, 1, 1), (1405, 1, 1)),
        ((1404, 12, 29), (1405, 1, 1)),
    ],
)
def test_r29_the_jalali_year_ends_with_esfand_also_in_leap_years(on, end):
    window = Window(TierWindow.YEAR, 365, TEHRAN)
    over = window.end(noon(*on))
    assert over == day_start(Jalali(*end).to_date(), TEHRAN)
    assert window.began(over) == day_start(Jalali(end[0] - 1, 1, 1).to_date(), TEHRAN)


def test_r31_the_year_turns_in_tehran_not_in_greenwich():
    window = Window(TierWindow.YEAR, 365, TEHRAN)
    before = datetime(2026, 3, 20, 20, 29, tzinfo=UTC)
    assert window.end(before) == datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    assert window.end(before + timedelta(minutes=1)) == datetime(2027, 3, 20, 20, 30, tzinfo=UTC)


def test_r35_an_anniversary_on_the_thirtieth_of_esfand_keeps_its_day():
    """30 Esfand 1403: the 29th in common years, the 30th again in 1408."""
    window = Window(TierWindow.ANNIVERSARY, 365, TEHRAN)
    first = Jalali(1403, 12, 30).to_date()
    ends, at = [], noon(1403, 12, 30)
    for _n in range(5):
        at = window.end(at, first)
        ends.append(jalali(business_day(at, TEHRAN)))
    days = [(1404, 29), (1405, 29), (1406, 29), (1407, 29), (1408, 30)]
    assert ends == [Jalali(year, 12, of_month) for year, of_month in days]


@given(
    first=st.dates(date(2015, 3, 21), date(2026, 3, 20)),
    after=st.integers(0, 4_000),
    kind=st.sampled_from(list(TierWindow)),
    days=st.integers(1, 800),
)
def test_r29_every_moment_lies_in_one_window_that_ends_at_a_start_of_day(first, after, kind, days):
    window = Window(kind, days, TEHRAN)
    now = day_start(first + day(after), TEHRAN) + timedelta(hours=5)
    end = window.end(now, first)
    assert end > now
    assert end == day_start(business_day(end, TEHRAN), TEHRAN)
    assert window.began(end) <= now or kind in {TierWindow.DAYS, TierWindow.ROLLING}
    if kind == TierWindow.ANNIVERSARY:
        assert business_day(end, TEHRAN) in {add_months(first, 12 * n) for n in range(14)}


@given(
    bought=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 50)), max_size=6),
    least=st.integers(1, 60),
)
def test_r33_when_too_little_counts_is_what_looking_every_day_finds(bought, least):
    """The projection and the judgement are one arithmetic: a rolling window, day after day."""
    window = Window(TierWindow.ROLLING, 365, TEHRAN)
    start = noon(1404, 1, 1)
    counted = sorted((start + day(n), rial) for n, rial in bought)
    at, left = drops_below(window, counted, least)

    def counts(then):
        return sum(rial for moment, rial in counted if window.falls_out(moment) > then)

    if sum(rial for _at, rial in counted) < least or at is None:
        return
    assert counts(at - timedelta(seconds=1)) >= least
    assert counts(at) == left < least


# In the ledger.


def test_r29_in_the_jalali_year_purchases_of_before_nowruz_count_no_more(sell, acting):
    esfand, farvardin = noon(1406, 12, 29), noon(1407, 1, 1)
    choose(TierWindow.YEAR, esfand)
    sell(9_000_000, at=esfand)
    assert Wallet.objects.get().window_ends_at == day_start(Jalali(1407, 1, 1).to_date(), TEHRAN)
    sell(9_000_000, at=farvardin)  # nobody came to close the window yet
    assert tier(farvardin) == 0
    assert standing().qualifying_rial == 9_000_000
    sell(1_000_000, at=farvardin + day(1))
    assert tier(farvardin + day(1)) == 1
    assert tier(noon(1407, 12, 29)) == 1
    assert tier(noon(1408, 1, 1)) == 1  # 1407 was enough for silver
    assert tier(noon(1409, 1, 1)) == 0  # 1408 was not


def test_r31_a_sale_at_the_stroke_of_nowruz_is_of_the_new_year(sell, acting):
    choose(TierWindow.YEAR, noon(1406, 10, 1))
    sell(3_000_000, at=noon(1406, 10, 1))
    nowruz = Wallet.objects.get().window_ends_at
    sell(4_000_000, at=nowruz - timedelta(microseconds=1))
    sell(5_000_000, at=nowruz)
    assert tier(nowruz) == 0
    assert standing().qualifying_rial == 5_000_000


def test_r30_a_return_of_last_years_goods_takes_nothing_off_this_year(sell, take_return, acting):
    choose(TierWindow.YEAR, noon(1406, 10, 1))
    old = sell(9_000_000, at=noon(1406, 10, 1))
    sell(10_000_000, at=noon(1407, 1, 5))
    assert tier(noon(1407, 1, 5)) == 1
    take_return(old, 9_000_000, at=noon(1407, 1, 6))
    assert standing().qualifying_rial == 10_000_000


def test_r29_a_sale_at_the_stroke_the_grace_is_over_comes_too_late_for_it(sell, acting):
    choose(TierWindow.YEAR, noon(1406, 3, 1), tier_grace_days=20)
    sell(30_000_000, at=noon(1406, 3, 1))
    assert tier(noon(1408, 1, 1)) == 2
    until = standing().window_ends_at
    sell(30_000_000 - 1, at=until)
    assert tier(until) == 1


def test_r29_an_upgrade_the_morning_after_nowruz_needs_no_sweeper(sell, acting):
    """What the old year had is not added to the new one, though its window was never closed."""
    choose(TierWindow.YEAR, noon(1406, 10, 1))
    sell(25_000_000, at=noon(1406, 10, 1))
    sell(6_000_000, at=noon(1407, 1, 1))
    assert CustomerTier.objects.get().tier.position == 1
    assert standing().qualifying_rial == 6_000_000


def test_r29_an_anniversary_is_each_customers_own(sell, acting):
    first = noon(1406, 6, 15)
    choose(TierWindow.ANNIVERSARY, first)
    sell(10_000_000, at=first)
    assert tier(noon(1407, 6, 14)) == 1
    assert tier(noon(1407, 6, 15)) == 1
    assert tier(noon(1408, 6, 14)) == 1
    assert tier(noon(1408, 6, 15)) == 0


def test_r29_a_rolling_window_forgets_each_purchase_after_its_days(sell, acting):
    start = noon(1406, 1, 1)
    choose(TierWindow.ROLLING, start, tier_window_days=30)
    sell(6_000_000, at=start)
    sell(5_000_000, at=start + day(20))
    assert tier(start + day(20)) == 1
    assert (standing().qualifying_rial, standing().staying_rial) == (11_000_000, 5_000_000)
    over = day_start(business_day(start + day(30), TEHRAN), TEHRAN)
    assert standing().window_ends_at == over
    assert standing().needed_to_stay_rial == 5_000_000
    assert tier(over - timedelta(seconds=1)) == 1
    assert tier(over) == 0
    assert standing().qualifying_rial == 5_000_000
    sell(4_000_000, at=start + day(31))
    assert tier(start + day(31)) == 0
    sell(1_000_000, at=start + day(32))
    assert tier(start + day(32)) == 1


def test_r29_a_rolling_window_does_not_add_what_fell_out_though_nobody_looked(sell, acting):
    start = noon(1406, 1, 1)
    choose(TierWindow.ROLLING, start, tier_window_days=30)
    sell(9_000_000, at=start)
    sell(9_000_000, at=start + day(40))
    assert not CustomerTier.objects.exists()
    assert standing().qualifying_rial == 9_000_000


def test_r29_days_of_grace_keep_a_tier_until_what_is_missing_is_bought(sell, acting):
    choose(TierWindow.YEAR, noon(1406, 3, 1), tier_grace_days=20)
    sell(10_000_000, at=noon(1406, 3, 1))
    assert tier(noon(1407, 2, 1)) == 1
    sell(7_000_000, at=noon(1407, 5, 1))
    assert tier(noon(1408, 1, 1)) == 1
    held = standing()
    assert (held.in_grace, held.needed_to_stay_rial) == (True, 3_000_000)
    assert held.window_ends_at == day_start(Jalali(1408, 1, 21).to_date(), TEHRAN)
    sell(2_999_999, at=noon(1408, 1, 10))
    assert standing().needed_to_stay_rial == 1
    sell(1, at=noon(1408, 1, 20))
    assert tier(noon(1408, 1, 21)) == 1
    assert not standing().in_grace
    assert standing().qualifying_rial == 3_000_000


def test_r29_what_is_bought_in_the_moment_grace_ends_comes_too_late_for_it(sell, acting):
    choose(TierWindow.YEAR, noon(1406, 3, 1), tier_grace_days=20)
    sell(10_000_000, at=noon(1406, 3, 1))
    assert tier(noon(1407, 2, 1)) == 1
    sell(5_000_000, at=noon(1407, 5, 1))
    assert tier(noon(1408, 1, 20)) == 1
    over = day_start(Jalali(1408, 1, 21).to_date(), TEHRAN)
    sell(6_000_000, at=over)
    assert tier(over) == 0
    assert standing().qualifying_rial == 6_000_000


def test_r29_grace_over_and_nothing_bought_is_a_tier_lost(sell, acting):
    choose(TierWindow.YEAR, noon(1406, 3, 1), tier_grace_days=20)
    sell(10_000_000, at=noon(1406, 3, 1))
    assert tier(noon(1408, 1, 20)) == 1
    sell(10_000_000, at=noon(1408, 1, 21))  # a day too late for the grace, not for the tier
    assert tier(noon(1408, 1, 21)) == 1
    assert CustomerTier.objects.get().since == noon(1408, 1, 21)


def test_r29_a_sweeper_that_comes_months_late_judges_as_if_it_had_come_in_time(sell, acting):
    choose(TierWindow.YEAR, noon(1406, 3, 1), tier_grace_days=20)
    sell(10_000_000, at=noon(1406, 3, 1))
    sell(3_000_000, at=noon(1407, 5, 1))
    sell(9_000_000, at=noon(1408, 4, 1))
    assert tier(noon(1408, 4, 2)) == 0
    assert standing().qualifying_rial == 9_000_000


def test_r29_grace_of_a_rolling_window_ends_as_soon_as_enough_counts(sell, acting):
    start = noon(1406, 1, 1)
    choose(TierWindow.ROLLING, start, tier_window_days=30, tier_grace_days=10)
    sell(10_000_000, at=start)
    assert tier(start + day(31)) == 1
    assert standing().in_grace
    sell(10_000_000, at=start + day(35))
    assert tier(start + day(45)) == 1
    assert not standing().in_grace
    assert tier(start + day(74)) == 1
    assert tier(start + day(76)) == 0


@pytest.mark.parametrize(
    ("fall", "after"),
    [(TierFall.FULL, 0), (TierFall.ONE_LEVEL, 1), (TierFall.NEVER, 2)],
)
def test_r29_a_tier_falls_as_far_as_the_programme_says(sell, acting, fall, after):
    choose(TierWindow.YEAR, noon(1406, 3, 1), tier_fall=fall)
    sell(30_000_000, at=noon(1406, 3, 1))
    assert tier(noon(1407, 1, 1)) == 2
    assert tier(noon(1408, 1, 1)) == after


def test_r30_a_return_keeps_the_tier_until_the_window_ends_and_stops_progress(
    sell, take_return, acting
):
    """R30: judged at Nowruz by what stayed bought."""
    choose(TierWindow.YEAR, noon(1406, 3, 1))
    sold = sell(30_000_000, at=noon(1406, 3, 1))
    take_return(sold, 25_000_000, at=noon(1406, 4, 1))
    assert tier(noon(1406, 12, 1)) == 2
    assert standing().qualifying_rial == 5_000_000
    assert tier(noon(1407, 1, 1)) == 0


def test_r30_a_return_in_a_rolling_window_keeps_the_tier_until_something_falls_out(
    sell, take_return, acting
):
    start = noon(1406, 1, 1)
    choose(TierWindow.ROLLING, start, tier_window_days=30)
    sell(6_000_000, at=start)
    sold = sell(5_000_000, at=start + day(3))
    take_return(sold, 5_000_000, at=start + day(4))
    assert tier(start + day(29)) == 1
    assert tier(start + day(30)) == 0


def test_r32_a_tier_given_by_hand_outlives_windows_and_grace(sell, acting):
    start = noon(1406, 1, 1)
    choose(TierWindow.ROLLING, start, tier_window_days=30, tier_grace_days=5)
    sell(1_000_000, at=start)
    gold = Tier.objects.get(position=2)
    grant_tier(
        customer_id=Wallet.objects.get().id,
        tier_id=gold.id,
        until=start + day(100),
        reason="دوست ما",
        actor=None,
        now=start,
    )
    assert tier(start + day(70)) == 2
    assert tier(start + day(200)) == 0


def test_r13_another_kind_of_window_holds_from_the_next_one_on(sell, acting, now):
    """A running window is neither cut short nor prolonged."""
    choose(TierWindow.DAYS, now, tier_window_days=100)
    sell(10_000_000)
    end = Wallet.objects.get().window_ends_at
    update_program(changes={"tier_window": TierWindow.YEAR}, actor=None, now=now + day(1))
    assert Wallet.objects.get().window_ends_at == end
    assert tier(end) == 1
    assert Wallet.objects.get().window_ends_at == Window(TierWindow.YEAR, 100, TEHRAN).end(end)


def test_r29_windows_are_read_and_chosen_over_http_and_told_in_the_public_rules(api, business):
    asked = {
        "tier_window": "year",
        "tier_grace_days": 20,
        "tier_fall": "one_level",
        "waits_for_returns": True,
        "tier_revoke_days": 9,
        "clawback": "only_pending",
    }
    answer = api.post("loyalty/programme", asked, key="one")
    assert answer.status_code == 200, answer.content
    seen = api.get("loyalty/programme").json()
    assert {name: seen[name] for name in asked} == asked
    refused = [{"tier_window": "week"}, {"tier_grace_days": 91}, {"tier_fall": "half"}]
    for place, one in enumerate(refused):
        assert api.post("loyalty/programme", one, key=f"no-{place}").status_code in {400, 422}
    told = str(api.get("policies/current").json())
    for sentence in (
        "سال شمسی",
        "۲۰ روز بعد",
        "یک پله",
        "مهلت مرجوعی همان کالا",
        "۹ روز پیش",
        "فقط امتیازی",
    ):
        assert sentence in told
