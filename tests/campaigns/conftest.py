"""A business with customers who agreed to offers, and a segment to write to."""

from datetime import timedelta

import pytest

from campaigns.models import Campaign, CampaignMember
from campaigns.operations import CampaignPlan, create_campaign, send_campaign, sweep
from campaigns.queries import results
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, NewPurchase, record_purchases
from messaging.models import Message
from messaging.operations import record_consents
from segmentation.operations import score_business

DAY = timedelta(days=1)


def mobile(n):
    return f"0912{n:07}"


class Shop:
    """Sells, scores, writes to people, measures."""

    def __init__(self, business, as_role):
        self.business = business
        self.as_role = as_role
        self.sold = 0

    def sell(self, when, numbers, *, rial=1_000_000):
        """Sell once to each customer by number."""
        purchases = [self.purchase(n, when, rial) for n in numbers]
        with acting_for(self.business.id):
            outcomes = record_purchases(purchases=purchases, source="api", now=when)
        assert not [one.error for one in outcomes if one.error]
        return [one.customer_id for one in outcomes]

    def purchase(self, n, when, rial):
        self.sold += 1
        return NewPurchase(
            external_id=f"inv-{self.sold}",
            channel="pos",
            occurred_at=when,
            customer=CustomerHint(mobile=mobile(n), name=f"مشتری{n} تهرانی"),
            lines=(NewLine(unit_price_rial=rial),),
        )

    def agree(self, now, numbers, *, granted=True):
        with acting_for(self.business.id):
            record_consents(
                addresses=[f"+98{mobile(n)[1:]}" for n in numbers],
                purpose="marketing",
                granted=granted,
                source="till",
                now=now,
            )

    def score(self, now):
        with acting_for(self.business.id):
            score_business(now=now)

    def draft(self, now, **plan):
        fields = {"name": "پاییز", "body": "سلام {name} عزیز، قهوهٔ پاییزی رسید."}
        with acting_for(self.business.id):
            return create_campaign(plan=CampaignPlan(**fields | plan), now=now)

    def send(self, campaign, now):
        with acting_for(self.business.id):
            return send_campaign(campaign_id=campaign.id, now=now)

    def sweep(self, now):
        with self.as_role("vafa_worker"):
            return sweep(now=now)

    def get(self, campaign):
        with acting_for(self.business.id):
            return Campaign.objects.get(id=campaign.id)

    def members(self, campaign):
        with acting_for(self.business.id):
            return list(CampaignMember.objects.filter(campaign_id=campaign.id))

    def messages(self):
        with acting_for(self.business.id):
            return list(Message.objects.filter(purpose="marketing"))

    def results(self, campaign, now):
        with acting_for(self.business.id):
            return results(campaign=Campaign.objects.get(id=campaign.id), now=now)


@pytest.fixture
def shop(business, as_role) -> Shop:
    return Shop(business, as_role)


@pytest.fixture
def crowd(shop, now):
    """Return a shop with two hundred customers, all of whom agreed to offers."""
    shop.customers = shop.sell(now - 30 * DAY, range(200))
    shop.agree(now - 20 * DAY, range(200))
    shop.score(now)
    return shop
