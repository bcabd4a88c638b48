"""What returns undo: exact, cumulative, bounded, in the right order (rules R15, R17-R22, R25)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_id
from loyalty.models import CustomerTier, LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations import (
    Returned,
    adjust_points,
    commit_redemption,
    earn_instalment,
    expire_due,
    offer_reward,
    release_redemption,
    reserve_redemption,
    take_back,
    take_back_instalment,
    update_program,
    update_rule,
)
from loyalty.queries import explain, wallet_view
from loyalty.queries.returned import cumulative
from loyalty.queries.returns import what_a_return_undoes
from tests.loyalty.conftest import balance, buyer
from tests.loyalty.sentences import computed, moved


def clawed() -> list[int]:
    rows = LedgerEntry.objects.filter(kind="clawback").order_by("id")
    return [-(row.points + row.pending_points + row.contingent_points) for row in rows]


def test_three_equal_returns_of_37_points_take_12_12_and_13(sell, take_return):
    """Rule R17."""
    purchase_id = sell(3_700_002)
    taken = []
    for _part in range(3):
        before = balance()
        take_return(purchase_id, 1_233_334)
        taken.append(before - balance())
    assert taken == [12, 12, 13]
    assert Lot.objects.get(id=purchase_id).state == "reversed"


@given(
    earned=st.integers(0, 10**6),
    parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=8),
)
def test_parts_of_a_whole_return_take_the_whole(earned, parts):
    """Rule R17."""
    total, so_far, taken = sum(parts), 0, 0
    for part in parts:
        so_far += part
        step = cumulative(earned, so_far, total) - taken
        assert step >= 0
        taken += step
    assert taken == earned


def test_a_purchase_that_falls_below_the_minimum_has_earned_nothing(sell, take_return, now):
    """R18: 3,799,999 rial from a minimum of 3,700,000 earned 37; the preview says it before."""
    update_rule(points_num=1, points_den=100_000, minimum_rial=3_700_000, actor=None, now=now)
    purchase_id = sell(3_799_999)
    assert balance() == 37
    update_rule(points_num=1, points_den=100_000, actor=None, now=now)  # its own version counts
    take_return(purchase_id, 99_999)
    assert balance() == 37
    sum_back = 100_000
    told = what_a_return_undoes(
        purchase_id=purchase_id, returned_rial=sum_back, total_rial=3_799_999, now=now
    )
    take_return(purchase_id, 1)
    assert balance() == 0
    assert told
    assert told.points_taken == 37
    last = LedgerEntry.objects.filter(kind="clawback").order_by("-id")[0]
    assert computed(last) == moved(last)
    take_return(purchase_id)
    assert Lot.objects.get(id=purchase_id).reversed_points == 37


def test_the_same_return_twice_takes_once(sell, acting, take_return, now):
    """Complaint 4.2."""
    purchase_id = sell(1_000_000)
    take_return(purchase_id, 500_000)
    again = Returned(purchase_id, 1_000_000, 500_000)
    take_back(returns=[again, again], now=now)
    assert balance() == 5
    assert Wallet.objects.get().qualifying_rial == 500_000


def test_returns_out_of_order_end_at_the_later_one(sell, acting, now):
    """Rule R26."""
    purchase_id = sell(1_000_000)
    take_back(returns=[Returned(purchase_id, 1_000_000, 700_000)], now=now)
    take_back(returns=[Returned(purchase_id, 1_000_000, 400_000)], now=now)
    assert balance() == 3


def test_pending_points_of_the_purchase_go_first(sell, take_return, now):
    """Rule R20."""
    other = sell(500_000)
    update_program(changes={"pending_days": 5}, actor=None, now=now)
    purchase_id = sell(1_000_000)
    take_return(purchase_id, 600_000)
    wallet = Wallet.objects.get()
    assert (wallet.balance_points, wallet.pending_points) == (5, 4)
    assert Lot.objects.get(id=other).remaining_points == 5


def test_waiting_points_of_a_stranger_are_taken_too(sell, take_return):
    purchase_id = sell(1_000_000, customer=None)
    take_return(purchase_id, 600_000)
    assert Lot.objects.get(id=purchase_id).remaining_points == 4
    take_return(purchase_id)
    lot = Lot.objects.get(id=purchase_id)
    assert (lot.remaining_points, lot.reversed_points) == (0, 10)


def test_spent_points_come_from_other_lots_then_below_zero(sell, take_return, now):
    """Rule R20. Complaint 4.1."""
    first = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=10, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    second = sell(400_000, at=now + timedelta(minutes=1))
    take_return(first)
    assert Lot.objects.get(id=second).remaining_points == 0
    assert balance() == -6
    assert wallet_view(buyer(first), now).is_negative


def test_the_next_points_repay_what_is_owed(sell, take_return, now):
    """Rule R21."""
    first = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=10, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    take_return(first)
    second, third = sell(600_000), sell(700_000)
    assert balance() == 3
    assert Lot.objects.get(id=second).state == "consumed"
    assert Lot.objects.get(id=third).remaining_points == 3
    repaid = LedgerEntry.objects.filter(kind="repay", lot__isnull=False)
    assert sorted((entry.lot_id == second, entry.points) for entry in repaid) == [
        (False, -4),
        (True, -6),
    ]


def test_nothing_can_be_spent_while_points_are_owed(sell, take_return, now):
    """Rule R21."""
    first = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=10, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    take_return(first)
    with pytest.raises(Exception, match="insufficient_points"):
        reserve_redemption(customer_id=buyer(first), points=1, now=now)


def test_debt_stops_at_the_cap_and_the_rest_is_forgiven(sell, take_return, now):
    """Rule R20."""
    update_program(changes={"negative_cap_points": 7}, actor=None, now=now)
    first = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=10, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    take_return(first)
    assert balance() == -7
    entry = LedgerEntry.objects.get(kind="clawback")
    assert entry.data == {
        "owed": 7,
        "forgiven": 3,
        "of": 10,
        "back_rial": 1_000_000,
        "whole_rial": 1_000_000,
        "before": 0,
    }
    assert "۳" in explain(entry)


def test_a_lower_cap_does_not_forgive_what_is_owed(sell, take_return, now):
    first = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=10, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    take_return(first, 800_000)
    update_program(changes={"negative_cap_points": 2}, actor=None, now=now)
    take_return(first)
    assert balance() == -8
    assert Lot.objects.get(id=first).reversed_points == 10  # the return got through


def test_points_that_expired_unused_are_not_lost_twice(sell, take_return, acting, now):
    first = sell(1_000_000)
    later = now + timedelta(days=420)
    expire_due(now=later)
    second = sell(500_000, at=later)
    take_return(first, 400_000, at=later)
    take_return(first, at=later)
    assert Lot.objects.get(id=second).remaining_points == 5
    assert Lot.objects.get(id=first).reversed_points == 10


def test_points_spent_on_a_returned_purchase_go_home_exactly(sell, take_return, now):
    """999,999 rial paid with 333 points of 100 rial and cash: three times 111 come back.

    R19. Complaint 4.2.
    """
    update_program(changes={"unit_value_rial": 100}, actor=None, now=now)
    customer = buyer(sell(100_000))
    adjust_points(customer_id=customer, points=332, reason="هدیه", actor=None, now=now)
    held = reserve_redemption(customer_id=customer, points=333, now=now)
    assert held.value_rial == 33_300
    purchase_id = sell(999_999, by_points=33_300)
    commit_redemption(redemption_id=held.id, purchase_id=purchase_id, now=now)
    given = []
    for _part in range(3):
        take_return(purchase_id, 333_333)
        given.append(Redemption.objects.get().returned_points)
    assert given == [111, 222, 333]
    assert balance() == 333


def test_spending_earning_and_taking_it_all_back_leaves_what_was_there(sell, take_return, now):
    """Points spent come home, points earned by the same sale go, once each. Complaint 4.1."""
    customer = buyer(sell(1_000_000))
    held = reserve_redemption(customer_id=customer, points=4, now=now)
    purchase_id = sell(900_000, by_points=held.value_rial)
    commit_redemption(redemption_id=held.id, purchase_id=purchase_id, now=now)
    earned = Lot.objects.get(id=purchase_id).earned_points
    assert balance() == 10 - 4 + earned
    take_return(purchase_id)
    assert balance() == 10
    assert Redemption.objects.get().returned_points == 4


def test_a_reward_on_goods_that_go_back_is_given_back_too(sell, take_return, now):
    """Other shops keep the reward. Complaint 4.2."""
    customer = buyer(sell(1_000_000))
    reward = offer_reward(name="قهوه", cost_points=6, value_rial=200_000, actor=None, now=now)
    held = reserve_redemption(customer_id=customer, reward_id=reward.id, now=now)
    purchase_id = sell(300_000, by_points=200_000)
    commit_redemption(redemption_id=held.id, purchase_id=purchase_id, now=now)
    assert balance() == 10 - 6 + 1
    take_return(purchase_id)
    assert balance() == 10


def test_points_go_back_to_their_own_lots(sell, take_return, now):
    """Rule R15."""
    early, late = sell(300_000), sell(400_000, at=now + timedelta(days=40))
    when = now + timedelta(days=41)
    held = reserve_redemption(customer_id=buyer(early), points=5, now=when)
    purchase_id = sell(1_000_000, at=when)
    commit_redemption(redemption_id=held.id, purchase_id=purchase_id, now=when)
    assert _left(early, late) == (0, 2)
    take_return(purchase_id, 400_000, at=when)  # two of five: last-expiring first
    assert _left(early, late) == (0, 4)
    take_return(purchase_id, at=when)
    assert _left(early, late) == (3, 4)


def test_points_go_back_lot_by_lot_through_many_returns(sell, take_return, now):
    lots = [sell(200_000, at=now + timedelta(days=40 * n)) for n in range(3)]
    when = now + timedelta(days=81)
    held = reserve_redemption(customer_id=buyer(lots[0]), points=6, now=when)
    purchase_id = sell(600_000, at=when)
    commit_redemption(redemption_id=held.id, purchase_id=purchase_id, now=when)
    seen = []
    for _third in range(4):
        take_return(purchase_id, 150_000, at=when)  # one point, two, one, two
        seen.append(_left(*lots))
    assert seen == [(0, 0, 1), (0, 1, 2), (0, 2, 2), (2, 2, 2)]


def test_points_whose_date_has_passed_come_back_with_days_of_grace(sell, take_return, now):
    """Rule R15."""
    first = sell(1_000_000)
    held = reserve_redemption(customer_id=buyer(first), points=10, now=now)
    later = now + timedelta(days=420)
    second = sell(1_000_000, at=later)
    commit_redemption(redemption_id=held.id, purchase_id=second, now=later)
    take_return(second, at=later)
    grace = Lot.objects.get(origin="grace")
    assert grace.remaining_points == 10
    assert grace.expires_at is not None
    assert timedelta(days=30) < grace.expires_at - later <= timedelta(days=31)
    assert balance() == 10


def test_a_return_slows_the_way_up_but_keeps_the_tier(sell, take_return):
    """Rules R27, R30."""
    purchase_id = sell(31_000_000)
    take_return(purchase_id, 11_000_000)
    assert Wallet.objects.get().qualifying_rial == 20_000_000
    assert CustomerTier.objects.select_related("tier").get().tier.position == 1


def test_a_return_of_an_import_that_earned_nothing_does_nothing(sell, take_return):
    purchase_id = sell(1_000_000, source="import")
    take_return(purchase_id)
    assert not Wallet.objects.exists()
    note = LedgerEntry.objects.get()
    assert (note.points, note.data["returned_rial"]) == (0, 1_000_000)


def _left(*lots) -> tuple[int, ...]:
    return tuple(Lot.objects.get(id=lot).remaining_points for lot in lots)


def test_an_instalment_taken_back_is_told_whole_owed_and_forgiven(sell, acting, now):
    """R20, R21: what was spent is owed down to the cap, the rest is forgiven and said so."""
    update_program(changes={"negative_cap_points": 4}, actor=None, now=now)
    customer, paid = buyer(sell(100_000)), new_id()
    earned = earn_instalment(
        payment_id=paid, customer_id=customer, base_rial=1_000_000, number=1, now=now
    )
    assert earned == 10
    held = reserve_redemption(customer_id=customer, points=11, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    assert take_back_instalment(payment_id=paid, now=now) == 4
    assert take_back_instalment(payment_id=paid, now=now) == 0
    assert balance() == -4
    entry = LedgerEntry.objects.get(kind="clawback")
    assert (entry.data["lot"], entry.data["owed"], entry.data["forgiven"]) == (str(paid), 4, 6)


@pytest.mark.parametrize(
    ("policy", "told", "left"),
    [("unlimited", 37, -17), ("within_balance", 20, 0), ("only_pending", 0, 20)],
)
def test_r20_how_far_a_return_takes_points_is_the_programmes_choice(
    sell, take_return, now, policy, told, left
):
    """R20: 20 points left of another purchase, none of the one that comes back."""
    update_program(changes={"clawback": policy}, actor=None, now=now)
    other = sell(2_000_000)
    spent = reserve_redemption(customer_id=buyer(other), points=20, now=now)
    purchase_id = sell(3_700_000)
    held = reserve_redemption(customer_id=buyer(other), points=37, now=now)
    release_redemption(redemption_id=spent.id, now=now)
    commit_redemption(redemption_id=held.id, purchase_id=None, now=now)
    seen = what_a_return_undoes(
        purchase_id=purchase_id, returned_rial=3_700_000, total_rial=3_700_000, now=now
    )
    assert seen is not None
    assert seen.points_taken == told
    take_return(purchase_id)
    assert balance() == left
    for entry in LedgerEntry.objects.filter(kind="clawback"):
        assert computed(entry) == moved(entry)


@pytest.mark.parametrize("policy", ["unlimited", "within_balance", "only_pending"])
def test_r20_waiting_points_of_the_purchase_are_taken_under_every_policy(
    sell, take_return, now, policy
):
    update_program(changes={"clawback": policy, "pending_days": 3}, actor=None, now=now)
    purchase_id = sell(3_700_000)
    take_return(purchase_id, 1_000_000)
    assert Wallet.objects.get().pending_points == 27
    take_return(purchase_id)
    assert Wallet.objects.get().pending_points == balance() == 0


def test_r20_only_pending_leaves_spendable_points_of_the_purchase_itself(sell, take_return, now):
    update_program(changes={"clawback": "only_pending"}, actor=None, now=now)
    purchase_id = sell(3_700_000)
    take_return(purchase_id)
    assert balance() == 37
    assert Lot.objects.get(id=purchase_id).reversed_points == 37
    last = LedgerEntry.objects.get(kind="clawback")
    assert (last.points, last.data["forgiven"]) == (0, 37)
    assert computed(last) == moved(last)
