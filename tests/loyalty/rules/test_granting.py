"""Sales under rules beside the rate: points, limits, facts, and the budget under many tills."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.operations import CustomerHint
from loyalty.models import BonusRule, EarningRule, LedgerEntry, Lot, RuleMeter, RulePoints
from loyalty.operations import TierPlan, grant_tier, post_earnings, update_rule, update_tiers
from loyalty.operations.earn import Sale
from loyalty.operations.rules.drafts import discard_draft, publish_draft, save_draft
from loyalty.queries import preview, tiers
from loyalty.queries.invariants import broken
from loyalty.queries.rules import judge as judged
from loyalty.queries.rules.document import Rules
from payments.enums import AlertKind
from payments.queries.alerts import alert_rows
from tests.loyalty.conftest import FAR, balance, buyer
from tests.loyalty.rules.conftest import RATE, basket, bonus, put, record
from tests.loyalty.sentences import computed, moved

COFFEE = ("esp", "نوشیدنی", 600_000)
CAKE = ("cake", "شیرینی", 400_000)


def points(purchase_id):
    return Lot.objects.get(id=purchase_id).earned_points


def entry(purchase_id):
    return LedgerEntry.objects.get(purchase=purchase_id, kind="earn")


def test_a_sale_earns_what_its_rules_add_and_its_entry_says_so(buy, now):
    version = put(bonus(when={"categories": ("شیرینی",)}), bonus("fixed", 5), now=now)
    sold = buy(COFFEE, CAKE)
    assert points(sold) == 10 + 4 + 5
    assert Lot.objects.get(id=sold).rule_id == version.id
    assert [(row.points, row.amount_rial) for row in RulePoints.objects.order_by("points")] == [
        (4, 400_000),
        (5, 1_000_000),
    ]
    assert computed(entry(sold)) == moved(entry(sold)) == 19


def test_r2_a_version_may_round_each_line_and_says_so(buy, now):
    """R2: the sale, its sentence and the preview agree; another rate keeps the choice."""
    bread = [("b", "نان", 150_000), ("c", "نان", 150_000), ("d", "چای", 150_000)]
    put(now=now, rate=RATE.model_copy(update={"by_line": True}))
    sold = buy(*bread)
    assert points(sold) == 3
    assert computed(entry(sold)) == moved(entry(sold)) == 3
    seen = preview(
        total_rial=450_000,
        eligible_rial=450_000,
        customer_id=buyer(sold),
        now=now,
        sale=judged.Sale(lines=bread),
    )
    assert seen.earn_points == 3
    assert update_rule(points_num=1, points_den=100_000, actor=None, now=now).by_line
    put(bonus(), now=now, rate=RATE.model_copy(update={"by_line": True}))
    twice = buy(*bread)
    assert points(twice) == 9
    assert computed(entry(twice)) == moved(entry(twice)) == 9


def test_a_basket_no_rule_is_about_earns_as_without_rules(buy, now):
    put(bonus(when={"channels": ("web",)}), now=now)
    sold = buy(COFFEE, CAKE)
    assert points(sold) == 10
    assert "bonuses" not in entry(sold).data


def test_below_the_minimum_the_orders_cap_holds_and_is_told(buy, now):
    rate = RATE.model_copy(update={"minimum_rial": 500_000, "cap_points": 25})
    put(bonus("fixed", 30), now=now, rate=rate)
    sold = entry(buy(CAKE))
    assert computed(sold) == moved(sold) == 25


def test_a_purchase_told_again_is_not_judged_again(buy, now):
    put(bonus("fixed", 5, customer_cap_points=100, budget_rial=1_000_000), now=now)
    sold = buy(COFFEE, CAKE)
    again = Sale(sold, buyer(sold), 1_000_000, now, now.date(), owned=True)
    post_earnings(sales=[again, again], now=now)
    assert points(sold) == balance() == 15
    assert sorted(RuleMeter.objects.values_list("used", flat=True)) == [5, 5_000]


def test_the_first_purchase_is_the_first_of_a_call_too(buy, now):
    put(bonus("fixed", 100, when={"number": 1}), now=now)
    first, second = record(basket(COFFEE, at=now), basket(COFFEE, at=now), now=now)
    third = buy(COFFEE)
    assert [points(one) for one in (first, second, third)] == [106, 6, 6]


def test_every_third_purchase(buy, now):
    put(bonus("fixed", 30, when={"every": 3}), now=now)
    sold = [buy(("a", "", 100_000)) for _time in range(6)]
    assert [points(one) for one in sold] == [1, 1, 31, 1, 1, 31]


def test_tier_and_its_factor(buy, now):
    plans = [TierPlan("یک", 0), TierPlan("دو", 10**9, 3, 2), TierPlan("سه", 10**10, 2, 1)]
    update_tiers(plans=plans, actor=None, now=now)
    two = tiers()[1]
    put(bonus(when={"tiers": (two.id,)}), now=now)
    first = buy(COFFEE, CAKE)
    assert points(first) == 10
    until = now + timedelta(days=30)
    grant_tier(
        customer_id=buyer(first), tier_id=two.id, until=until, reason="جشن", actor=None, now=now
    )
    second = buy(COFFEE, CAKE)
    assert points(second) == 30
    assert computed(entry(second)) == 30


def test_a_customers_share_begins_anew_with_the_month(buy, now):
    put(bonus("fixed", 40, customer_cap_points=100, customer_span="month"), now=now)
    month_before = [buy(("a", "", 100_000), at=now - timedelta(days=40)) for _ in range(4)]
    this_month = buy(("a", "", 100_000))
    assert [points(one) for one in [*month_before, this_month]] == [41, 41, 21, 1, 41]
    for one in month_before:
        assert computed(entry(one)) == moved(entry(one))


def test_a_stranger_has_no_share(buy, now):
    put(bonus("fixed", 40, customer_cap_points=100), now=now)
    assert points(buy(COFFEE, CAKE, customer=None)) == 10


def test_r49_a_budget_gives_its_last_points_and_then_none(buy, now):
    """R49: 5,000 rial at 1,000 a point are five points; the sentence tells what was missing."""
    put(bonus("fixed", 3, name="هدیه", budget_rial=5_000), now=now)
    sold = [buy(COFFEE, CAKE) for _ in range(3)]
    assert [points(one) for one in sold] == [13, 12, 10]
    assert [computed(entry(one)) for one in sold] == [13, 12, 10]
    assert RuleMeter.objects.get().used == 5_000


def test_a_budget_used_up_calls_for_a_person_once(buy, now):
    """The owner hears it with the sale that took the last of it, and no more once there is room."""
    rule = bonus("fixed", 3, name="هدیه", budget_rial=6_500)
    put(rule, now=now)
    buy(COFFEE)
    assert not alert_rows(kind=AlertKind.BUDGET_SPENT)
    for _ in range(3):
        buy(COFFEE)
    [alert] = alert_rows(kind=AlertKind.BUDGET_SPENT, is_open=True)
    assert (alert.source_id, alert.detail, alert.times) == (rule.key, {"rule": "هدیه"}, 1)
    put(rule, bonus("fixed", 1), now=now)
    assert alert_rows(kind=AlertKind.BUDGET_SPENT, is_open=True)
    put(rule.model_copy(update={"budget_rial": 9_000}), now=now)
    assert not alert_rows(kind=AlertKind.BUDGET_SPENT, is_open=True)
    assert points(buy(COFFEE)) == 9


def test_an_alert_about_a_rule_that_is_gone_is_settled(buy, now):
    put(bonus("fixed", 3, budget_rial=3_000), now=now)
    buy(COFFEE)
    assert alert_rows(kind=AlertKind.BUDGET_SPENT, is_open=True)
    put(now=now)
    assert not alert_rows(kind=AlertKind.BUDGET_SPENT, is_open=True)


def test_r49_the_database_refuses_a_budget_gone_beyond(buy, now):
    """R49: the CHECK, whoever writes."""
    put(bonus("fixed", 3, budget_rial=5_000), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleMeter.objects.update(used=5_001)


def test_a_new_version_keeps_what_a_rule_gave_before(buy, now):
    rule = bonus("fixed", 3, budget_rial=5_000)
    put(rule, now=now)
    buy(COFFEE)
    put(rule.model_copy(update={"budget_rial": 4_000}), now=now)
    assert points(buy(COFFEE)) == 7
    put(rule.model_copy(update={"budget_rial": 1_000}), now=now)
    assert points(buy(COFFEE)) == 6
    assert RuleMeter.objects.get().used == 4_000


def test_a_new_rate_keeps_the_rules_beside_it(buy, now):
    put(bonus("fixed", 3), now=now)
    update_rule(points_num=1, points_den=50_000, actor=None, now=now)
    assert points(buy(COFFEE)) == 15
    assert EarningRule.objects.count() == 3
    assert BonusRule.objects.count() == 2


def test_versions_and_what_rules_gave_are_never_rewritten(buy, now):
    put(bonus("fixed", 3), now=now)
    buy(COFFEE)
    for model in (BonusRule, RulePoints):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            model.objects.update(business=new_id())


def test_publishing_needs_an_answer_and_the_rules_it_was_drawn_from(acting, now):
    draft = save_draft(rules=Rules(rate=RATE), actor=None, now=now)
    said = {"draft_id": draft.id, "helps_customer": True, "actor": None, "now": now}
    with pytest.raises(Problem) as refusal:
        publish_draft(benefit_note="  ", **said)
    assert refusal.value.code == "benefit_missing"
    update_rule(points_num=2, points_den=100_000, actor=None, now=now)
    with pytest.raises(Problem) as refusal:
        publish_draft(benefit_note="بله", **said)
    assert refusal.value.code == "rules_changed"
    draft = save_draft(rules=Rules(rate=RATE), actor=None, now=now)
    version = publish_draft(benefit_note="بله", **said)
    assert (version.helps_customer, version.benefit_note, version.version) == (True, "بله", 3)
    with pytest.raises(NotFound):
        discard_draft(draft_id=draft.id, now=now)


def test_a_rule_names_only_what_is_ours(acting, now):
    for named in ("tiers", "branches", "employees"):
        with pytest.raises(Problem) as refusal:
            save_draft(
                rules=Rules(rate=RATE, bonuses=(bonus(when={named: (new_id(),)}),)),
                actor=None,
                now=now,
            )
        assert refusal.value.code == "unknown_reference"


def test_without_rules_a_sale_asks_nothing_more(buy, now):
    """A business that has no rules pays nothing for them."""
    buy(COFFEE)
    with CaptureQueriesContext(connection) as plain:
        buy(COFFEE)
    assert not [query for query in plain.captured_queries if "bonusrule" in query["sql"]]
    put(bonus(), now=now)
    buy(COFFEE)
    with CaptureQueriesContext(connection) as ruled:
        buy(COFFEE)
    assert len(ruled.captured_queries) - len(plain.captured_queries) <= 4
    assert not [query for query in ruled.captured_queries if "bonusrule" in query["sql"]]


def _sell(business_id, now, number):
    with acting_for(business_id):
        hint = CustomerHint(mobile=f"0912000{number:04}")
        return record(basket(COFFEE, customer=hint, at=now), now=now)


def test_r49_many_tills_never_go_beyond_a_budget(in_parallel, business, now):
    """R49: twenty tills, a budget for seven and a half gifts of four points."""
    with acting_for(business.id):
        put(bonus("fixed", 4, budget_rial=30_000), now=now)
    in_parallel(*[partial(_sell, business.id, now, number) for number in range(20)])
    with acting_for(business.id):
        assert RuleMeter.objects.get().used == 30_000
        gave = sorted(RulePoints.objects.values_list("points", flat=True))
        assert gave == [2, 4, 4, 4, 4, 4, 4, 4]
        assert broken(now + FAR) == []


def test_a_customers_share_holds_at_many_tills(in_parallel, business, now):
    with acting_for(business.id):
        put(bonus("fixed", 4, customer_cap_points=10), now=now)
    in_parallel(*[partial(_sell, business.id, now, 7)] * 12)
    with acting_for(business.id):
        assert sorted(RulePoints.objects.values_list("points", flat=True)) == [2, 4, 4]
        assert broken(now + FAR) == []


def test_one_purchase_is_the_first_at_many_tills(in_parallel, business, now):
    with acting_for(business.id):
        put(bonus("fixed", 100, when={"number": 1}), now=now)
    in_parallel(*[partial(_sell, business.id, now - timedelta(minutes=n), 7) for n in range(8)])
    with acting_for(business.id):
        assert RulePoints.objects.get().points == 100
