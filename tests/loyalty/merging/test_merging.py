"""Points of profiles that are joined and taken apart (R62): lots move, not balances."""

from datetime import timedelta

import pytest

from core.errors import Problem
from customers.operations import CardHint, CustomerHint, merge_customers, record_purchases
from customers.queries import customer_view
from loyalty.models import LedgerEntry, Lot, MembershipPlan, PaidMembership, Redemption, Wallet
from loyalty.operations import (
    adjust_points,
    commit_redemption,
    release_redemption,
    reserve_redemption,
    seal_ledger,
    sweep_business,
    update_program,
)
from loyalty.queries import tier_of, wallet_view
from loyalty.queries.chain import verify
from loyalty.queries.invariants import broken
from loyalty.queries.seals import exported
from outbox.events import Recorded
from outbox.models import Delivery
from outbox.subscriptions import subscription
from tests.loyalty.conftest import FAR, buyer, sale
from tests.loyalty.merging.conftest import GOES, STAYS, balances, in_all


def test_r62_lots_move_and_balances_follow(two, join, now):
    """Complaint 4.6."""
    stays, goes = two
    before = in_all()
    join(two)
    assert balances(stays, goes, at=now) == [50, 0]
    assert set(Lot.objects.values_list("customer_id", flat=True)) == {stays}
    assert in_all() == before
    assert broken(now + FAR) == []


def test_r62_both_histories_are_kept(two, join):
    before = dict(LedgerEntry.objects.values_list("id", "customer_id"))
    join(two)
    after = dict(LedgerEntry.objects.values_list("id", "customer_id"))
    assert {one: after[one] for one in before} == before
    assert sorted(LedgerEntry.objects.filter(kind="merge").values_list("points", flat=True)) == [
        -20,
        20,
    ]


def test_r62_undoing_at_once_leaves_everything_as_it_was(two, join, part, now):
    """Complaint 4.6."""
    stays, goes = two
    before = list(Lot.objects.order_by("id").values_list("id", "customer_id", "remaining_points"))
    part(join(two), at=now)
    lots = Lot.objects.order_by("id").values_list("id", "customer_id", "remaining_points")
    assert list(lots) == before
    assert balances(stays, goes, at=now) == [30, 20]
    assert broken(now + FAR) == []


def test_r62_what_was_spent_since_is_the_survivors(two, join, part, now):
    """The earliest lots were the other's: they get them back whole, the survivor pays."""
    stays, goes = two
    merge = join(two)
    hold = reserve_redemption(customer_id=stays, points=40, now=now)
    commit_redemption(redemption_id=hold.id, now=now)
    part(merge)
    assert balances(stays, goes, at=now) == [-10, 20]
    assert in_all() == 10
    assert broken(now + FAR) == []


def test_r62_the_survivor_pays_from_its_lots_first(two, join, part, now):
    stays, goes = two
    merge = join(two)
    hold = reserve_redemption(customer_id=stays, points=25, now=now)
    commit_redemption(redemption_id=hold.id, now=now)
    part(merge)
    assert balances(stays, goes, at=now) == [5, 20]


def test_r62_a_debt_moves_and_is_settled_from_the_others_lots(sell, take_return, join, part, now):
    first = sell(2_000_000, customer=GOES)
    goes = buyer(first)
    hold = reserve_redemption(customer_id=goes, points=20, now=now)
    commit_redemption(redemption_id=hold.id, now=now)
    take_return(first)
    assert balances(goes, at=now) == [-20]
    stays = buyer(sell(3_000_000, customer=STAYS))
    merge = join((stays, goes))
    assert balances(stays, goes, at=now) == [10, 0]
    assert broken(now + FAR) == []
    part(merge)
    assert balances(stays, goes, at=now) == [30, -20]


def test_r62_a_survivor_in_debt_is_helped_and_pays_back(sell, take_return, join, part, now):
    first = sell(2_000_000, customer=STAYS)
    stays = buyer(first)
    hold = reserve_redemption(customer_id=stays, points=20, now=now)
    commit_redemption(redemption_id=hold.id, now=now)
    take_return(first)
    goes = buyer(sell(3_000_000, customer=GOES))
    merge = join((stays, goes))
    assert balances(stays, goes, at=now) == [10, 0]
    part(merge)
    assert balances(stays, goes, at=now) == [-20, 30]
    assert broken(now + FAR) == []


def test_r62_what_was_spent_comes_back_beside_a_lot_that_was_filled_again(sell, join, part, now):
    """Joined, spent, taken apart (the lot is whole again), joined: the lot has no room for it."""
    goes = buyer(sell(2_000_000, customer=GOES))
    stays = buyer(sell(3_000_000, customer=STAYS))
    merge = join((stays, goes))
    hold = reserve_redemption(customer_id=stays, points=15, now=now)
    part(merge)
    assert balances(stays, goes, at=now) == [15, 20]
    join((stays, goes))
    release_redemption(redemption_id=hold.id, now=now)
    assert balances(stays, goes, at=now) == [50, 0]
    apart = Lot.objects.get(origin="apart")
    assert (apart.earned_points, apart.remaining_points) == (15, 15)
    assert broken(now + FAR) == []


def test_r62_a_hold_follows_and_is_given_back_in_the_other_wallet(two, join, now):
    stays, goes = two
    hold = reserve_redemption(customer_id=goes, points=15, now=now)
    join(two)
    assert balances(stays, at=now) == [35]
    release_redemption(redemption_id=hold.id, now=now)
    assert balances(stays, goes, at=now) == [50, 0]
    assert broken(now + FAR) == []


def test_r62_a_hold_goes_back_with_its_owner(two, join, part, now):
    stays, goes = two
    hold = reserve_redemption(customer_id=goes, points=15, now=now)
    merge = join(two)
    part(merge, at=now)
    release_redemption(redemption_id=hold.id, now=now)
    assert balances(stays, goes, at=now) == [30, 20]
    assert Redemption.objects.get().customer_id == goes


def test_r62_a_return_of_the_others_purchase_is_the_others(sell, take_return, join, part, now):
    stays = buyer(sell(3_000_000, customer=STAYS))
    second = sell(2_000_000, customer=GOES)
    goes = buyer(second)
    merge = join((stays, goes))
    hold = reserve_redemption(customer_id=stays, points=20, now=now)
    commit_redemption(redemption_id=hold.id, now=now)
    take_return(second)
    assert balances(stays, at=now) == [10]
    part(merge)
    assert balances(stays, goes, at=now) == [10, 0]
    assert broken(now + FAR) == []


def test_r62_a_return_after_undoing_brings_spent_points_home(
    two, join, part, take_return, sell, now
):
    """Spent from the other's lots while they were one: they come back as a lot of their own."""
    stays, goes = two
    merge = join(two)
    hold = reserve_redemption(customer_id=stays, points=50, now=now)
    bought = sell(1_000_000, customer=STAYS, by_points=1_000_000)
    commit_redemption(redemption_id=hold.id, purchase_id=bought, now=now)
    part(merge)
    assert balances(stays, goes, at=now) == [-20, 20]
    take_return(bought, at=now + timedelta(days=2))
    assert balances(stays, goes, at=now) == [30, 20]
    assert broken(now + FAR) == []


def test_r62_pending_points_follow(sell, join, part, acting, now):
    update_program(changes={"pending_days": 3}, actor=None, now=now)
    pair = buyer(sell(3_000_000, customer=STAYS)), buyer(sell(2_000_000, customer=GOES))
    merge = join(pair)
    assert [wallet_view(one, now).pending_points for one in pair] == [50, 0]
    part(merge, at=now)
    assert [wallet_view(one, now).pending_points for one in pair] == [30, 20]


def test_r62_points_of_a_card_find_their_owner_by_the_merge(sell, join, acting, now):
    by_card = sell(2_000_000, customer=CustomerHint(card=CardHint(hash="c1")))
    goes = buyer(by_card)
    stays = buyer(sell(3_000_000, customer=STAYS))
    join((stays, goes))
    assert balances(stays, at=now) == [50]
    assert Lot.objects.get(id=by_card).state == "active"


def test_r62_expiry_goes_on_for_whoever_owns_the_lot(two, join, part, now):
    stays, goes = two
    merge = join(two)
    later = now + timedelta(days=29)
    hold = reserve_redemption(customer_id=stays, points=10, now=now)
    commit_redemption(redemption_id=hold.id, now=now)
    part(merge, at=later)
    far = now + timedelta(days=800)
    while sweep_business(now=far):
        pass
    assert balances(stays, goes, at=far) == [0, 0]
    assert broken(far + FAR) == []


def test_r62_whoever_comes_with_the_old_id_moves_the_survivors_points(two, join, now):
    stays, goes = two
    join(two)
    assert adjust_points(customer_id=goes, points=5, reason="آزمون", actor=None, now=now) == 55
    hold = reserve_redemption(customer_id=goes, points=55, now=now)
    assert hold.customer_id == stays
    assert balances(stays, goes, at=now) == [0, 0]


def test_r62_tier_progress_is_what_the_moved_purchases_count(sell, take_return, join, part, now):
    stays = buyer(sell(20_000_000, customer=STAYS))
    second = sell(15_000_000, customer=GOES)
    goes = buyer(second)
    take_return(second, 1_000_000)
    assert tier_of([stays])[stays].position == 0
    merge = join((stays, goes))
    assert tier_of([stays])[stays].qualifying_rial == 34_000_000
    assert tier_of([stays])[stays].position == 1
    part(merge)
    assert tier_of([stays])[stays].qualifying_rial == 20_000_000
    assert tier_of([goes])[goes].qualifying_rial == 14_000_000


def test_r62_the_higher_tier_stays_and_goes_back(sell, join, part, now):
    stays = buyer(sell(1_000_000, customer=STAYS))
    goes = buyer(sell(35_000_000, customer=GOES))
    assert tier_of([goes])[goes].position == 1
    merge = join((stays, goes))
    assert tier_of([stays])[stays].position == 1
    part(merge)
    assert [tier_of([one])[one].position for one in (stays, goes)] == [0, 1]


def test_r62_an_old_id_shows_the_survivor(two, join):
    stays, goes = two
    join(two)
    view = customer_view(goes)
    assert view is not None
    assert (view.id, view.purchases, view.gross_rial) == (stays, 2, 5_000_000)


def test_r62_a_closed_wallet_has_no_window_of_its_own(two, join, now):
    join(two)
    far = now + timedelta(days=800)
    while sweep_business(now=far):
        pass
    assert Wallet.objects.get(id=two[1]).window_ends_at < far


def test_r62_twice_is_a_conflict(two, join, part):
    merge = join(two)
    with pytest.raises(Problem) as refusal:
        join(two)
    assert refusal.value.code == "customer_closed"
    part(merge)
    with pytest.raises(Problem) as refusal:
        part(merge)
    assert refusal.value.code == "merge_undone"


def test_r62_after_thirty_days_it_stays(two, join, part, now):
    merge = join(two)
    with pytest.raises(Problem) as refusal:
        part(merge, at=now + timedelta(days=30, seconds=1))
    assert refusal.value.code == "too_late_to_undo"


def test_r62_merges_on_top_of_one_another_are_undone_from_the_top(sell, join, part, now):
    a, b, c = (
        buyer(sell(rial, customer=CustomerHint(mobile=mobile)))
        for rial, mobile in (
            (1_000_000, "09121111111"),
            (2_000_000, "09122222222"),
            (4_000_000, "09123333333"),
        )
    )
    lower, upper = join((b, a)), join((c, b))
    assert balances(c, at=now) == [70]
    view = customer_view(a)
    assert view is not None
    assert view.id == c
    with pytest.raises(Problem) as refusal:
        part(lower, at=now)
    assert refusal.value.code == "undo_later_first"
    part(upper, at=now)
    part(lower, at=now)
    assert balances(a, b, c, at=now) == [10, 20, 40]
    assert broken(now + FAR) == []


def test_r62_two_paid_memberships_are_not_joined(two, join, acting, now):
    for customer in two:
        plan, _made = MembershipPlan.objects.get_or_create(
            name="طلایی", defaults={"price_rial": 1_000_000, "created_at": now}
        )
        PaidMembership.objects.create(customer_id=customer, plan=plan, created_at=now)
    with pytest.raises(Problem) as refusal:
        join(two)
    assert refusal.value.code == "two_memberships"


def test_r62_a_paid_membership_follows_and_goes_back(two, join, part, acting, now):
    stays, goes = two
    plan = MembershipPlan.objects.create(name="طلایی", price_rial=1_000_000, created_at=now)
    row = PaidMembership.objects.create(customer_id=goes, plan=plan, created_at=now)
    merge = join(two)
    row.refresh_from_db()
    assert row.customer_id == stays
    part(merge)
    row.refresh_from_db()
    assert row.customer_id == goes


def test_r62_a_sale_delivered_late_earns_for_whoever_bought_by_now(
    two, join, acting, now, monkeypatch
):
    """Points whose posting failed come after the merge: they are the survivor's."""
    stays, goes = two
    with monkeypatch.context() as broken_down:
        broken_down.setattr("loyalty.subscribers.points.post_earnings", _fails)
        [made] = record_purchases(
            purchases=[sale(4_000_000, customer=GOES, at=now)], source="api", now=now
        )
    join(two)
    _deliver(now + timedelta(minutes=5))
    assert made.purchase_id is not None
    assert Lot.objects.get(id=made.purchase_id).customer_id == stays
    assert balances(stays, goes, at=now) == [90, 0]


def _deliver(now):
    """Run what failed in its transaction as the outbox does later."""
    for row in Delivery.objects.select_related("event").filter(last_error__gt=""):
        heard = subscription(row.event.name, row.subscriber)
        assert heard is not None
        body = heard.event.from_payload(row.event.payload)
        heard.handler([Recorded(row.event.id, row.business_id, row.event.at, body)], now=now)


def _fails(**_asked):
    raise ValueError("the points are down")


def test_r62_points_that_follow_late_find_the_merge_undone(two, part, acting, now, monkeypatch):
    """What failed in the merge's own transaction is delivered after it was taken back."""
    with monkeypatch.context() as broken_down:
        broken_down.setattr("loyalty.subscribers.points.join_wallets", _fails)
        merge = merge_customers(survivor_id=two[0], merged_id=two[1], now=now)
    assert balances(*two, at=now) == [30, 20]
    part(merge, at=now)
    _deliver(now + timedelta(minutes=5))
    assert balances(*two, at=now) == [30, 20]
    assert broken(now + FAR) == []


def test_r62_the_chain_of_seals_holds_after_a_merge(two, join, part, now):
    while seal_ledger(now=now):
        pass
    merge = join(two)
    part(merge)
    while seal_ledger(now=now):
        pass
    assert verify(exported()).is_whole
