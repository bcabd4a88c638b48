"""One odd name or one broken campaign holds nobody else up."""

from importlib import import_module

import pytest

from core.tenancy import acting_for, active_business_id
from customers.models import Customer
from tests.campaigns.conftest import Shop

module = import_module("campaigns.operations.sweep")
pytestmark = pytest.mark.django_db


def treated(shop, campaign):
    return sum(member.arm == "treatment" for member in shop.members(campaign))


def test_a_name_without_end_does_not_stop_the_campaign(crowd, now):
    with acting_for(crowd.business.id):
        Customer.objects.update(name="س" * 200)
    campaign = crowd.draft(now, body="سلام {name}! " * 5)
    crowd.send(campaign, now)
    crowd.sweep(now)
    assert len(crowd.messages()) == treated(crowd, campaign) > 0


def test_a_broken_campaign_does_not_stop_those_of_others(
    crowd, other_business, as_role, now, monkeypatch
):
    other = Shop(other_business, as_role)
    other.sell(now, range(20))
    other.agree(now, range(20))
    other.score(now)
    queue_batch = module.queue_batch

    def break_down(**asked):
        if active_business_id() == crowd.business.id:
            raise LookupError("broken on purpose")
        return queue_batch(**asked)

    drafts = [shop.draft(now) for shop in (crowd, other)]
    for shop, campaign in zip((crowd, other), drafts, strict=True):
        shop.send(campaign, now)
    monkeypatch.setattr(module, "queue_batch", break_down)
    crowd.sweep(now)
    assert crowd.messages() == []
    assert len(other.messages()) == treated(other, drafts[1]) > 0
