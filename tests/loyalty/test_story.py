"""What loyalty leaves in a customer's story, once however often it is delivered."""

from customers.queries import timeline
from loyalty.events import PointsAdjusted, PointsRedeemed, TierChanged
from loyalty.operations import adjust_points, commit_redemption, reserve_redemption
from loyalty.subscribers import story
from outbox.events import Recorded
from outbox.models import Event
from tests.loyalty.conftest import buyer

HEARD = (
    (TierChanged, story.note_tier),
    (PointsRedeemed, story.note_redemption),
    (PointsAdjusted, story.note_adjustment),
)


def test_tiers_spending_and_corrections_are_told_once(sell, acting, now):
    customer = buyer(sell(31_000_000))
    held = reserve_redemption(customer_id=customer, points=30, now=now)
    commit_redemption(redemption_id=held.id, now=now)
    adjust_points(customer_id=customer, points=-5, reason="خطای صندوق", actor=None, now=now)
    for _twice in range(2):
        for kind, handler in HEARD:
            event = Event.objects.get(name=kind.name)
            body = kind.from_payload(event.payload)
            handler(Recorded(event.id, acting.id, event.at, body), now=now)
    told = {moment.kind: moment.data for moment in timeline(customer)}
    del told["purchase"]
    assert told == {
        "tier": {"tier": "نقره‌ای", "up": True},
        "points_redeemed": {"points": 30, "value_rial": 30_000},
        "points_adjusted": {"points": -5, "reason": "خطای صندوق"},
    }
    assert len(timeline(customer)) == 4
