"""A year under a draft: the rules in force yield the ledger, a draft tells what it would cost."""

from datetime import timedelta

import pytest

from core.calendar import TEHRAN
from core.errors import NotFound, Problem
from core.ids import new_id
from customers.operations import CustomerHint, record_return
from loyalty.models import LedgerEntry
from loyalty.operations import TierPlan, grant_tier, update_rule, update_tiers
from loyalty.operations.rules.drafts import save_draft
from loyalty.operations.rules.replays import (
    LEASE,
    MOST_ATTEMPTS,
    cancel_replay,
    claim_due_replay,
    queue_replay,
    run_replay,
)
from loyalty.queries import tiers
from loyalty.queries.rules import history
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.dry_run import basket_dry_run, purchase_dry_run
from loyalty.queries.rules.judge import Asked, Sale
from loyalty.queries.rules.reading import rules_in_force
from loyalty.queries.rules.replay import _histogram
from tests.loyalty.conftest import BUYER, buyer
from tests.loyalty.rules.conftest import RATE, bonus, put

COFFEE = ("esp", "نوشیدنی", 600_000)
CAKE = ("cake", "شیرینی", 400_000)


def drawn(*bonuses, now, rate=RATE):
    return save_draft(rules=Rules(rate=rate, bonuses=bonuses), actor=None, now=now)


def asked(draft, now):
    return queue_replay(draft_id=draft.id, actor=None, now=now)


def test_replaying_the_rules_in_force_yields_the_ledger_exactly(buy, replayed, now):
    """N18: tiers, goods, shares and numbers as they were; every purchase, to the point."""
    plans = [TierPlan("یک", 0), TierPlan("دو", 10**9, 4, 3), TierPlan("سه", 10**10, 2, 1)]
    update_tiers(plans=plans, actor=None, now=now)
    put(
        bonus(when={"categories": ("شیرینی",)}),
        bonus("fixed", 30, when={"every": 3}),
        bonus("rate", 1, 70_001, customer_cap_points=20, customer_span="week"),
        bonus("fixed", 4, budget_rial=30_000),
        now=now,
    )
    first = buy(COFFEE, CAKE, at=now - timedelta(days=30))
    until = now + timedelta(days=90)
    grant_tier(
        customer_id=buyer(first),
        tier_id=tiers()[1].id,
        until=until,
        reason="جشن",
        actor=None,
        now=now,
    )
    for days in range(29, 1, -3):
        buy(COFFEE, CAKE, at=now - timedelta(days=days))
        buy(COFFEE, customer=CustomerHint(mobile="09120000001"), at=now - timedelta(days=days))
    buy(COFFEE, customer=None, at=now - timedelta(days=2))
    _version, rules = rules_in_force() or (None, Rules(rate=RATE))
    asked(drawn(*rules.bonuses, now=now), now)
    done = replayed(now)
    report = done.report
    earned = sum(
        entry.points + entry.pending_points + entry.contingent_points
        for entry in LedgerEntry.objects.filter(kind="earn")
    )
    assert done.state == "done"
    assert (report["posted"], report["differ"]) == (22, 0)
    assert report["old_points"] == report["new_points"] == earned
    assert report["gain"]["customers"] == report["lose"]["customers"] == 0
    assert (report["purchases"], report["customers"], report["strangers"]) == (22, 2, 1)


def test_a_draft_tells_its_cost_and_who_gains_and_loses(buy, replayed, now):
    at = now - timedelta(days=40)
    mornings = at.astimezone(TEHRAN).replace(hour=9)
    for day in range(3):
        buy(COFFEE, CAKE, at=mornings + timedelta(days=day))
        buy(
            COFFEE,
            customer=CustomerHint(mobile="09120000001"),
            at=mornings.replace(hour=20) + timedelta(days=day),
        )
    half = RATE.model_copy(update={"den": 200_000})
    doubled = bonus(num=6, name="صبح", when={"from_minute": 480, "to_minute": 720})
    asked(drawn(doubled, now=now, rate=half), now)
    report = replayed(now).report
    assert report["old_points"] == 3 * 10 + 3 * 6
    assert report["new_points"] == 3 * 30 + 3 * 3
    assert report["gain"] == {"customers": 1, "points": 60, "rial": 60_000}
    assert report["lose"] == {"customers": 1, "points": 9, "rial": 9_000}
    assert report["top_gain"][0]["points"] == 60
    [rule] = report["rules"]
    assert (rule["purchases"], rule["points"]) == (3, 75)
    assert rule["verdicts"] == {"applied": 3, "hours": 3}
    assert sum(month["new"] for month in report["months"]) == report["new_points"]
    assert sum(column["customers"] for column in report["histogram"]) == 2
    assert report["forecast"]["enough"] is False


def test_what_came_back_since_is_no_cost(buy, replayed, now):
    at = now - timedelta(days=40)
    sold = buy(COFFEE, CAKE, at=at)
    record_return(purchase_id=sold, external_id=str(new_id()), amount_rial=500_000, now=now)
    gone = buy(COFFEE, CAKE, at=at)
    record_return(purchase_id=gone, external_id=str(new_id()), now=now)
    asked(drawn(bonus(when={"categories": ("شیرینی",)}), now=now), now)
    report = replayed(now).report
    assert (report["old_points"], report["new_points"]) == (5, 5 + 2)


def test_a_budget_runs_out_on_its_day(buy, replayed, now):
    for days in (20, 10, 5):
        buy(COFFEE, at=now - timedelta(days=days))
    asked(drawn(bonus("fixed", 3, budget_rial=5_000), now=now), now)
    [rule] = replayed(now).report["rules"]
    assert rule["points"] == 5
    assert rule["ran_out"] == (now - timedelta(days=10)).date().isoformat()


def test_pages_of_any_size_yield_the_same(buy, replayed, now, monkeypatch):
    for days in range(9):
        buy(COFFEE, CAKE, at=now - timedelta(days=20 - days // 3))
    draft = drawn(bonus("fixed", 30, when={"every": 3}), now=now)
    asked(draft, now)
    whole = replayed(now).report
    monkeypatch.setattr(history, "PAGE", 2)
    asked(draft, now)
    paged = replayed(now).report
    assert {**whole, "seconds": 0} == {**paged, "seconds": 0}


def test_a_killed_replay_begins_anew_and_is_given_up_in_the_end(acting, as_role, now):
    draft = drawn(now=now)
    row = asked(draft, now)
    for attempt in range(MOST_ATTEMPTS):
        at = now + (LEASE + timedelta(seconds=1)) * attempt
        with as_role("vafa_worker"):
            assert claim_due_replay(now=at) is not None
            assert claim_due_replay(now=at) is None
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("running", attempt + 1)
    with as_role("vafa_worker"):
        assert claim_due_replay(now=now + LEASE * 5) is None
    row.refresh_from_db()
    assert (row.state, row.due_at) == ("failed", None)


def test_a_killed_replay_goes_on_from_what_it_wrote_down(
    buy, business, as_role, replayed, monkeypatch, now
):
    """N18: whatever page it died on, the report is that of one that was never killed."""
    monkeypatch.setattr("loyalty.queries.rules.history.PAGE", 2)
    monkeypatch.setattr("loyalty.operations.rules.replays.PAGES_KEPT", 1)
    for days in range(11):
        buy(COFFEE, CAKE, at=now - timedelta(days=30 - days), customer=None if days == 4 else BUYER)
    rules = (
        bonus("fixed", 30, when={"every": 3}),
        bonus("fixed", 5, budget_rial=17_000),
        bonus("gift_card", 1, present={"worth_rial": 70_000}, customer_cap_points=2),
    )
    whole = asked(drawn(*rules, now=now), now)
    expected = replayed(now).report
    assert expected["new_presents_rial"] == 140_000
    row = asked(drawn(*rules, now=now), now)
    done = []
    for attempt in range(1, 6):
        at = now + LEASE * attempt
        with as_role("vafa_worker"):
            assert claim_due_replay(now=at) == (business.id, row.id)
        row.refresh_from_db()
        done.append(row.done)
        killed = iter([at])
        with pytest.raises(StopIteration):
            run_replay(business_id=business.id, replay_id=row.id, clock=lambda: next(killed))  # noqa: B023
    assert done == [0, 2, 4, 6, 8]
    report = replayed(now + LEASE * 9).report
    row.refresh_from_db()
    assert (row.state, row.attempts, row.done, row.place, bytes(row.kept)) == (
        "done",
        6,
        11,
        {},
        b"",
    )
    later = {"seconds": 0, "forecast": None}  # the forecast is of the moment it is made
    assert report | later == expected | later
    assert whole.id != row.id


def test_a_worker_whose_replay_was_taken_writes_nothing(buy, business, as_role, now):
    buy(COFFEE, at=now - timedelta(days=20))
    row = asked(drawn(now=now), now)
    with as_role("vafa_worker"):
        claim_due_replay(now=now)
    cancel_replay(replay_id=row.id, now=now)
    assert run_replay(business_id=business.id, replay_id=row.id, clock=lambda: now) == 0
    row.refresh_from_db()
    assert (row.state, row.report) == ("cancelled", {})


def test_one_replay_at_a_time(acting, now):
    draft = drawn(now=now)
    row = asked(draft, now)
    with pytest.raises(Problem) as refusal:
        asked(draft, now)
    assert refusal.value.code == "replay_running"
    cancel_replay(replay_id=row.id, now=now)
    asked(draft, now)
    with pytest.raises(NotFound):
        queue_replay(draft_id=new_id(), actor=None, now=now)


def test_a_basket_is_judged_under_both(acting, now):
    rules = Rules(rate=RATE, bonuses=(bonus(when={"categories": ("شیرینی",)}),))
    sale = Sale(lines=[("", "شیرینی", 400_000), ("", "", 600_000)], channel="till")
    told = basket_dry_run(Asked(eligible_rial=1_000_000, at=now, sale=sale), rules)
    assert (told.today.points, told.draft.points) == (10, 14)


def test_a_purchase_of_the_past_is_judged_as_it_was(buy, now):
    buy(COFFEE)
    second = buy(COFFEE, CAKE)
    update_rule(points_num=2, points_den=100_000, actor=None, now=now)
    told = purchase_dry_run(
        second, Rules(rate=RATE, bonuses=(bonus("fixed", 9, when={"number": 2}),))
    )
    assert (told.today.points, told.draft.points) == (20, 19)
    with pytest.raises(NotFound):
        purchase_dry_run(new_id(), Rules(rate=RATE))


def test_every_change_has_its_column():
    changes = [-20_000_000, -10_000_000, -1_000, 0, 0, 1_000, 100_000, 20_000_000]
    told = _histogram(changes)
    held = {(one["over"], one["upto"]): one["customers"] for one in told if one["customers"]}
    assert held == {
        (None, -10_000_000): 2,
        (-100_000, 0): 1,
        (0, 0): 2,
        (0, 100_000): 2,
        (10_000_000, None): 1,
    }
