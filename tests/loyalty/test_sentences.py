"""Every entry's sentence yields its number again (N19)."""

from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_id
from core.spelling import times, toman
from loyalty.enums import EntryKind
from loyalty.models import LedgerEntry
from loyalty.operations import (
    adjust_points,
    commit_redemption,
    earn_instalment,
    expire_due,
    release_redemption,
    reserve_redemption,
    sweep_business,
    take_back_instalment,
    update_program,
    update_rule,
    update_tiers,
)
from loyalty.operations.levels import TierPlan
from loyalty.queries import wallet_view
from loyalty.queries.explain import _SENTENCES, explain
from tests.loyalty.conftest import FAR, buyer
from tests.loyalty.sentences import computed, moved, numbers, sentence_of

TIERS = [TierPlan("یک", 0), TierPlan("دو", 1_000_000, 4, 3), TierPlan("سه", 50_000_000, 5, 4)]


def test_every_kind_has_a_sentence():
    assert set(_SENTENCES) == set(EntryKind)


def test_a_history_of_every_kind_can_be_computed_from_its_sentences(sell, take_return, acting, now):
    """Tiers of awkward factors, caps, minimums, odd rials, returns below zero, instalments."""
    update_tiers(plans=TIERS, actor=None, now=now)
    update_rule(
        points_num=3, points_den=70_001, minimum_rial=500, cap_points=900, actor=None, now=now
    )
    waiting = sell(1_234_567, customer=None)
    first = sell(999_999)
    customer = buyer(first)
    sold = [sell(rial) for rial in (499, 501, 69_999, 1_000_007, 49_000_003, 90_000_001)]
    held = reserve_redemption(customer_id=customer, points=30, now=now)
    release_redemption(redemption_id=held.id, now=now)
    everything = wallet_view(customer, now).balance_points
    held = reserve_redemption(customer_id=customer, points=everything, now=now)
    commit_redemption(redemption_id=held.id, purchase_id=sold[3], now=now)
    for rial in (333_333, 333_333, 333_333):
        take_return(first, rial)
    take_return(waiting, 400_000)
    take_return(sold[5], 77_777_777)
    take_return(sold[4])
    sell(3_000_000)
    update_program(changes={"correct_alone_points": 9_000}, actor=None, now=now)
    adjust_points(customer_id=customer, points=9_000, reason="هدیه", actor=None, now=now)
    adjust_points(customer_id=customer, points=-7, reason="خطا", actor=None, now=now)
    instalment = new_id()
    earn_instalment(
        payment_id=instalment, customer_id=customer, base_rial=2_345_678, number=2, now=now
    )
    take_back_instalment(payment_id=instalment, now=now)
    update_program(changes={"pending_days": 1}, actor=None, now=now)
    sell(2_000_000)
    sweep_business(now=now + FAR / 2)
    expire_due(now=now + FAR / 2)
    entries = list(LedgerEntry.objects.all())
    # Merging, writing off and gifts are computed elsewhere: merging/, test_plain_machine.py,
    # referrals/, goodwill/, leaving/, test_return_waits.py.
    elsewhere = {
        EntryKind.CLAIM,
        EntryKind.MERGE,
        EntryKind.UNMERGE,
        EntryKind.WRITEOFF,
        EntryKind.GIFT,
        EntryKind.GOODWILL,
        EntryKind.LEFT,
        EntryKind.REJOIN,
        EntryKind.PART,
    }
    assert {entry.kind for entry in entries} == set(EntryKind) - elsewhere
    wrong = [
        (sentence_of(entry), entry.data)
        for entry in entries
        if computed(entry) != moved(entry) and not entry.data.get("lapsed")
    ]
    assert wrong == []


@pytest.mark.parametrize(("num", "den"), [(4, 3), (3, 2), (2, 1), (101, 100), (1001, 1000), (7, 6)])
def test_a_factor_is_told_exactly(num, den):
    with translation.override("fa"):
        assert numbers(times(num, den)) == [Fraction(num, den)]


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_any_factor_is_told_exactly(num, den):
    with translation.override("fa"):
        assert numbers(times(num, den)) == [Fraction(num, den)]


@given(st.integers(0, 10**15))
def test_no_rial_is_lost_in_a_sentence(rial):
    with translation.override("fa"):
        assert numbers(toman(rial)) == [Fraction(rial, 10)]


def test_a_return_tells_how_its_points_came_about(sell, take_return):
    """R17: 37 points in thirds, each third with its own sum."""
    purchase_id = sell(3_700_002)
    for _third in range(3):
        take_return(purchase_id, 1_233_334)
    rows = LedgerEntry.objects.filter(kind="clawback").order_by("id")
    with translation.override("fa"):
        told = [explain(row) for row in rows]
    shares = [[int(one) for one in numbers(text)[-3:]] for text in told]
    assert shares == [[12, 37, 0], [24, 37, 12], [37, 37, 24]]
    assert [int(numbers(text)[0]) for text in told] == [12, 12, 13]
