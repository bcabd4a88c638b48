"""For how long goods come back, by category; afterwards only by an exception with a reason."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from businesses.enums import EVERYDAY_SCOPES, Scope
from businesses.operations import issue_api_key
from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Measure, Purchase
from customers.operations import NewLine, NewReturnLine
from payments.enums.refunds import RefundState, Waiting
from payments.operations.refunds import (
    forget_return_window,
    preview_refund,
    set_refund_policy,
    set_return_window,
    set_tier_window,
)
from payments.queries.return_days import RefundRules, return_windows
from payments.queries.tiers import _Told
from tests.payments.refunds.conftest import RefundShop

LINES = (
    NewLine(sku="milk", category="خوراکی", unit_price_rial=300_000),
    NewLine(sku="lamp", category="خانه", unit_price_rial=600_000),
)


@pytest.fixture
def ruled(refunds: RefundShop) -> RefundShop:
    with acting_for(refunds.business_id):
        set_refund_policy(approval_above_rial=None, return_days=7, now=refunds.now)
        set_return_window(category=" خوراكی ", days=1, now=refunds.now)
        set_return_window(category="خانه", days=None, now=refunds.now)
    return refunds


def _needs(shop: RefundShop, payment, **asked) -> Waiting | None:
    with acting_for(shop.business_id):
        return preview_refund(payment_id=payment.id, now=shop.now, **asked).needs


@pytest.mark.parametrize(
    ("categories", "days"),
    [
        ((), 7),
        (("a",), 1),
        (("a", "b"), 1),
        (("b",), None),
        (("b", "c"), 7),
    ],
)
def test_the_shortest_days_count(categories, days):
    rules = RefundRules(approval_above_rial=None, return_days=7, category_days={"a": 1, "b": None})
    assert rules.days_for(categories) == days


def test_each_category_has_its_own_days(ruled: RefundShop):
    payment = ruled.sold(lines=LINES)
    milk, lamp = NewReturnLine(sku="milk"), NewReturnLine(position=2)
    assert _needs(ruled, payment, lines=[milk]) is None
    ruled.wait(days=2)
    assert _needs(ruled, payment, lines=[milk]) is Waiting.LATE
    ruled.wait(days=90)
    assert _needs(ruled, payment, lines=[lamp]) is None
    # A bare amount may be the milk's as well: it is no way around the days.
    assert _needs(ruled, payment, amount_rial=100_000) is Waiting.LATE


def test_once_the_milk_is_back_the_rest_has_no_limit(ruled: RefundShop):
    payment = ruled.sold(lines=LINES)
    ruled.ask(payment, lines=[NewReturnLine(sku="milk")])
    ruled.wait(days=90)
    assert _needs(ruled, payment, amount_rial=100_000) is None


def test_the_last_second_is_in_time(ruled: RefundShop):
    payment = ruled.sold()
    settled = ruled.shop.see(payment).settled_at
    assert settled is not None
    ruled.now = settled + timedelta(days=7)
    assert _needs(ruled, payment) is None
    ruled.now += timedelta(microseconds=1)
    assert _needs(ruled, payment) is Waiting.LATE


def test_an_exception_needs_a_reason_and_a_second_person(ruled: RefundShop):
    payment = ruled.sold(lines=LINES)
    ruled.wait(days=2)
    with pytest.raises(Problem) as refused:
        ruled.ask(payment, lines=[NewReturnLine(sku="milk")], note="  ")
    assert (refused.value.code, refused.value.status) == ("late_return_needs_reason", 422)
    assert ruled.shop.see(payment).refunded_rial == 0
    refund = ruled.ask(payment, lines=[NewReturnLine(sku="milk")], note="بسته پاره بود")
    assert (refund.state, refund.waiting) == (RefundState.AWAITING_APPROVAL, Waiting.LATE)


def test_a_category_may_follow_the_general_days_again(ruled: RefundShop):
    with acting_for(ruled.business_id):
        assert forget_return_window(category="خوراکی", now=ruled.now) is True
        assert forget_return_window(category="خوراکی", now=ruled.now) is False
    payment = ruled.sold(lines=LINES)
    ruled.wait(days=2)
    assert _needs(ruled, payment, lines=[NewReturnLine(sku="milk")]) is None


@pytest.mark.parametrize(("category", "days"), [("", 3), ("x" * 201, 3), ("a", -1), ("a", 3651)])
def test_nonsense_is_no_rule(ruled: RefundShop, category, days):
    with acting_for(ruled.business_id), pytest.raises(Problem) as refused:
        set_return_window(category=category, days=days, now=ruled.now)
    assert refused.value.code == "invalid_return_window"


def test_over_http_all_categories_are_set_at_once(ruled: RefundShop, api):
    assert api.get("return-windows").json() == {
        "general_days": 7,
        "categories": [{"category": "خانه", "days": None}, {"category": "خوراکی", "days": 1}],
        "tiers": [],
    }
    wanted = [{"category": " خوراكی ", "days": 3}, {"category": "کتاب", "days": None}]
    for _time in (1, 2):
        answer = api("put", "return-windows", {"categories": wanted})
        assert answer.status_code == 200, answer.json()
        assert answer.json()["categories"] == [
            {"category": "خوراکی", "days": 3},
            {"category": "کتاب", "days": None},
        ]
    payment = ruled.sold(lines=LINES)
    ruled.wait(days=2)
    assert _needs(ruled, payment, lines=[NewReturnLine(sku="milk")]) is None
    ruled.wait(days=8)
    assert _needs(ruled, payment, lines=[NewReturnLine(position=2)]) is Waiting.LATE


def test_nonsense_over_http_changes_nothing(ruled: RefundShop, api):
    before = api.get("return-windows").json()
    for bad in ({"category": " ", "days": 1}, {"category": "کتاب", "days": -1}, {"days": 1}):
        wanted = [{"category": "خانه", "days": 9}, bad]
        answer = api("put", "return-windows", {"categories": wanted})
        assert (answer.status_code, api.get("return-windows").json()) == (422, before)


def test_a_key_of_the_till_reads_the_days_and_cannot_lengthen_them(ruled: RefundShop, api, now):
    _key, api.key = issue_api_key(
        business_id=ruled.business_id, name="till", now=now, scopes=EVERYDAY_SCOPES
    )
    assert Scope.RULES_WRITE not in EVERYDAY_SCOPES
    assert api.get("return-windows").status_code == 200
    assert api("put", "return-windows", {"categories": []}).status_code == 403


def test_another_business_has_its_own_days(ruled: RefundShop, other_api):
    assert other_api.get("return-windows").json() == {
        "general_days": None,
        "categories": [],
        "tiers": [],
    }
    assert other_api("put", "return-windows", {"categories": []}).status_code == 200
    with acting_for(ruled.business_id):
        assert len(return_windows()) == 2


def test_a_measure_asks_for_a_second_person(ruled: RefundShop):
    """C058: where two people decided so, money goes back only by a second person, for a time."""
    payment = ruled.sold(lines=LINES)
    lamp = [NewReturnLine(position=2)]
    assert _needs(ruled, payment, lines=lamp) is None
    with acting_for(ruled.business_id):
        sale: Any = ruled.shop.see(payment).purchase_id
        buyer: Any = Purchase.objects.get(id=sale).customer_id
        Measure.objects.create(
            customer_id=buyer, step="careful_returns", state="in_force", reason="x", evidence=[{}],
            proposed_by="user:1", proposed_at=ruled.now, decision="x", decided_by="user:2",
            decided_at=ruled.now, ends_on=ruled.now.date() + timedelta(days=30),
        )  # fmt: skip
    assert _needs(ruled, payment, lines=lamp) is Waiting.MEASURE
    refund = ruled.ask(payment, lines=lamp, note="")
    assert (refund.state, refund.waiting) == (RefundState.AWAITING_APPROVAL, Waiting.MEASURE)
    ruled.wait(days=40)
    other = ruled.sold(lines=LINES)
    assert _needs(ruled, other, lines=lamp) is None


def _shorten(shop: RefundShop, payment: Any, **more: Any) -> None:
    with acting_for(shop.business_id):
        sale: Any = shop.shop.see(payment).purchase_id
        buyer: Any = Purchase.objects.get(id=sale).customer_id
        facts = {"decided_at": shop.now, "ends_on": shop.now.date() + timedelta(days=90)} | more
        Measure.objects.create(
            customer_id=buyer, step="short_returns", state="in_force", reason="x", evidence=[{}],
            proposed_by="user:1", proposed_at=shop.now, decision="x", decided_by="user:2", **facts,
        )  # fmt: skip


def test_a_measure_shortens_the_days_of_what_is_bought_under_it(ruled: RefundShop, api):
    """C058, ADR 69: fourteen days for goods of any time; what has fewer keeps them."""
    before = ruled.sold(lines=LINES)
    _shorten(ruled, before)
    ruled.shop.now += timedelta(days=1)
    after = ruled.sold(lines=LINES)
    told = api("post", f"payments/{after.id}/refunds/preview", {}).json()["returns"]
    assert [(one["categories"], one["days"]) for one in told] == [(["خوراکی"], 1), (["خانه"], 14)]
    lamp = [NewReturnLine(position=2)]
    ruled.wait(days=13)
    assert _needs(ruled, after, lines=lamp) is Waiting.MEASURE
    ruled.wait(days=2)
    assert _needs(ruled, after, lines=lamp) is Waiting.LATE
    assert _needs(ruled, before, lines=lamp) is Waiting.MEASURE


def test_a_lifted_measure_shortens_nothing(ruled: RefundShop):
    """C058: as it would have been."""
    _shorten(ruled, ruled.sold(lines=LINES))
    ruled.shop.now += timedelta(days=1)
    after = ruled.sold(lines=LINES)
    with acting_for(ruled.business_id):
        Measure.objects.update(state="lifted")
    ruled.wait(days=30)
    assert _needs(ruled, after, lines=[NewReturnLine(position=2)]) is None


@given(
    general=st.none() | st.integers(0, 60),
    category=st.none() | st.integers(0, 60),
    tier=st.none() | st.integers(0, 60),
)
def test_shorter_days_never_lengthen_any(general, category, tier):
    """C058: at most fourteen, and never more than without the measure."""
    facts = {
        "approval_above_rial": None,
        "return_days": general,
        "category_days": {"a": category},
        "tier_days": {Levels.BEST: tier},
    }
    plain, short = RefundRules(**facts), RefundRules(**facts, most_days=14)
    for goods in ((), ("a",), ("b",), ("a", "b")):
        for held in (None, Levels.BEST):
            without, days = plain.days_for(goods, held), short.days_for(goods, held)
            assert days == (14 if without is None else min(without, 14))


class Levels:
    """Tiers as the app above tells them: whoever is named holds the best."""

    BEST = UUID(int=7)

    def __init__(self) -> None:
        self.holders: set[UUID] = set()

    def names(self):
        return [(UUID(int=6), "نقره"), (self.BEST, "طلا")]

    def held(self, customer_ids):
        return {one: self.BEST for one in customer_ids if one in self.holders}


@pytest.fixture
def levels(ruled: RefundShop, monkeypatch) -> Levels:
    told = Levels()
    monkeypatch.setattr("payments.queries.tiers._TOLD", _Told(told))
    with acting_for(ruled.business_id):
        set_tier_window(tier_id=Levels.BEST, days=30, now=ruled.now)
    return told


def _hold(shop: RefundShop, levels: Levels, payment) -> None:
    with acting_for(shop.business_id):
        sale: Any = shop.shop.see(payment).purchase_id
        levels.holders.add(cast("UUID", Purchase.objects.get(id=sale).customer_id))


def test_c074_who_holds_a_tier_has_longer(ruled: RefundShop, levels):
    """In time by the tier, late without it: the tier held when the goods come back counts."""
    payment = ruled.sold()
    ruled.wait(days=20)
    assert _needs(ruled, payment) is Waiting.LATE
    _hold(ruled, levels, payment)
    assert _needs(ruled, payment) is None
    ruled.wait(days=11)
    assert _needs(ruled, payment) is Waiting.LATE


def test_c074_the_receipt_and_the_preview_say_until_when(ruled: RefundShop, levels, api, client):
    payment = ruled.sold(lines=LINES)
    settled: Any = ruled.shop.see(payment).settled_at
    _hold(ruled, levels, payment)
    told = api("post", f"payments/{payment.id}/refunds/preview", {}).json()["returns"]
    assert [(one["categories"], one["days"], one["tier"]) for one in told] == [
        (["خوراکی"], 30, "طلا"),
        (["خانه"], None, None),
    ]
    assert told[0]["until"].startswith((settled + timedelta(days=30)).date().isoformat())
    page = client.get(f"/p/{payment.pay_token}/receipt/").content.decode()
    assert "«خوراکی»" in page
    assert "طلا" in page
    levels.holders.clear()
    assert "طلا" not in client.get(f"/p/{payment.pay_token}/receipt/").content.decode()


def test_c074_over_http_tiers_are_set_and_left_alone(ruled: RefundShop, levels, api):
    told = {"tier_id": str(Levels.BEST), "name": "طلا", "days": 30}
    assert api.get("return-windows").json()["tiers"] == [told]
    assert api("put", "return-windows", {"categories": []}).json()["tiers"] == [told]
    wanted = [{"tier_id": str(UUID(int=6)), "days": None}]
    answer = api("put", "return-windows", {"categories": [], "tiers": wanted})
    assert answer.json()["tiers"] == [{**wanted[0], "name": "نقره"}]
    for bad in ({"tier_id": str(UUID(int=9)), "days": 1}, {"tier_id": "gold", "days": 1}):
        refused = api("put", "return-windows", {"categories": [], "tiers": [bad]})
        assert refused.status_code == 422
    assert api.get("return-windows").json() == answer.json()


def test_c074_without_rules_nothing_is_said(refunds: RefundShop, api, client):
    payment = refunds.sold(lines=LINES)
    assert api("post", f"payments/{payment.id}/refunds/preview", {}).json()["returns"] == []
    assert "return-terms" not in client.get(f"/p/{payment.pay_token}/receipt/").content.decode()
