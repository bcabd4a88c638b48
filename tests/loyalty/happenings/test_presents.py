"""Presents after something that is no purchase: theirs alone, taken back with it (N8, R41, R49)."""

from uuid import UUID

from loyalty.enums import CardState
from loyalty.models import Coupon, GiftCard, RuleMeter, RulePoints, RulePresent
from loyalty.operations.engagement import take_engagement_back
from loyalty.queries.rules.presents import presents_of_customer
from tests.loyalty.coupons.conftest import make
from tests.loyalty.engagement.test_engagement import START
from tests.loyalty.happenings.conftest import after, points, tell
from tests.loyalty.rules.conftest import bonus, put

FOLLOW = {"after": ("follow",)}


def card(rial=200_000, **more):
    present = {"worth_rial": rial, "days": 30}
    return bonus("gift_card", 1, name="کارت سپاس", present=present, when=FOLLOW, **more)


def test_a_gift_card_is_given_told_and_taken_back_with_what_it_was_given_for(sara):
    put(card(budget_rial=500_000), after(points=4), now=START)
    row = tell(sara)
    [seen] = presents_of_customer(sara, live_at=START)
    assert (seen.worth_rial, seen.purchase_id, bool(seen.code)) == (200_000, None, True)
    assert "کارت سپاس" in seen.sentence
    assert (points(sara), RuleMeter.objects.get().used) == (4, 200_000)
    take_engagement_back(engagement_id=UUID(row.reference), now=START)
    assert GiftCard.objects.get().state == CardState.VOID
    assert (points(sara), RuleMeter.objects.get().used) == (0, 0)
    assert presents_of_customer(sara, live_at=START) == []
    assert "پس" in presents_of_customer(sara)[0].sentence


def test_a_budget_gives_no_more_presents_than_it_holds(sara):
    put(card(budget_rial=500_000), now=START)
    for n in range(4):
        tell(sara, f"f-{n}")
    assert (GiftCard.objects.count(), RuleMeter.objects.get().used) == (2, 400_000)


def test_a_coupon_of_a_pool_is_its_owners_and_an_item_makes_its_own_pool(sara):
    pool = make(START, name="ده درصد", most_rial=50_000, code="", count=1)
    put(
        bonus("coupon", 1, name="کوپن", present={"pool": pool.pool_id}, when=FOLLOW),
        bonus(
            "item", 1, present={"category": "شیرینی", "worth_rial": 9_000}, when=FOLLOW, name="کیک"
        ),
        now=START,
    )
    row = tell(sara)
    assert Coupon.objects.filter(pool=pool.pool_id).count() == 2
    kept = RulePresent.objects.filter(happening=row.id)
    assert {one.effect for one in kept} == {"coupon", "item"}
    assert not RulePoints.objects.exists()
    assert row.facts[0]["presents"] == 1
    assert all(one.purchase_id is None for one in kept)
