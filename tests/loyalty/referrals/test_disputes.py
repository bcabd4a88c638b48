"""A friend's first purchase turns out to be somebody else's (N1, R27)."""

import pytest

from loyalty.enums import ReferralState
from loyalty.operations.disputes import decide_dispute, dispute_purchase
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.referrals.conftest import FRIEND, WEEK, only, points, tick


def disown(bought, now):
    told = dispute_purchase(
        customer_id=bought.customer_id, purchase_id=bought.purchase_id, words="", now=now
    )
    decide_dispute(dispute_id=told, is_theirs=False, answer="", actor=None, now=now)


def test_n1_both_give_back_what_they_got_for_it(anna, code, buy, now):
    bought, before = buy(FRIEND, code=code), points(anna)
    tick(now + WEEK)
    assert points(anna) == before + 50
    disown(bought, now + WEEK)
    assert only().state == ReferralState.TAKEN_BACK
    assert (points(anna), points(bought.customer_id)) == (before, 0)
    assert broken(now + FAR) == []


@pytest.mark.parametrize("weeks", [1, 2])
def test_n1_nobody_is_rewarded_for_it(anna, code, buy, now, weeks):
    bought, before = buy(FRIEND, code=code), points(anna)
    disown(bought, now)
    tick(now + weeks * WEEK)
    assert only().state == ReferralState.REFUSED
    assert points(anna) == before
    assert broken(now + FAR) == []
