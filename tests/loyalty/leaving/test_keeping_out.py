"""Being kept out of the programme by a measure (C058): no points from then on, nothing taken."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Measure
from customers.operations.measures import (
    ANSWER_DAYS,
    appeal_measure,
    decide_measure,
    lift_measure,
    open_measure,
)
from loyalty.enums import EntryKind, ExitWay, MembershipState
from loyalty.models import LedgerEntry, Lot, MembershipPlan, PaidMembership, Program, Wallet
from loyalty.operations import commit_redemption, reserve_redemption, update_program
from loyalty.operations.leaving import leave_club
from loyalty.queries.benefits import benefits_of
from loyalty.queries.leaving import gets_nothing, out_of_club, shut_out
from loyalty.queries.offers import preview
from loyalty.queries.receipts import receipt_facts
from tests.loyalty.conftest import balance, buyer
from tests.loyalty.rules.conftest import bonus, put
from tests.loyalty.sentences import sentence_of

MINUTE = timedelta(minutes=1)


def keep_out(who: Any, now: Any, step: str = "out_of_club", days: int = 90) -> Measure:
    """Have two people decide so, after something milder was tried."""
    Measure.objects.create(
        customer_id=who, step="no_offers", state="in_force", reason="x", evidence=[{}],
        proposed_by="user:1", proposed_at=now - timedelta(days=60), decision="x",
        decided_by="user:2", decided_at=now - timedelta(days=60),
        ends_on=now.date() - timedelta(days=10),
    )  # fmt: skip
    row = open_measure(
        customer_id=who, step=step, reason="پس می‌آورد", by="user:1",
        evidence=[{"segment": "serial_returner"}], actor=None, now=now,
    )  # fmt: skip
    return decide_measure(
        measure_id=row.id, accept=True, note="دیدیم", by="user:2", actor=None, now=now,
        ends_on=now.date() + timedelta(days=days),
    )  # fmt: skip


def earned(purchase_id: Any) -> int:
    return Lot.objects.get(id=purchase_id).earned_points


def test_they_earn_nothing_keep_what_they_have_and_may_spend_it(sell, now):
    first = sell(3_700_000, at=now - MINUTE)
    who = buyer(first)
    keep_out(who, now)
    assert Program.objects.get().has_leavers
    later = sell(2_000_000, at=now + MINUTE)
    assert (earned(first), earned(later), balance()) == (37, 0, 37)
    entry = LedgerEntry.objects.get(kind=EntryKind.EARN, purchase=later)
    assert "بیرون از باشگاه" in sentence_of(entry)
    assert receipt_facts([later], now + MINUTE)[later].points.earned == 0
    seen = preview(total_rial=10**6, eligible_rial=10**6, customer_id=who, now=now + MINUTE)
    assert (seen.earn_points, seen.balance_points) == (0, 37)
    assert seen.spendable_points > 0
    held = reserve_redemption(customer_id=who, points=10, now=now + MINUTE)
    commit_redemption(redemption_id=held.id, purchase_id=later, now=now + MINUTE)
    assert balance() == 27


def test_what_was_bought_before_earns_however_late_it_is_told(sell, now):
    who = buyer(sell(1_000_000, at=now - timedelta(days=2)))
    keep_out(who, now)
    assert earned(sell(1_000_000, at=now - timedelta(days=1))) == 10


@pytest.mark.parametrize("milder", ["no_offers", "short_returns"])
def test_a_milder_measure_leaves_points_alone(sell, now, milder):
    keep_out(buyer(sell(1_000_000, at=now - MINUTE)), now, step=milder)
    assert not Program.objects.get().has_leavers
    assert earned(sell(1_000_000, at=now + MINUTE)) == 10


@given(day=st.integers(0, 40), lifted=st.none() | st.integers(0, 40), appealed=st.booleans())
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_holds_to_its_day_and_no_longer(day, lifted, appealed, sell, now):
    """Expiry, a lifting and an appeal nobody answers: derived at each moment."""
    Measure.objects.all().delete()
    who = buyer(sell(1_000_000, at=now - MINUTE))
    row = keep_out(who, now, days=30)
    if appealed:
        appeal_measure(measure_id=row.id, words="نه", actor=None, now=now)
    if lifted is not None:
        lift_measure(measure_id=row.id, actor=None, now=now + timedelta(days=lifted))
    at = now + timedelta(days=day) + MINUTE
    last = min(30, ANSWER_DAYS) if appealed and lifted is None else 30
    kept = lifted is None and day <= last
    assert gets_nothing(who, at) == kept
    assert (earned(sell(1_000_000, at=at)) == 0) == kept


def test_rules_beside_the_rate_give_them_nothing_either(sell, now):
    put(bonus(), now=now)
    who = buyer(sell(1_000_000, at=now - MINUTE))
    keep_out(who, now)
    later = sell(1_000_000, at=now + MINUTE)
    assert earned(later) == 0
    assert LedgerEntry.objects.get(kind=EntryKind.EARN, purchase=later).data == {"away": True}


def test_who_paid_for_a_membership_has_it_to_its_end(sell, now):
    who = buyer(sell(1_000_000, at=now - MINUTE))
    plan = MembershipPlan.objects.create(
        name="طلایی", price_rial=900_000, multiplier_num=2, created_at=now
    )
    held = PaidMembership.objects.create(
        plan=plan, customer_id=who, state=MembershipState.ACTIVE, created_at=now,
        anchor_day=1, paid_until=now.date() + timedelta(days=20), perks_from=now - MINUTE,
        perks_until=now + timedelta(days=20),
    )  # fmt: skip
    keep_out(who, now)
    held.refresh_from_db()
    assert not held.renews
    assert earned(sell(1_000_000, at=now + MINUTE)) == 20
    assert earned(sell(1_000_000, at=now + timedelta(days=21))) == 0
    # It was made here without the period it was paid for.
    PaidMembership.objects.all().delete()


def test_gifts_of_the_programme_ask_who_is_out(sell, now, django_assert_num_queries):
    """Who left and who is kept out; nothing is asked where nobody ever was."""
    one = buyer(sell(1_000_000, at=now - MINUTE))
    wallets = list(Wallet.objects.all())
    with django_assert_num_queries(0):
        assert out_of_club(wallets, has_leavers=False, now=now) == frozenset()
    keep_out(one, now)
    assert out_of_club(wallets, has_leavers=True, now=now) == {one}
    assert benefits_of(one, now) == []
    assert shut_out([]) == shut_out([(None, now)]) == set()
    assert shut_out([(one, now), (one, now - MINUTE)]) == {(one, now)}


def test_they_may_leave_and_the_terms_may_change_meanwhile(sell, now):
    who = buyer(sell(1_000_000, at=now - MINUTE))
    keep_out(who, now)
    update_program(changes={"pending_days": 7}, actor=None, now=now)
    assert earned(sell(1_000_000, at=now + MINUTE)) == 0
    leave_club(customer_id=who, way=ExitWay.OWN_PAGE, now=now + MINUTE)
    assert (balance(), gets_nothing(who, now)) == (0, True)
