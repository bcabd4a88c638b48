"""Returns of purchases under rules beside the rate: exact, each rule for itself (R17, R18, R49)."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import new_id
from customers.operations import record_return
from customers.operations.returns.values import NewReturnLine
from loyalty.enums import RuleEffect
from loyalty.models import LedgerEntry, Lot, RuleMeter, RulePoints, Wallet
from loyalty.queries.return_limits import limits_moved
from loyalty.queries.returns import what_a_return_undoes
from loyalty.queries.rules.document import Bonus, When
from loyalty.queries.rules.undo import Gave, Remains, part_undone
from tests.loyalty.conftest import balance
from tests.loyalty.rules.conftest import bonus, put
from tests.loyalty.sentences import computed, moved, sentence_of

COFFEE = ("esp", "نوشیدنی", 600_000)
CAKE = ("cake", "شیرینی", 400_000)


def back(purchase_id, now, *, rial=None, position=None):
    lines = [NewReturnLine(position=position, amount_rial=rial)] if position else []
    record_return(
        purchase_id=purchase_id,
        external_id=str(new_id()),
        amount_rial=None if position else rial,
        lines=lines,
        now=now,
    )


def left(purchase_id):
    lot = Lot.objects.get(id=purchase_id)
    return lot.earned_points - lot.reversed_points


def test_a_rule_about_goods_is_undone_with_its_goods(buy, now):
    put(bonus(when={"categories": ("شیرینی",)}), now=now)
    coffee_back, cake_back = buy(COFFEE, CAKE), buy(COFFEE, CAKE)
    back(coffee_back, now, position=1)
    back(cake_back, now, position=2)
    assert left(coffee_back) == 4 + 4
    assert left(cake_back) == 6 + 0
    back(coffee_back, now)
    back(cake_back, now)
    assert balance() == 0


def test_a_bare_amount_is_spread_over_the_lines(buy, now):
    put(bonus(when={"categories": ("شیرینی",)}), now=now)
    sold = buy(COFFEE, CAKE)
    back(sold, now, rial=500_000)
    assert left(sold) == 5 + 2


def test_r18_a_rule_with_a_smallest_basket_is_judged_anew(buy, now):
    """R18: 100 points from a million on; at 999,999 none of them, in proportion the rate's."""
    put(bonus("fixed", 100, when={"least_rial": 1_000_000}), now=now)
    sold = buy(COFFEE, CAKE, ("x", "", 100_000))
    back(sold, now, rial=100_000)
    assert left(sold) == 110
    back(sold, now, rial=1)
    assert left(sold) == 11 - 1
    told = LedgerEntry.objects.filter(kind="clawback").order_by("id")
    assert [computed(entry) for entry in told] == [moved(entry) for entry in told] == [1, 100]
    assert "می‌ماند" in sentence_of(told[0])


def test_r17_three_equal_returns_of_a_rules_points_lose_none(buy, now):
    """R17: 37 by the rate and 37 by a rule, in thirds."""
    put(bonus(), now=now)
    sold = buy(("a", "", 3_700_002))
    lefts = []
    for _third in range(3):
        back(sold, now, rial=1_233_334)
        lefts.append(left(sold))
    assert lefts == [50, 26, 0]
    told = LedgerEntry.objects.filter(kind="clawback").order_by("id")
    assert [computed(entry) for entry in told] == [24, 24, 26]


def test_r49_a_return_gives_back_to_the_budget_and_to_the_customers_share(buy, now):
    """R49: budget and share of the grant, once, however the return is told."""
    put(bonus("fixed", 10, budget_rial=15_000, customer_cap_points=12), now=now)
    first = buy(COFFEE)
    assert left(buy(COFFEE)) == 6 + 2
    back(first, now)
    assert sorted(RuleMeter.objects.values_list("used", flat=True)) == [2, 2_000]
    assert left(buy(COFFEE)) == 6 + 10
    assert [row.points for row in RulePoints.objects.filter(purchase=first)] in (
        [10, -10],
        [-10, 10],
    )


def test_what_a_return_would_undo_is_what_it_undoes(buy, now):
    put(bonus(), bonus("fixed", 7, when={"least_rial": 800_000}), now=now)
    sold = buy(COFFEE, CAKE)
    seen = what_a_return_undoes(
        purchase_id=sold, returned_rial=300_000, total_rial=1_000_000, now=now
    )
    back(sold, now, rial=300_000)
    assert seen is not None
    assert seen.points_taken == 27 - left(sold) == 3 + 3 + 7


def test_n8_the_preview_names_what_budgets_and_the_tiers_progress_get(buy, now):
    """N8: each part as the return then moves it, in two steps; a repeated amount moves nothing."""
    put(
        bonus("fixed", 10, budget_rial=50_000),
        bonus(when={"categories": ("شیرینی",)}, budget_rial=90_000),
        now=now,
    )
    sold = buy(COFFEE, CAKE)
    for upto in (300_000, 1_000_000):
        seen = limits_moved(sold, upto, 1_000_000, now)
        used, progress = budgets_used(), Wallet.objects.get().qualifying_rial
        back(sold, now, rial=upto - (0 if upto == 300_000 else 300_000))
        assert seen["budget_back"] == used - budgets_used() > 0
        assert seen["progress_taken"] == progress - Wallet.objects.get().qualifying_rial > 0
    assert limits_moved(sold, 1_000_000, 1_000_000, now) == {}
    assert limits_moved(new_id(), 10, 10, now) == {}


def budgets_used():
    meters = RuleMeter.objects.filter(customer__isnull=True)
    return sum(meters.values_list("used", flat=True))


_RULE = st.sampled_from(
    [
        bonus(when={"categories": ("الف",)}, budget_rial=100_000_000),
        bonus("rate", 3, 70_001, when={"skus": ("b",)}, customer_cap_points=10_000),
        bonus("fixed", 11, when={"least_rial": 500_000}, budget_rial=100_000_000),
        bonus(num=7, den=3, cap_points=50),
        bonus("rate", 1, 333),
    ]
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rules=st.lists(_RULE, min_size=1, max_size=4, unique_by=lambda one: one.key),
    amounts=st.lists(st.integers(1, 10**6), min_size=2, max_size=2),
    parts=st.lists(st.tuples(st.booleans(), st.integers(1, 10**6)), max_size=5),
)
def test_returned_whole_in_any_parts_nothing_is_left_of_it(buy, now, rules, amounts, parts):
    put(*rules, now=now)
    sold = buy(("a", "الف", amounts[0]), ("b", "ب", amounts[1]))
    earned, lines, loose = left(sold), list(amounts), 0
    for by_line, rial in parts:
        whole = sum(lines) - loose
        if by_line and (most := min(lines[0], whole)) > 0:
            back(sold, now, rial=min(rial, most), position=1)
            lines[0] -= min(rial, most)
        elif whole > 0:
            back(sold, now, rial=min(rial, whole))
            loose += min(rial, whole)
        assert 0 <= left(sold) <= earned
    if sum(lines) - loose > 0:
        back(sold, now)
    assert left(sold) == 0
    assert sum(RulePoints.objects.filter(purchase=sold).values_list("points", flat=True)) == 0
    for entry in LedgerEntry.objects.filter(purchase=sold):
        assert computed(entry) == moved(entry)


@given(st.integers(1, 500), st.lists(st.integers(0, 1000), min_size=1, max_size=4))
def test_r17_a_rules_part_only_grows_with_what_comes_back(points, backs):
    """R17: never below zero, never more than it gave, all of it at the end."""
    rule = Bonus(name="ق", effect=RuleEffect.TIMES, num=2, when=When(skus=("a",)))
    lines, taken = [1000] * len(backs), []
    for upto in range(len(backs) + 1):
        told = [("a", "", 1000, back if at < upto else 0) for at, back in enumerate(backs)]
        returned = sum(line[3] for line in told)
        taken.append(_share(rule, points, told, returned, sum(lines)))
    whole = [("a", "", 1000, 1000) for _line in lines]
    taken.append(_share(rule, points, whole, sum(lines), sum(lines)))
    assert taken == sorted(taken)
    assert taken[0] == 0
    assert taken[-1] == points


def _share(rule, points, lines, returned, total):
    remains = Remains(
        eligible_rial=total - returned,
        returned_rial=returned,
        total_rial=total,
        lines=lines,
        below=False,
    )
    return part_undone(Gave(rule, points), remains)[0]
