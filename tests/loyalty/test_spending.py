"""Spending: order of lots, holds, expiry that needs no job, corrections (R10-R12, R41, R43)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint, record_purchases
from loyalty.models import CustomerTier, LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations import (
    activate_due,
    adjust_points,
    claim_lots,
    close_windows,
    commit_redemption,
    expire_due,
    grant_tier,
    offer_reward,
    release_overdue_holds,
    release_redemption,
    reserve_redemption,
    sweep_business,
    update_program,
    update_tiers,
    withdraw_reward,
)
from loyalty.operations.levels import TierPlan
from loyalty.queries import (
    available_rewards,
    expiring_points,
    liability_rial,
    members_by_tier,
    points_moved,
    points_owed,
    preview,
    tier_of,
    tiers,
    wallet_view,
)
from loyalty.queries.invariants import broken
from loyalty.tasks import sweep
from tests.loyalty.asked import broken_now
from tests.loyalty.conftest import MOBILE, balance, buyer, sale

MONTH = timedelta(days=31)


def left(*lots) -> list[int]:
    return [Lot.objects.get(id=lot).remaining_points for lot in lots]


def test_the_earliest_expiry_goes_first_and_never_expiring_last(sell, now):
    """Rule R10. Complaint 4.4."""
    update_program(changes={"expiry_months": None}, actor=None, now=now)
    forever = sell(300_000)
    update_program(changes={"expiry_months": 12}, actor=None, now=now)
    late = sell(300_000, at=now + 2 * MONTH)
    early = sell(300_000, at=now)
    when = now + 2 * MONTH
    reserve_redemption(customer_id=buyer(late), points=4, now=when)
    assert left(early, late, forever) == [0, 2, 3]
    reserve_redemption(customer_id=buyer(late), points=3, now=when)
    assert left(early, late, forever) == [0, 0, 2]


def test_expired_points_cannot_be_spent_though_no_job_ran(sell, now):
    """Rule R11. Complaint 4.4."""
    lot = Lot.objects.get(id=sell(1_000_000))
    customer = buyer(lot.id)
    assert lot.expires_at is not None
    a_moment_before = lot.expires_at - timedelta(microseconds=1)
    assert wallet_view(customer, a_moment_before).balance_points == 10
    assert wallet_view(customer, lot.expires_at).balance_points == 0
    with pytest.raises(Problem, match="insufficient_points"):
        reserve_redemption(customer_id=customer, points=1, now=lot.expires_at)


def test_the_expiry_job_writes_what_balances_already_said(sell, acting, now):
    """Rule R11. Complaint 4.4."""
    lot = Lot.objects.get(id=sell(1_000_000))
    assert lot.expires_at is not None
    assert expiring_points(now, lot.expires_at) == 10
    assert liability_rial(now) == 10_000
    assert liability_rial(lot.expires_at) == 0
    assert expire_due(now=now) == 0
    assert expire_due(now=lot.expires_at) == 1
    assert expire_due(now=lot.expires_at) == 0
    assert balance() == 0
    assert points_moved(now, lot.expires_at + MONTH).expired == 10


def test_due_points_become_spendable_once(sell, acting, now):
    """Rule R16."""
    update_program(changes={"pending_days": 2}, actor=None, now=now)
    sell(1_000_000)
    assert activate_due(now=now + timedelta(days=1)) == 0
    assert points_owed(now).pending_points == 10
    assert activate_due(now=now + timedelta(days=2)) == 1
    assert activate_due(now=now + timedelta(days=2)) == 0
    assert balance() == 10


def test_due_points_can_be_spent_before_the_job_ran(sell, now):
    """Rule R40."""
    update_program(changes={"pending_days": 2}, actor=None, now=now)
    customer = buyer(sell(1_000_000))
    reserve_redemption(customer_id=customer, points=10, now=now + timedelta(days=2))
    assert balance() == 0


def test_a_hold_runs_out_and_its_points_come_back(sell, acting, now):
    """Rule R43."""
    customer = buyer(sell(1_000_000))
    held = reserve_redemption(customer_id=customer, points=6, now=now)
    assert balance() == 4
    assert release_overdue_holds(now=held.expires_at - timedelta(seconds=1)) == 0
    assert release_overdue_holds(now=held.expires_at) == 1
    assert balance() == 10
    assert Redemption.objects.get().state == "expired"


def test_an_overdue_hold_does_not_stand_in_the_way_of_the_next(sell, now):
    customer = buyer(sell(1_000_000))
    reserve_redemption(customer_id=customer, points=10, now=now)
    reserve_redemption(customer_id=customer, points=10, now=now + timedelta(hours=1))
    assert list(Redemption.objects.order_by("id").values_list("state", flat=True)) == [
        "expired",
        "reserved",
    ]


def test_a_commit_after_the_hold_ran_out_takes_the_points_again(sell, acting, now):
    customer = buyer(sell(1_000_000))
    held = reserve_redemption(customer_id=customer, points=6, now=now)
    later = now + timedelta(hours=1)
    release_overdue_holds(now=later)
    assert commit_redemption(redemption_id=held.id, now=later).state == "committed"
    assert balance() == 4


def test_a_late_commit_never_overspends(sell, acting, now):
    """Rule R43."""
    customer = buyer(sell(1_000_000))
    held = reserve_redemption(customer_id=customer, points=6, now=now)
    later = now + timedelta(hours=1)
    release_overdue_holds(now=later)
    reserve_redemption(customer_id=customer, points=9, now=later)
    with pytest.raises(Problem, match="insufficient_points"):
        commit_redemption(redemption_id=held.id, now=later)
    assert balance() == 1


def test_commits_and_releases_count_once(sell, now):
    customer = buyer(sell(1_000_000))
    spent = reserve_redemption(customer_id=customer, points=3, now=now)
    given = reserve_redemption(customer_id=customer, points=3, now=now)
    for _twice in range(2):
        commit_redemption(redemption_id=spent.id, now=now)
        release_redemption(redemption_id=given.id, now=now)
    assert balance() == 7
    with pytest.raises(Problem, match="redemption_committed"):
        release_redemption(redemption_id=spent.id, now=now)
    with pytest.raises(Problem, match="redemption_released"):
        commit_redemption(redemption_id=given.id, now=now)
    with pytest.raises(Problem, match="not_found"):
        commit_redemption(redemption_id=new_id(), now=now)


def test_corrections_by_hand_need_a_reason_and_stay_above_zero(sell, now):
    """Rule R61."""
    customer = buyer(sell(1_000_000))
    assert adjust_points(customer_id=customer, points=5, reason="دلجویی", actor=None, now=now) == 15
    assert adjust_points(customer_id=customer, points=-12, reason="خطا", actor=None, now=now) == 3
    for points, reason, code in (
        (-4, "خطا", "insufficient_points"),
        (1, " ", "reason_missing"),
        (0, "هیچ", "invalid_points"),
    ):
        with pytest.raises(Problem, match=code):
            adjust_points(customer_id=customer, points=points, reason=reason, actor=None, now=now)
    assert balance() == 3


def test_somebody_known_at_last_claims_points_of_named_purchases(sell, now):
    waiting, foreign = sell(1_000_000, customer=None), sell(2_000_000, customer=None)
    customer = buyer(sell(100_000))
    assert claim_lots(customer_id=customer, purchase_ids=[waiting], now=now) == 1
    assert claim_lots(customer_id=customer, purchase_ids=[waiting], now=now) == 0
    assert balance() == 11
    assert Lot.objects.get(id=foreign).state == "contingent"
    assert Wallet.objects.get().qualifying_rial == 1_100_000


def test_a_claim_can_raise_the_tier(sell, now):
    waiting = sell(40_000_000, customer=None)
    customer = buyer(sell(100_000))
    claim_lots(customer_id=customer, purchase_ids=[waiting], now=now)
    assert tier_of([customer])[customer].position == 1


def test_a_tier_falls_only_when_its_window_ends(sell, acting, now):
    """Rule R29."""
    customer = buyer(sell(31_000_000))
    wallet = Wallet.objects.get()
    assert close_windows(now=wallet.window_ends_at - timedelta(seconds=1)) == 0
    close_windows(now=wallet.window_ends_at)  # 31 million in this window: silver stays
    assert tier_of([customer])[customer].position == 1
    close_windows(now=Wallet.objects.get().window_ends_at)  # nothing bought in the second
    assert tier_of([customer])[customer].position == 0
    assert members_by_tier() == {tiers()[0].id: 1}


def test_a_tier_granted_by_hand_outlives_the_evaluation(sell, acting, now):
    """Rule R32."""
    customer = buyer(sell(1_000_000))
    gold = tiers()[2]
    until = now + timedelta(days=800)
    grant_tier(
        customer_id=customer, tier_id=gold.id, until=until, reason="دوست ما", actor=None, now=now
    )
    close_windows(now=Wallet.objects.get().window_ends_at)
    assert tier_of([customer])[customer].name == gold.name
    close_windows(now=max(until, Wallet.objects.get().window_ends_at))
    assert tier_of([customer])[customer].position == 0
    assert CustomerTier.objects.get().granted_until is None


def test_a_bill_is_paid_to_the_rial_with_points_and_the_rest_in_money(sell, now):
    """999,999 rial with points of 1,000: 999 points and 999 rial. R5, complaint 4.5."""
    customer = buyer(sell(100_000_000))
    shown = preview(total_rial=999_999, eligible_rial=999_999, customer_id=customer, now=now)
    assert (shown.spendable_points, shown.spendable_rial) == (999, 999_000)
    held = reserve_redemption(customer_id=customer, points=shown.spendable_points, now=now)
    bill = sell(999_999, by_points=shown.spendable_rial)
    done = commit_redemption(redemption_id=held.id, purchase_id=bill, now=now)
    assert (done.points, done.value_rial) == (999, 999_000)
    assert balance() == 1_000 - 999


def test_rewards_follow_the_balance(acting, now):
    cheapest = available_rewards(0)[0]
    assert cheapest.missing_points == cheapest.cost_points
    assert available_rewards(cheapest.cost_points)[0].is_affordable
    reward = offer_reward(name="قهوه", cost_points=1, value_rial=1, actor=None, now=now)
    assert available_rewards(5)[0].name == "قهوه"
    withdraw_reward(reward_id=reward.id, actor=None, now=now)
    assert available_rewards(5)[0].name == cheapest.name


def test_tiers_can_be_redrawn(acting, now):
    plans = [
        TierPlan("یک", 0),
        TierPlan("دو", 100),
        TierPlan("سه", 200, 2),
        TierPlan("چهار", 300, 3),
    ]
    update_tiers(plans=plans, actor=None, now=now)
    assert [tier.threshold_rial for tier in tiers()] == [0, 100, 200, 300]
    for wrong in (plans[:2], plans[1:] + plans[:1], [TierPlan("یک", 1), *plans[1:]]):
        with pytest.raises(Problem, match="invalid_tiers"):
            update_tiers(plans=wrong, actor=None, now=now)


@pytest.mark.parametrize(
    "changes",
    [{"unit_value_rial": 0}, {"expiry_months": 0}, {"name": None}, {"id": 1}, {"pending_days": -1}],
)
def test_a_senseless_programme_is_refused(acting, now, changes):
    with pytest.raises(Problem, match="invalid_programme"):
        update_program(changes=changes, actor=None, now=now)


def test_the_ledger_refuses_to_be_rewritten(sell):
    """Rule R8."""
    sell(1_000_000)
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.update(points=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.all()._raw_delete("default")


def test_the_invariants_see_a_balance_that_lies(sell, now):
    """Rule R8."""
    sell(1_000_000)
    Wallet.objects.update(balance_points=11)
    found = broken(now)
    assert any("sum of its ledger entries" in one for one in found)
    assert any("active lots" in one for one in found)
    # What machines ask after each step finds the same.
    assert [one.split(": ")[0] for one in found] == list(broken_now(now))
    Wallet.objects.update(balance_points=10)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Lot, {"remaining_points": -1}),
        (Lot, {"remaining_points": 11}),
        (Lot, {"reversed_points": 11}),
        (Lot, {"state": "consumed"}),
        (Wallet, {"balance_points": -10_001}),
        (Wallet, {"pending_points": -1}),
    ],
)
def test_the_database_refuses_impossible_points(sell, model, values):
    """Rule R41."""
    sell(1_000_000)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**values)


def test_the_sweep_finds_due_work_of_every_business(sell, acting, now):
    customer = buyer(sell(1_000_000))
    reserve_redemption(customer_id=customer, points=4, now=now)
    assert sweep_business(now=now) == 0
    assert sweep_business(now=now + timedelta(hours=1)) == 1
    assert sweep_business(now=now + timedelta(days=800)) == 2  # a lot and a tier window
    assert sweep_business(now=now + timedelta(days=800)) == 0


def test_the_task_sweeps_as_the_worker(business, now, as_role, monkeypatch):
    with acting_for(business.id):
        new = sale(1_000_000, customer=CustomerHint(mobile=MOBILE), at=now)
        record_purchases(purchases=[new], source="api", now=now)
    later = now + timedelta(days=800)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with as_role("vafa_worker"):
        assert sweep() == 2
        assert sweep() == 0
