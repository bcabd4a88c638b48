"""Pages and menu of parts an owner switched off (capability C090)."""

import pytest

from businesses.enums import Module
from businesses.queries.tenants import forget_business
from core.tenancy import acting_for
from feedback.models import SurveyInvitation


@pytest.fixture
def off(shop, owner_client):
    def switch(*names):
        kept = [one.value for one in Module if one.value not in names]
        answer = owner_client.post(shop.url("settings/?section=modules"), {"modules": kept})
        forget_business()
        return answer

    yield switch
    forget_business()


def test_an_owner_switches_parts_off_and_on(shop, owner_client, off):
    page = owner_client.get(shop.url("settings/?section=modules")).content.decode()
    assert "قیمت‌های تضمینی" in page
    assert page.count('name="modules"') == len(Module)
    assert off("referrals", "campaigns").status_code == 302
    menu = owner_client.get(shop.url("customers/")).content.decode()
    assert shop.url("referrals/") not in menu
    assert shop.url("coupons/") in menu
    for path in ("referrals/", "campaigns/", "campaigns/new/"):
        assert owner_client.get(shop.url(path)).status_code == 404
    off()
    assert owner_client.get(shop.url("referrals/")).status_code == 200


def test_nobody_is_asked_while_surveys_are_off(shop, off):
    """The receipt of a sale has no survey, and nobody is invited."""
    off("surveys")
    shop.sell()
    with acting_for(shop.business.id):
        assert not SurveyInvitation.objects.exists()
    off()
    shop.sell("09121234568")
    with acting_for(shop.business.id):
        assert SurveyInvitation.objects.exists()
