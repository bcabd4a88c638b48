"""A friend brought is engagement too, where the owner counts it (C065)."""

from loyalty.enums.engagement import EngagementKind
from loyalty.models import Engagement, Happening, RuleMeter
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.engagement.test_engagement import count
from tests.loyalty.happenings.conftest import after
from tests.loyalty.referrals.conftest import FRIEND, WEEK, points, tick
from tests.loyalty.rules.conftest import put


def test_a_friend_brought_counts_and_a_return_takes_it_back(anna, code, buy, now, take_return):
    count(EngagementKind.REFERRAL, 10, 3, at=now)
    bought = buy(FRIEND, code=code)
    before = points(anna)
    tick(now + WEEK)
    row = Engagement.objects.get()
    assert (row.customer_id, row.points, points(anna)) == (anna, 10, before + 60)
    take_return(bought.purchase_id, at=now + WEEK)
    row.refresh_from_db()
    assert row.taken_back_at is not None
    assert points(anna) == before
    assert broken(now + FAR) == []


def test_n8_a_rule_after_a_friend_brought_is_taken_back_by_the_same_return(
    anna, code, buy, now, take_return
):
    """N8, R49: in the transaction of the return; the budget of the rule gets it back."""
    put(after("referral", points=7, budget_rial=100_000), now=now)
    bought = buy(FRIEND, code=code)
    before = points(anna)
    tick(now + WEEK)
    assert points(anna) == before + 50 + 7
    assert RuleMeter.objects.get().used == 7_000
    take_return(bought.purchase_id, at=now + WEEK)
    assert points(anna) == before
    assert RuleMeter.objects.get().used == 0
    assert Happening.objects.get().taken_back_at is not None
    assert broken(now + FAR) == []
