"""Points of each line wait for its own days to return (R16, N27), and come back line by line."""

from collections import Counter
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import new_id
from customers.operations import NewReturnLine, merge_customers, record_return, undo_merge
from loyalty.enums import EntryKind, ExitWay, LotState
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.operations import (
    claim_lots,
    commit_redemption,
    reserve_redemption,
    sweep_business,
    take_back_early,
    update_program,
)
from loyalty.operations.books import post_entries
from loyalty.operations.leaving import leave_club, rejoin_club
from loyalty.operations.part_lots import part_purchases
from loyalty.queries import wallet_view
from loyalty.queries.invariants import broken
from loyalty.queries.own_history import moved
from loyalty.queries.return_waits import shares_of, waits_of
from payments.operations.refunds import replace_return_windows, set_refund_policy
from tests.loyalty.conftest import BUYER, FAR, sale
from tests.loyalty.merging.conftest import GOES, STAYS
from tests.loyalty.rules.conftest import basket, record
from tests.loyalty.sentences import computed, sentence_of
from tests.loyalty.sentences import moved as moved_by

CAKE, SHIRT, SHOES, LAMP = "شیرینی", "پوشاک", "کفش", "چراغ"
DAYS = {CAKE: 0, SHIRT: 7, SHOES: 30, LAMP: None}
MANY = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def day(number):
    return timedelta(days=number)


def wait_for_returns(now):
    set_refund_policy(approval_above_rial=None, return_days=14, now=now)
    replace_return_windows(windows=list(DAYS.items()), now=now)
    update_program(changes={"waits_for_returns": True}, actor=None, now=now)


@pytest.fixture
def waiting(acting, now):
    """Days to return by category; whatever a test does, all sums agree afterwards."""
    wait_for_returns(now)
    yield
    while post_entries(now=now + FAR, thorough=True).count:
        pass
    assert broken(now + FAR) == []


def sell(now, *lines, **more):
    goods = [("", category, rial) for category, rial in lines]
    [purchase_id] = record(basket(*goods, at=now, **more), now=now)
    return purchase_id


def back(purchase_id, at, *positions, rial=None):
    record_return(
        purchase_id=purchase_id,
        external_id=str(new_id()),
        lines=[NewReturnLine(position=n) for n in positions],
        amount_rial=rial,
        now=at,
    )


def seen(at):
    """Return (spendable, pending) as a reader and, once the sweeper came, as the wallet says."""
    wallet_id = Wallet.objects.get().id
    told = wallet_view(wallet_id, at)
    before = (told.balance_points, told.pending_points)
    sweep_business(now=at)
    wallet = Wallet.objects.get()
    assert before == (wallet.balance_points, wallet.pending_points)
    return before


def lots(purchase_id):
    """Return {lines: (granted, left, claimed back)} of the lots a purchase has."""
    parts = Lot.objects.filter(part_of=purchase_id)
    found = {
        tuple(one.part_lines or ()): (one.earned_points, one.remaining_points, one.reversed_points)
        for one in parts
    }
    whole = Lot.objects.get(id=purchase_id)
    apart, undone = (sum(part[n] for part in found.values()) for n in (0, 2))
    rest = whole.earned_points - apart, whole.remaining_points, whole.reversed_points - undone
    return found | {(): rest}


def test_r16_each_line_clears_when_its_own_days_are_over(waiting, now):
    """N27: cake at once, a shirt after a week, shoes after a month, a lamp never waits for ever."""
    sell(now, (CAKE, 1_000_000), (SHIRT, 2_000_000), (SHOES, 4_000_000), (LAMP, 8_000_000))
    assert seen(now) == (90, 60)
    assert seen(now + day(7) - timedelta(seconds=1)) == (90, 60)
    assert seen(now + day(7)) == (110, 40)
    assert seen(now + day(30) - timedelta(seconds=1)) == (110, 40)
    assert seen(now + day(30)) == (150, 0)


def test_r16_the_programmes_own_days_are_the_least(waiting, now):
    update_program(changes={"pending_days": 10}, actor=None, now=now)
    sell(now, (CAKE, 1_000_000), (SHIRT, 2_000_000), (SHOES, 4_000_000))
    assert seen(now + day(10) - timedelta(seconds=1)) == (0, 70)
    assert seen(now + day(10)) == (30, 40)
    assert seen(now + day(30)) == (70, 0)


def test_r16_goods_of_no_category_wait_the_general_days(waiting, now):
    sell(now, ("", 1_000_000))
    assert Lot.objects.count() == 1
    assert seen(now + day(14) - timedelta(seconds=1)) == (0, 10)
    assert seen(now + day(14)) == (10, 0)


def test_r16_a_sale_without_lines_waits_the_general_days(waiting, now):
    record(sale(1_000_000, customer=BUYER, at=now), now=now)
    assert (seen(now + day(13)), seen(now + day(14))) == ((0, 10), (10, 0))


def test_r16_points_of_a_purchase_are_parted_to_the_point(waiting, now):
    """R6: of ten points for three lines the odd one goes to the largest remainder."""
    sold = sell(now, (CAKE, 333_333), (SHIRT, 333_333), (SHOES, 333_334))
    assert lots(sold) == {(0,): (3, 3, 0), (1,): (3, 3, 0), (): (4, 4, 0)}
    sold = sell(now, (SHIRT, 50_000), (SHOES, 3_350_000))
    assert Lot.objects.get(id=sold).earned_points == 34
    assert lots(sold) == {(0,): (1, 1, 0), (): (33, 33, 0)}


def test_r16_a_line_too_small_for_a_point_keeps_nothing_waiting(waiting, now):
    sold = sell(now, (SHIRT, 5_000_000), (SHOES, 10_000))
    assert lots(sold) == {(): (50, 50, 0)}
    assert seen(now + day(7)) == (50, 0)


def test_r16_a_line_returned_before_its_day_takes_its_own_points(waiting, now):
    """The points of what is kept become spendable on their day, not earlier and not fewer."""
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    back(sold, now + day(2), 2)
    assert lots(sold) == {(0,): (20, 20, 0), (): (40, 0, 40)}
    assert seen(now + day(2)) == (0, 20)
    assert seen(now + day(7)) == (20, 0)
    assert Lot.objects.get(id=sold).state == LotState.REVERSED


def test_r16_a_line_returned_after_anothers_day_leaves_those_points_alone(waiting, now):
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    assert seen(now + day(7)) == (20, 40)
    back(sold, now + day(8), 2)
    assert seen(now + day(8)) == (20, 0)
    back(sold, now + day(9), 1)
    assert seen(now + day(9)) == (0, 0)
    assert lots(sold) == {(0,): (20, 0, 20), (): (40, 0, 40)}


def test_r20_what_a_line_spent_comes_from_the_purchases_pending_points_first(waiting, now):
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    assert seen(now + day(7)) == (20, 40)
    held = reserve_redemption(customer_id=Wallet.objects.get().id, points=15, now=now + day(7))
    commit_redemption(redemption_id=held.id, purchase_id=None, now=now + day(7))
    back(sold, now + day(8), 1)
    assert seen(now + day(8)) == (0, 25)
    back(sold, now + day(9), 2)
    assert seen(now + day(9)) == (-15, 0)


def test_r17_an_amount_returned_is_shared_by_the_lines_and_sums_exactly(waiting, now):
    """R17: an order of 37 points in three equal returns: 12, 12 and 13, whatever waits how long."""
    sold = sell(now, (CAKE, 1_700_000), (SHIRT, 1_000_001), (SHOES, 1_000_001))
    whole, taken = 3_700_002, []
    for _n in range(3):
        before = sum(left for _g, left, _b in lots(sold).values())
        back(sold, now + day(1), rial=whole // 3)
        taken.append(before - sum(left for _g, left, _b in lots(sold).values()))
        if before == 37:
            assert sorted(left for _g, left, _b in lots(sold).values()) == [6, 7, 12]
    assert taken == [12, 12, 13]
    assert seen(now + day(31)) == (0, 0)


def test_r16_points_that_ended_waiting_are_not_taken_twice(waiting, now):
    update_program(changes={"expiry_months": 1, "expiry_ends": "day"}, actor=None, now=now)
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    late = now + day(40)
    assert seen(late) == (0, 0)
    back(sold, late, 1)
    back(sold, late, 2)
    assert seen(late) == (0, 0)
    told = LedgerEntry.objects.filter(kind=EntryKind.CLAWBACK)
    assert sorted(one.data["lapsed"] for one in told) == [20, 40]


def test_r16_whoever_is_known_later_has_their_lines_parted_then(waiting, now):
    """A card alone: everything waits for an owner, then each line by its own days."""
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000), customer=None)
    assert Lot.objects.get(id=sold).state == LotState.CONTINGENT
    sell(now, (CAKE, 100_000))
    owner = Wallet.objects.get().id
    claim_lots(customer_id=owner, purchase_ids=[sold], now=now + day(1))
    assert lots(sold) == {(0,): (20, 20, 0), (): (40, 40, 0)}
    assert seen(now + day(7)) == (21, 40)
    assert seen(now + day(30)) == (61, 0)


def test_r16_a_negative_balance_is_repaid_by_what_clears_first(waiting, now):
    spent = sell(now, (LAMP, 3_000_000))
    held = reserve_redemption(customer_id=Wallet.objects.get().id, points=30, now=now)
    commit_redemption(redemption_id=held.id, purchase_id=None, now=now)
    back(spent, now, 1)
    sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    assert seen(now) == (-30, 60)
    assert seen(now + day(7)) == (-10, 40)
    assert seen(now + day(30)) == (30, 0)


def test_r16_leaving_ends_all_lines_and_a_return_in_time_brings_them_back(waiting, now):
    sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    customer = Wallet.objects.get().id
    leave_club(customer_id=customer, way=ExitWay.STAFF, now=now + day(3))
    assert seen(now + day(3)) == (0, 0)
    assert rejoin_club(customer_id=customer, now=now + day(10)) == 60
    assert seen(now + day(10)) == (20, 40)
    assert seen(now + day(30)) == (60, 0)


def test_r16_parting_twice_or_late_changes_nothing(waiting, now):
    """R42: a delivery repeated finds the lots as they are."""
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    before = list(LedgerEntry.objects.order_by("id").values())
    part_purchases(purchase_ids=[sold], now=now + day(1))
    take_back_early(purchase_ids=[sold], now=now + day(1))
    assert list(LedgerEntry.objects.order_by("id").values()) == before
    update_program(changes={"waits_for_returns": False}, actor=None, now=now + day(1))
    assert seen(now + day(29)) == (20, 40)
    sell(now + day(29), (SHOES, 1_000_000))
    assert seen(now + day(29)) == (30, 40)


def test_r16_points_live_as_long_as_their_purchase_promised(waiting, now):
    """R13 and R14: a part has the date and the promise of the whole."""
    changes = {"expiry_months": 2, "expiry_ends": "idle_month"}
    update_program(changes=changes, actor=None, now=now)
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    told = Lot.objects.values_list("expires_at", "idle_months", "idle_ends", "rule")
    assert len(set(told)) == 1
    assert Lot.objects.get(id=sold).idle_months == 2


def test_n19_what_waits_apart_says_so_and_the_customer_reads_one_line(waiting, now):
    sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    pair = LedgerEntry.objects.filter(kind=EntryKind.PART)
    assert [computed(one) == moved_by(one) == 20 for one in pair] == [True, True]
    assert len({sentence_of(one) for one in pair}) == 2
    assert [one.points for one in moved(Wallet.objects.get().id, limit=9)] == [60]


def test_a_business_that_does_not_wait_asks_for_no_lines(acting, now, django_assert_num_queries):
    sold = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000))
    with django_assert_num_queries(0):
        part_purchases(purchase_ids=[sold], now=now)
    assert Lot.objects.count() == 1


LINE = st.tuples(st.sampled_from(sorted(DAYS)), st.integers(10_000, 3_000_000))
STEP = st.tuples(st.integers(1, 4), st.integers(0, 40))


@MANY
@given(lines=st.lists(LINE, min_size=1, max_size=4), steps=st.lists(STEP, max_size=5))
def test_r16_any_order_of_lines_returned_leaves_what_recomputing_says(waiting, now, lines, steps):
    """Every lot holds what its lines still stand for, to a point a line; the sum is exact (R17)."""
    sold = sell(now, *lines)
    whole = sum(rial for _category, rial in lines)
    granted = Lot.objects.get(id=sold).earned_points
    shares = shares_of(
        granted,
        whole,
        waits_of({sold: now}, 0, {})[sold],
        [("", category, rial) for category, rial in lines],
    )
    assert sum(share.points for share in shares) == granted
    gone = set()
    for position, at in sorted(steps, key=lambda step: step[1]):
        if position > len(lines) or position in gone:
            continue
        back(sold, now + day(at), position)
        gone.add(position)
        returned = sum(lines[n - 1][1] for n in gone)
        found = Counter({key: left for key, (_g, left, _b) in lots(sold).items()})
        assert sum(found.values()) == granted - granted * returned // whole
        for share in shares:
            kept = [n for n in share.wait.lines if n + 1 not in gone]
            of_lines = sum(lines[n][1] for n in share.wait.lines)
            left = share.points * sum(lines[n][1] for n in kept) // of_lines
            key = share.wait.lines if share.wait.lines in found else ()
            assert abs(found[key] - left) <= len(lines)


def test_r16_whole_lines_in_every_order_end_at_the_same_lots(waiting, now):
    """Amounts that come to whole points: no order of returns leaves a trace."""
    ends = set()
    for order in permutations((1, 2, 3)):
        sold = sell(now, (CAKE, 1_000_000), (SHIRT, 2_000_000), (SHOES, 4_000_000), (LAMP, 500_000))
        for position in order:
            back(sold, now + day(1), position)
        ends.add(tuple(sorted(lots(sold).items())))
    assert len(ends) == 1


def test_r62_parts_of_a_purchase_go_with_it_and_come_back(waiting, now):
    """R62: a merge moves every part; what clears meanwhile is the other's again afterwards."""
    stays = owner(sell(now, (CAKE, 3_000_000), customer=STAYS))
    goes = owner(sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000), customer=GOES))
    merge = merge_customers(survivor_id=stays, merged_id=goes, now=now + day(1))
    assert both(stays, goes) == [(30, 60), (0, 0)]
    sweep_business(now=now + day(8))
    assert both(stays, goes) == [(50, 40), (0, 0)]
    undo_merge(merge_id=merge.id, now=now + day(9))
    assert both(stays, goes) == [(30, 0), (20, 40)]


def test_r62_what_an_absorbed_profile_buys_late_is_parted_and_given_back(waiting, now):
    stays = owner(sell(now, (CAKE, 3_000_000), customer=STAYS))
    goes = owner(sell(now, (CAKE, 1_000_000), customer=GOES))
    unknown = sell(now, (SHIRT, 2_000_000), (SHOES, 4_000_000), customer=None)
    merge = merge_customers(survivor_id=stays, merged_id=goes, now=now + day(1))
    claim_lots(customer_id=stays, purchase_ids=[unknown], now=now + day(1))
    assert both(stays, goes) == [(40, 60), (0, 0)]
    undo_merge(merge_id=merge.id, now=now + day(2))
    assert both(stays, goes) == [(30, 60), (10, 0)]


def owner(purchase_id):
    return Lot.objects.get(id=purchase_id).customer_id


def both(*customers):
    found = {one.id: one for one in Wallet.objects.all()}
    return [(found[one].balance_points, found[one].pending_points) for one in customers]
