"""A tier just reached falls back when what reached it returns, if the programme says so (R30)."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.ids import new_id
from customers.operations import record_return
from loyalty.enums.benefits import BenefitKind
from loyalty.events import TierChanged
from loyalty.models import CustomerTier, Wallet
from loyalty.operations import grant_tier, update_program
from loyalty.operations.benefits import NewBenefit, give_benefit, offer_benefit
from loyalty.operations.levels import TierPlan, update_tiers
from loyalty.queries import tiers
from loyalty.queries.invariants import broken
from loyalty.queries.returns import what_a_return_undoes
from outbox.models import Event
from tests.loyalty.conftest import FAR, buyer

TIERS = [TierPlan("برنزی", 0), TierPlan("نقره‌ای", 10_000_000), TierPlan("طلایی", 30_000_000)]
DAYS = 10


def day(number):
    return timedelta(days=number)


@pytest.fixture(autouse=True)
def chosen(acting, now):
    update_tiers(plans=TIERS, actor=None, now=now)
    update_program(changes={"tier_revoke_days": DAYS}, actor=None, now=now)


def position():
    held = CustomerTier.objects.select_related("tier").first()
    return held.tier.position if held else 0


def test_r30_a_fresh_unused_tier_falls_back_with_what_reached_it(sell, take_return, now):
    sold = sell(12_000_000)
    assert position() == 1
    told = what_a_return_undoes(
        purchase_id=sold, returned_rial=12_000_000, total_rial=12_000_000, now=now
    )
    assert told is not None
    assert (told.tier, told.falls_to) == ("نقره‌ای", "برنزی")
    take_return(sold)
    assert position() == 0
    told_of = Event.objects.filter(name=TierChanged.name).order_by("id")
    assert [event.payload["is_upgrade"] for event in told_of] == [True, False]


@pytest.mark.parametrize("of", ["days", "a purchase", "a service", "the hand"])
def test_r30_it_stays_once_it_is_old_or_used(sell, take_return, acting, now, of):
    sold = sell(12_000_000)
    later = now + day(1)
    if of == "days":
        later = now + day(DAYS) + timedelta(seconds=1)
    elif of == "a purchase":
        sell(500_000, at=now + timedelta(hours=1))
    elif of == "a service":
        offer = NewBenefit(
            name="بسته‌بندی",
            kind=BenefitKind.OTHER,
            unit_cost_rial=10_000,
            tier_id=tiers()[1].id,
        )
        row = offer_benefit(new=offer, actor=None, now=now)
        give_benefit(
            benefit_id=row.id, customer_id=buyer(sold), by="", now=now + timedelta(hours=1)
        )
    else:
        grant_tier(
            customer_id=buyer(sold),
            tier_id=tiers()[1].id,
            until=now + day(99),
            reason="مهمان",
            actor=None,
            now=now,
        )
    take_return(sold, at=later)
    assert position() == 1


def test_r30_what_was_bought_with_it_and_came_back_too_is_no_use(sell, take_return, now):
    first = sell(12_000_000)
    second = sell(500_000, at=now + timedelta(hours=1))
    take_return(second, at=now + timedelta(hours=2))
    take_return(first, at=now + timedelta(hours=3))
    assert position() == 0


def test_r30_two_rises_are_taken_back_one_after_the_other(sell, take_return, now):
    """What was held before each comes back with its own day, also what an old window gave."""
    first = sell(12_000_000)
    second = sell(25_000_000, at=now + day(1))
    assert position() == 2
    take_return(second, at=now + day(2))
    held = CustomerTier.objects.get()
    assert (held.tier.position, held.since) == (1, now)
    take_return(first, at=now + day(3))
    assert position() == 0


def test_r30_a_part_that_leaves_enough_for_a_level_between_leaves_that(sell, take_return, now):
    sold = sell(35_000_000)
    take_return(sold, 10_000_000)
    assert position() == 1
    take_return(sold)
    assert position() == 0


def test_r30_what_was_held_from_the_window_before_stays(sell, take_return, now):
    sell(12_000_000)
    end = Wallet.objects.get().window_ends_at
    sell(40_000_000, at=end - day(3))
    sold = sell(31_000_000, at=end + day(5))
    take_return(sold, at=end + day(6))
    assert position() == 2


def test_r30_without_the_choice_nothing_is_kept_and_nothing_falls(sell, take_return, now):
    update_program(changes={"tier_revoke_days": 0}, actor=None, now=now)
    sold = sell(12_000_000)
    take_return(sold)
    assert CustomerTier.objects.get().before == []
    assert position() == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "buy", "return", "wait"]),
        st.sampled_from([3_000_000, 9_000_000, 11_000_000, 31_000_000]),
        st.integers(0, 9),
    ),
    min_size=2,
    max_size=12,
)


class Plain:
    """Purchases that stand, and a stack of levels with the moment each was reached."""

    def __init__(self, now):
        self.sold, self.stack = [], [(0, now)]

    @property
    def level(self):
        rial = sum(one[1] for one in self.sold)
        return sum(rial >= plan.threshold_rial for plan in TIERS) - 1

    def buy(self, purchase, rial, at):
        self.sold.append((purchase, rial, at))
        if self.level > self.stack[-1][0]:
            self.stack.append((self.level, at))

    def give_back(self, pick, at):
        purchase, _rial, _at = self.sold.pop(pick % len(self.sold))
        while self._falls(at):
            _position, since = self.stack.pop()
            if self.level > self.stack[-1][0]:
                self.stack.append((self.level, since))
        return purchase

    def _falls(self, at):
        position, since = self.stack[-1]
        fresh = len(self.stack) > 1 and since >= at - day(DAYS)
        used = any(when > since for _id, _rial, when in self.sold)
        return fresh and self.level < position and not used


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_r30_any_history_is_what_plain_arithmetic_says(acting, sell, now, steps):
    with transaction.atomic():
        at, plain = now, Plain(now)
        for what, rial, pick in steps:
            at += day(4) if what == "wait" else timedelta(minutes=1)
            if what == "buy":
                plain.buy(sell(rial, at=at), rial, at)
            elif what == "return" and plain.sold:
                purchase = plain.give_back(pick, at)
                record_return(purchase_id=purchase, external_id=str(new_id()), now=at)
            assert position() == plain.stack[-1][0]
        assert broken(at + FAR) == []
        transaction.set_rollback(True)
