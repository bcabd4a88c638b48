"""Any history of purchases: the tier the engine leaves is what plain arithmetic says (R29)."""

from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.calendar import TEHRAN, Jalali, business_day, day_start, jalali
from customers.operations import CustomerHint
from loyalty.enums import TierWindow
from loyalty.operations.standing import close_windows
from loyalty.queries.standing import tier_of
from loyalty.queries.windows import Window
from tests.loyalty.conftest import buyer
from tests.loyalty.test_tier_windows import TIERS, choose, day, noon

MOBILES = count(1)
MANY = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


EVENTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 25), st.booleans()), min_size=1, max_size=6
)


@MANY
@given(events=EVENTS, kind=st.sampled_from([TierWindow.YEAR, TierWindow.ROLLING]))
def test_r29_any_history_is_what_plain_arithmetic_says(sell, acting, events, kind):
    """R29, R31, R33: a list of purchases judged day by day, and the engine, swept now and then."""
    at = noon(1406, 10, 1)
    choose(kind, at, tier_window_days=60)
    plain = Plain(Window(kind, 60, TEHRAN))
    hint = CustomerHint(mobile=f"0912{next(MOBILES):07}")
    for pause, million, swept in events:
        at += day(pause)
        customer = buyer(sell(million * 1_000_000, at=at, customer=hint))
        plain.bought.append((at, million * 1_000_000))
        while swept and close_windows(now=at):
            pass
        if swept:
            assert tier_of([customer])[customer].position == plain.tier_at(at)
    for pause in (1, 30, 61, 200):
        at += day(pause)
        while close_windows(now=at):
            pass
        assert tier_of([customer])[customer].position == plain.tier_at(at)


class Plain:
    """A customer's tier by lists and integers: each midnight is judged, and each purchase."""

    def __init__(self, window):
        self.window, self.bought = window, []

    def tier_at(self, at):
        held, today = 0, business_day(self.bought[0][0], TEHRAN)
        while today <= business_day(at, TEHRAN):
            midnight = day_start(today, TEHRAN)
            if self.ends(midnight):
                held = min(held, self.earned(midnight - timedelta(seconds=1), midnight))
            for moment, _rial in self.bought:
                if moment <= at and business_day(moment, TEHRAN) == today:
                    held = max(held, self.earned(moment, moment))
            today += day(1)
        return held

    def ends(self, midnight):
        if self.window.rolls:
            return any(self.window.falls_out(one) == midnight for one, _rial in self.bought)
        return jalali(business_day(midnight, TEHRAN)) == Jalali(
            jalali(business_day(midnight, TEHRAN)).year, 1, 1
        )

    def earned(self, upto, at):
        if self.window.rolls:
            total = sum(
                r for one, r in self.bought if one <= upto and self.window.falls_out(one) > at
            )
        else:
            year = jalali(business_day(upto, TEHRAN)).year
            total = sum(
                r
                for one, r in self.bought
                if one <= upto and jalali(business_day(one, TEHRAN)).year == year
            )
        return sum(total >= plan.threshold_rial for plan in TIERS) - 1
