"""From the first purchase to the second day and to the first points spent (C113)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.calendar import business_day, month_start
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from loyalty.enums.engagement import Start
from loyalty.models import Reward
from loyalty.operations import commit_redemption, reserve_redemption
from loyalty.queries.onboarding import onboarding, reach

DAY = timedelta(days=1)


def buy(mobile, at, rial=1_000_000, now=None):
    new = NewPurchase(
        external_id=str(new_id()),
        channel="till",
        occurred_at=at,
        customer=CustomerHint(mobile=mobile),
        tenders=(NewTender(method="cash", amount_rial=rial),),
    )
    [outcome] = record_purchases(purchases=[new], source="till", now=max(at, now or at))
    assert outcome.error is None
    return outcome


def found(now, acting, what="second"):
    return onboarding(what, business_day(now, acting.timezone), 12)


def test_days_are_counted_to_the_second_day_and_who_waits_counts_so_far(acting, now):
    first = now - 40 * DAY
    buy("09120000001", first)
    buy("09120000001", first)  # the same day is no second visit
    buy("09120000001", first + 12 * DAY)
    buy("09120000002", first)
    told = found(now, acting).whole
    assert (told.wait.people, told.wait.happened) == (2, 1)
    assert [(step.days, step.left) for step in told.steps] == [(12, 0.5)]


def test_what_came_back_whole_is_no_purchase(acting, now):
    first = now - 40 * DAY
    one = buy("09120000001", first)
    buy("09120000001", first + 5 * DAY)
    back = buy("09120000001", first + 9 * DAY)
    record_return(purchase_id=back.purchase_id, external_id="r-1", now=now)
    assert found(now, acting).whole.steps[0].days == 5
    record_return(purchase_id=one.purchase_id, external_id="r-2", now=now)
    told = found(now, acting).whole
    assert (told.wait.people, told.wait.happened) == (1, 0)


def test_by_what_the_first_day_left_and_by_month(acting, now):
    Reward.objects.all().delete()
    Reward.objects.create(name="چای", cost_points=150, value_rial=500_000)
    for place, rial in enumerate((1_000, 1_000_000, 20_000_000)):
        buy(f"0912000000{place}", now - 3 * DAY, rial)
        buy(f"0912000000{place}", now - DAY)
    told = found(now, acting)
    assert {one: group.wait.people for one, group in told.starts} == {
        Start.REWARD: 1,
        Start.POINTS: 1,
        Start.NOTHING: 1,
    }
    today = business_day(now, acting.timezone)
    assert sum(group.wait.people for _first, group in told.months) == 3
    assert {first for first, _group in told.months} <= {
        month_start(today),
        month_start(today - 3 * DAY),
    }


def test_the_first_points_spent_are_a_wait_of_their_own(acting, now):
    one = buy("09120000001", now - 20 * DAY, 20_000_000)
    buy("09120000002", now - 20 * DAY)
    held = reserve_redemption(customer_id=one.customer_id, points=5, now=now - 6 * DAY)
    commit_redemption(redemption_id=held.id, now=now - 6 * DAY)
    told = found(now, acting, "spent").whole
    assert (told.wait.people, told.wait.happened, told.steps[0].days) == (2, 1, 14)


def test_a_first_reward_out_of_reach_of_one_sale_is_said(acting, now):
    Reward.objects.all().delete()
    today = business_day(now, acting.timezone)
    buy("09120000001", now - DAY)
    usual = reach(today).usual
    assert usual > 0
    assert not reach(today).is_far
    Reward.objects.create(name="چای", cost_points=usual, value_rial=500_000)
    assert not reach(today).is_far
    Reward.objects.update(cost_points=usual + 1)
    assert reach(today).is_far


def test_programs_ask(api, business):
    now = timezone.now()
    with acting_for(business.id):
        buy("09120000001", now - 9 * DAY)
        buy("09120000001", now - 2 * DAY)
    told = api.get("reports/onboarding").json()
    assert (told["what"], told["whole"]["customers"], told["whole"]["median_days"]) == (
        "second",
        1,
        7,
    )
    assert told["whole"]["shares"]["within_7_days"] == 1
    assert api.get("reports/onboarding?what=spent").json()["whole"]["happened"] == 0
    wrong = api.get("reports/onboarding?what=else")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_what")


@pytest.mark.parametrize("what", ["second", "spent", "else"])
def test_the_page_tells_and_of_few_says_so(owner_client, business, what):
    page = f"/b/{business.slug}/reports/onboarding/?what={what}"
    assert "تازه‌واردی نیست" in owner_client.get(page).content.decode()
    now = timezone.now()
    with acting_for(business.id):
        for place in range(3):
            buy(f"0912000000{place}", now - 9 * DAY)
            buy(f"0912000000{place}", now - 2 * DAY)
    assert "داده کافی نیست" in owner_client.get(page).content.decode()
    with acting_for(business.id):
        for place in range(30):
            buy(f"091200000{place + 10}", now - 9 * DAY)
            buy(f"091200000{place + 10}", now - 2 * DAY)
    shown = owner_client.get(page).content.decode()
    assert ("تا اکنون کمتر از نیم" in shown) == (what == "spent")
    assert 'data-chart="line"' in shown
