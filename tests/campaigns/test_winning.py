"""What winning and keeping a customer cost (C111): held against the raw rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.queries.effect import Effect, share_effect
from campaigns.queries.winning import Kept, WinningAndKeeping, Won, winning_and_keeping
from core.ids import new_id
from core.tenancy import acting_for
from customers.enums import LeadKind
from customers.operations import CustomerHint
from customers.operations.leads import NewLead, NewSource, note_lead, open_source
from messaging.models import Message
from tests.campaigns.conftest import DAY, mobile

pytestmark = pytest.mark.django_db


def _finished(crowd, now, *, extra=2, anyway=10):
    """Send a campaign: every `extra`-th buys, of those left out every `anyway`-th."""
    campaign = crowd.draft(now, holdout_percent=30)
    crowd.send(campaign, now)
    crowd.sweep(now)
    with acting_for(crowd.business.id):
        Message.objects.update(state="delivered")
    arms: dict[str, list[int]] = {"treatment": [], "holdout": []}
    place = {who: n for n, who in enumerate(crowd.customers)}
    for one in crowd.members(campaign):
        arms[one.arm].append(place[one.customer_id])
    crowd.sell(now + DAY, sorted(arms["treatment"])[::extra])
    crowd.sell(now + DAY, sorted(arms["holdout"])[::anyway])
    return arms


def _told(crowd, now):
    with acting_for(crowd.business.id):
        return winning_and_keeping(now)


def test_nothing_is_known_of_an_empty_business(crowd, now):
    found = _told(crowd, now)
    assert (found.won, found.kept, found.won_each_rial, found.kept_all) == ((), (), None, None)
    assert found.times is None


def test_a_kept_customer_costs_its_messages(crowd, now):
    """C111: messages ÷ (buyers − those who would have bought anyway), with the interval."""
    arms = _finished(crowd, now)
    assert _told(crowd, now + 3 * DAY).kept == ()
    found = _told(crowd, now + 15 * DAY)
    (one,) = found.kept
    treated, held_out = arms["treatment"], arms["holdout"]
    effect = share_effect(
        len(treated[::2]), len(treated), len(held_out[::10]), len(held_out)
    ).times(len(treated))
    assert one.extra == effect
    assert one.cost_rial == len(treated) * 1850
    whole = found.kept_all
    assert whole.is_sure
    assert whole.each_rial.value == pytest.approx(one.cost_rial / effect.value)
    assert whole.each_rial.low < whole.each_rial.value < whole.each_rial.high


def test_where_nobody_was_surely_kept_no_cost_is_named(crowd, now):
    """C111: a number that could be anything is not given."""
    _finished(crowd, now, extra=4, anyway=4)
    found = _told(crowd, now + 15 * DAY)
    assert not found.kept_all.is_sure
    assert found.kept_all.each_rial is None
    assert found.times is None


def test_what_came_back_whole_is_no_purchase_and_too_few_are_not_measured(crowd, now):
    campaign = crowd.draft(now, holdout_percent=0)
    crowd.send(campaign, now)
    found = _told(crowd, now + 15 * DAY)
    assert (found.kept, found.unmeasured) == ((), 1)


def _leads(crowd, now):
    with acting_for(crowd.business.id):
        source = open_source(
            new=NewSource(kind=LeadKind.LINK, title="ویترین", cost_rial=9_000_000), now=now
        )
        for n in range(900, 906):
            note_lead(
                new=NewLead(customer=CustomerHint(mobile=mobile(n)), source_id=source.id, wants=""),
                now=now,
            )
    crowd.sell(now + DAY, range(900, 903))


def test_a_new_customer_costs_what_its_source_did(crowd, now, api):
    """C111: cost ÷ those who bought, and how many times a kept one that is."""
    _leads(crowd, now)
    _finished(crowd, now)
    found = _told(crowd, now + 15 * DAY)
    (one,) = found.won
    assert (one.people, one.bought, one.each_rial) == (6, 3, 3_000_000)
    assert found.won_each_rial == 3_000_000
    assert found.times == pytest.approx(3_000_000 / found.kept_all.each_rial.value)


def test_over_http_and_at_the_same_cost_for_one_and_three(crowd, api, other_api):
    """C111: the report, walled, at five queries however many campaigns."""
    now = timezone.now() - timedelta(days=40)
    _leads(crowd, now)
    counts = []
    api.get("reports/acquisition-vs-retention")
    for n in (1, 2):
        for _one in range(n):
            _finished(crowd, now)
        with CaptureQueriesContext(connection) as queries:
            answer = api.get("reports/acquisition-vs-retention").json()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(answer["kept"]) == 3
    assert answer["won"][0]["each_rial"] == 3_000_000
    theirs = other_api.get("reports/acquisition-vs-retention").json()
    assert (theirs["won"], theirs["kept"]) == ([], [])


def test_the_page_says_how_sure_the_comparison_is(owner_client, business, monkeypatch):
    """C111, R63: how many the cost stands on, and the bounds of how many times it is."""
    won = Won("link", "ویترین", people=6, bought=3, cost_rial=9_000_000)
    kept = Kept(new_id(), "پاییز", people=200, extra=Effect(20, 10, 30), cost_rial=600_000)
    monkeypatch.setattr(
        "dashboard.web.growth.winning.winning_and_keeping",
        lambda _now: WinningAndKeeping((won,), (kept,), 0),
    )
    text = owner_client.get(f"/b/{business.slug}/reports/winning/").content.decode()
    assert "حدود ۱۰۰ برابر" in text
    assert "۹۵ بار از ۱۰۰ میان ۵۰ و ۱۵۰ برابر" in text
    assert "فقط ۳ مشتری" in text
