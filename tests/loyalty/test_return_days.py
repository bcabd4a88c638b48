"""C074: days to return by tier: longer for who holds it, and points wait as long (R16)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Problem
from core.ids import new_id
from customers.operations import CustomerHint
from loyalty.enums import ExitWay
from loyalty.models import Lot, Tier
from loyalty.operations import TierPlan, grant_tier, update_program, update_tiers
from loyalty.operations.leaving import leave_club
from loyalty.queries.policies import chapters_of, policy_document
from payments.models import ReturnWindow
from payments.operations.refunds import (
    forget_tier_window,
    replace_return_windows,
    set_refund_policy,
    set_return_window,
    set_tier_window,
)
from payments.queries.return_days import RefundRules, refund_policy, tier_windows
from payments.queries.tiers import tier_names, tiers_held
from tests.loyalty.conftest import buyer
from tests.loyalty.rules.conftest import basket, record

GOLD, OTHER = UUID(int=1), UUID(int=2)
DAYS = st.none() | st.integers(0, 60)
HAT, CAKE = "کلاه", "شیرینی"


@pytest.mark.parametrize(
    ("category", "tier", "days"),
    [
        ("", None, 7),
        ("", GOLD, 30),
        ("", OTHER, 7),
        ("hat", GOLD, 60),
        ("tea", GOLD, 30),
        ("cake", GOLD, 0),
        ("lamp", GOLD, None),
        ("hat", None, 60),
    ],
)
def test_the_longer_holds_but_what_does_not_come_back_stays(category, tier, days):
    own = {"hat": 60, "tea": 3, "cake": 0, "lamp": None}
    rules = RefundRules(
        approval_above_rial=None, return_days=7, category_days=own, tier_days={GOLD: 30}
    )
    assert rules.days_for([category], tier) == days
    assert rules.is_by_tier(category, tier) is (days == 30)


@given(
    general=DAYS,
    own=st.dictionaries(st.sampled_from("abc"), DAYS),
    theirs=DAYS,
    asked=st.sets(st.sampled_from("abcd")),
)
def test_c074_a_tier_never_shortens_and_opens_nothing_closed(general, own, theirs, asked):
    def rules(tiers: dict[UUID, int | None]) -> RefundRules:
        return RefundRules(
            approval_above_rial=None, return_days=general, category_days=own, tier_days=tiers
        )

    def endless(days: int | None) -> float:
        return float("inf") if days is None else days

    plain, with_tier = rules({}), rules({GOLD: theirs})
    for one in asked or {""}:
        before, after = plain.days_for([one]), with_tier.days_for([one], GOLD)
        closed = own.get(one, 1) == 0
        best = max(endless(before), endless(theirs))
        assert endless(after) == (endless(before) if closed else best)
        assert with_tier.days_for([one]) == before
    assert endless(with_tier.days_for(asked, GOLD)) == min(
        endless(with_tier.days_for([one], GOLD)) for one in asked or {""}
    )


@pytest.fixture
def levels(acting, now) -> list[Tier]:
    """Three levels; the highest may bring goods back for thirty days."""
    plans = [TierPlan(name, rial) for name, rial in (("آ", 0), ("ب", 10**9), ("پ", 10**10))]
    made = update_tiers(plans=plans, actor=None, now=now)
    set_refund_policy(approval_above_rial=None, return_days=7, now=now)
    set_tier_window(tier_id=made[2].id, days=30, now=now)
    return made


def _promote(customer: Any, tier: Tier, now) -> None:
    grant_tier(
        customer_id=customer,
        tier_id=tier.id,
        until=now + timedelta(days=90),
        reason="هدیه",
        actor=None,
        now=now,
    )


def test_who_holds_which_in_one_query(levels, sell, now):
    hints = [CustomerHint(mobile=f"091200000{n}0") for n in (1, 2, 3)]
    people = [buyer(sell(1_000_000, customer=hint)) for hint in hints]
    _promote(people[1], levels[2], now)
    leave_club(customer_id=people[2], way=ExitWay.OWN_PAGE, now=now)
    with CaptureQueriesContext(connection) as one:
        assert tiers_held(people[:1]) == {people[0]: levels[0].id}
    with CaptureQueriesContext(connection) as three:
        assert tiers_held(people) == {people[0]: levels[0].id, people[1]: levels[2].id}
    assert len(one) == len(three) == 1
    assert [name for _tier, name in tier_names()] == ["آ", "ب", "پ"]
    assert tiers_held([None]) == {}


def test_r16_points_wait_as_long_as_the_tier_may_bring_back(levels, sell, now):
    set_return_window(category=CAKE, days=0, now=now)
    update_program(changes={"waits_for_returns": True}, actor=None, now=now)
    one = buyer(sell(1_000_000))
    goods = [("", HAT, 2_000_000), ("", CAKE, 1_000_000)]

    def waits() -> set[int]:
        [sold] = record(basket(*goods, at=now), now=now)
        assert buyer(sold) == one
        lots = Lot.objects.filter(id=sold) | Lot.objects.filter(part_of=sold)
        return {(lot.activates_at - now).days for lot in lots}

    assert waits() == {0, 7}
    _promote(one, levels[2], now)
    assert waits() == {0, 30}


def test_the_public_rules_tell_it_and_forget_it(levels, now):
    chapters = [one for one in chapters_of(policy_document()) if one.key == "returns"]
    told = " ".join(chapters[0].sentences)
    assert "پ" in told
    assert "۳۰" in told
    set_tier_window(tier_id=levels[2].id, days=None, now=now)
    assert policy_document()["returns"]["tiers"] == [{"name": "پ", "days": None}]
    assert forget_tier_window(tier_id=levels[2].id, now=now) is True
    assert forget_tier_window(tier_id=levels[2].id, now=now) is False
    assert "tiers" not in policy_document()["returns"]


def test_c074_of_no_day_the_rules_say_that_it_does_not_come_back(levels, now):
    set_return_window(category=CAKE, days=0, now=now)
    set_tier_window(tier_id=levels[2].id, days=0, now=now)
    chapters = [one for one in chapters_of(policy_document()) if one.key == "returns"]
    told = " ".join(chapters[0].sentences)
    assert f"«{CAKE}» قابل مرجوعی نیست." in told
    assert "۰ روز" not in told


def test_categories_set_anew_leave_tiers_alone_unless_told(levels, now):
    replace_return_windows(windows=[(HAT, 3)], now=now)
    assert refund_policy().tier_days == {levels[2].id: 30}
    replace_return_windows(windows=[], tiers=[(levels[1].id, 9)], now=now)
    assert [(name, row.days) for _id, name, row in tier_windows() if row] == [("ب", 9)]
    assert refund_policy().category_days == {}


@pytest.mark.parametrize("days", [-1, 3651])
def test_nonsense_is_no_rule(levels, now, days):
    for tier, span in ((levels[0].id, days), (new_id(), 3)):
        with pytest.raises(Problem) as refused:
            set_tier_window(tier_id=tier, days=span, now=now)
        assert refused.value.code == "invalid_return_window"
    assert refund_policy().tier_days == {levels[2].id: 30}


@pytest.mark.parametrize(("category", "tier"), [("", None), (HAT, GOLD), ("", "held")])
def test_the_database_takes_days_of_one_thing_once(levels, now, category, tier):
    tier_id = levels[2].id if tier == "held" else tier
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnWindow.objects.create(category=category, tier_id=tier_id, days=1, changed_at=now)
