"""What the owner is told, and what not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.enums import Verdict
from campaigns.models import Campaign
from campaigns.queries import results
from core.tenancy import acting_for
from messaging.models import Message
from tests.campaigns.conftest import DAY


def by_arm(shop, campaign):
    numbers = {customer: n for n, customer in enumerate(shop.customers)}
    sides: dict[str, list[int]] = {"treatment": [], "holdout": []}
    for member in shop.members(campaign):
        sides[member.arm].append(numbers[member.customer_id])
    return sides["treatment"], sides["holdout"]


@pytest.fixture
def sent(crowd, now):
    campaign = crowd.draft(now, holdout_percent=30, margin_percent=40)
    crowd.send(campaign, now)
    crowd.sweep(now)
    with acting_for(crowd.business.id):
        Message.objects.update(state="delivered")
    crowd.campaign = campaign
    return crowd


def test_before_sending_there_is_no_result(crowd, now):
    assert crowd.results(crowd.draft(now), now).verdict is Verdict.NOT_STARTED


def test_nobody_bought_is_not_enough(sent, now):
    told = sent.results(sent.campaign, now + DAY)
    assert told.verdict is Verdict.NOT_ENOUGH
    assert (told.sales, told.profit, told.per_customer) == (None, None, None)
    assert told.messages.delivered == told.treatment.people
    assert not told.is_final


def test_a_small_holdout_is_not_enough(crowd, now):
    campaign = crowd.draft(now, holdout_percent=0)
    crowd.send(campaign, now)
    crowd.sell(now + DAY, range(100))
    assert crowd.results(campaign, now + 2 * DAY).verdict is Verdict.NOT_ENOUGH


def test_a_real_difference_is_shown_with_its_profit(sent, now):
    treated, held_out = by_arm(sent, sent.campaign)
    sent.sell(now + DAY, treated[::2], rial=2_000_000)
    sent.sell(now + DAY, held_out[::10], rial=2_000_000)
    told = sent.results(sent.campaign, now + 15 * DAY)
    assert told.verdict is Verdict.MORE
    assert told.is_final
    assert told.treatment.buyers == len(treated[::2])
    per_customer = told.treatment.mean_rial - told.holdout.mean_rial
    assert told.per_customer.value == pytest.approx(per_customer, abs=1)
    assert told.per_customer.low > 0
    assert told.sales.value == pytest.approx(told.per_customer.value * len(treated))
    assert told.profit.value == pytest.approx(told.sales.value * 0.4 - told.messages.cost_rial)
    assert told.messages.cost_rial == len(treated) * 1850
    assert told.buying.low > 0


def test_no_difference_is_called_unclear(sent, now):
    treated, held_out = by_arm(sent, sent.campaign)
    sent.sell(now + DAY, [*treated[::2], *held_out[::2]])
    assert sent.results(sent.campaign, now + 15 * DAY).verdict is Verdict.UNCLEAR


def test_without_a_margin_profit_is_unknown(crowd, now):
    campaign = crowd.draft(now, holdout_percent=30)
    crowd.send(campaign, now)
    crowd.sell(now + DAY, range(0, 200, 2))
    told = crowd.results(campaign, now + 15 * DAY)
    assert told.profit is None
    assert told.sales is not None


def test_only_the_window_counts_and_returns_are_taken_off(sent, now):
    treated, _held_out = by_arm(sent, sent.campaign)
    sent.sell(now - DAY, treated)
    sent.sell(now + 15 * DAY, treated)
    told = sent.results(sent.campaign, now + 30 * DAY)
    assert told.treatment.buyers == 0


def test_a_split_off_the_plan_shows_no_result(sent, now):
    with acting_for(sent.business.id):
        Campaign.objects.filter(id=sent.campaign.id).update(holdout_percent=60)
    sent.sell(now + DAY, range(100))
    told = sent.results(sent.campaign, now + 15 * DAY)
    assert (told.verdict, told.sales) == (Verdict.BROKEN, None)


def test_results_take_the_same_queries_for_any_size(sent, now):
    sent.sell(now + DAY, range(100))
    with acting_for(sent.business.id):
        campaign = Campaign.objects.get(id=sent.campaign.id)
        with CaptureQueriesContext(connection) as queries:
            results(campaign=campaign, now=now + 15 * DAY)
    assert len(queries) == 3
