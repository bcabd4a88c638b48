"""A friend brought is engagement too, where the owner counts it (C065)."""

from loyalty.enums.engagement import EngagementKind
from loyalty.models import Engagement
from loyalty.queries.invariants import broken
from tests.loyalty.conftest import FAR
from tests.loyalty.engagement.test_engagement import count
from tests.loyalty.referrals.conftest import FRIEND, WEEK, points, tick


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
