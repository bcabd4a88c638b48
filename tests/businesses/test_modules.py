"""Parts of the product switched off and on by their owner (capability C090)."""

from datetime import date

import pytest
from django.utils import timezone

from businesses.enums import Module
from businesses.models import AuditEntry
from businesses.operations.modules import switch_modules
from businesses.queries.modules import module_of, module_routes
from businesses.queries.tenants import forget_business
from core.errors import Problem
from core.tenancy import acting_for
from loyalty.models import GiftCard
from loyalty.operations import sweep as sweeping
from loyalty.operations.gift_cards import NewGiftCards, issue_gift_cards
from loyalty.operations.sweep import sweep_business
from tests.house.addresses import addresses


@pytest.fixture(autouse=True)
def _fresh():
    yield
    forget_business()


def switch(business, *off, now=None):
    with acting_for(business.id):
        switch_modules(off=off, actor=None, now=now or timezone.now())
    forget_business()


def test_every_part_has_addresses_and_every_beginning_leads_somewhere():
    """A renamed page cannot slip out of its part unseen."""
    routes = [one.route for one in addresses()]
    assert set(module_routes().values()) == set(Module)
    for start in module_routes():
        assert any(route == start or route.startswith(f"{start}/") for route in routes), start


def test_an_address_belongs_to_the_part_it_begins_with():
    assert module_of("api/v1/gift-cards/<uuid:gift_card_issue_id>") is Module.GIFT_CARDS
    assert module_of("b/<slug:slug>/customers/<uuid:customer_id>/goodwill/") is Module.GOODWILL
    assert module_of("api/v1/gift-cardsx") is None
    assert module_of("b/<slug:slug>/customers/") is None


def test_what_is_off_is_in_no_api_and_what_it_wrote_stays(api, business):
    """Capability C090."""
    made = api.post("gift-cards", {"name": "عید", "amount": 500_000, "last_day": "2030-01-01"})
    assert made.status_code == 201, made.json()
    told = api("PATCH", "settings", {"modules": {"gift_cards": False}})
    assert (told.status_code, told.json()["code"]) == (409, "module_in_use")
    assert api.post(f"gift-cards/{made.json()['id']}/take-back").status_code == 200
    told = api("PATCH", "settings", {"modules": {"gift_cards": False}})
    assert told.status_code == 200
    assert told.json()["modules"]["gift_cards"] is False
    forget_business()
    refused = api.get("gift-cards")
    assert (refused.status_code, refused.json()["code"]) == (403, "module_off")
    assert api.get("coupons").status_code == 200
    with acting_for(business.id):
        assert GiftCard.objects.count() == 1
    api("PATCH", "settings", {"modules": {"gift_cards": True}})
    forget_business()
    assert api.get("gift-cards").status_code == 200


def test_settings_are_read_and_changed_over_http(api, business):
    """Capability C090: the business's particulars, without touching what is not named."""
    before = api.get("settings").json()
    assert before["modules"] == {module.value: True for module in Module}
    after = api("PATCH", "settings", {"name": "کافهٔ نو", "phone": "021"}).json()
    assert after == before | {"name": "کافهٔ نو", "phone": "021"}
    wrong = api("PATCH", "settings", {"modules": {"nonsense": False}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown_module")


def test_what_customers_hold_cannot_be_switched_off(business, now):
    """Money on cards stays spendable: the promise is worth more than the switch."""
    with acting_for(business.id):
        new = NewGiftCards(name="عید", amount_rial=500_000, last_day=date(2030, 1, 1))
        issue_gift_cards(new=new, by="t", now=now)
    with pytest.raises(Problem) as caught:
        switch(business, Module.GIFT_CARDS, now=now)
    assert (caught.value.code, caught.value.extra) == ("module_in_use", {"module": "gift_cards"})


def test_switching_is_written_down_once(business, now):
    switch(business, Module.LEADS, Module.CAMPAIGNS, now=now)
    switch(business, Module.CAMPAIGNS, Module.LEADS, now=now)
    with acting_for(business.id):
        [row] = AuditEntry.objects.filter(action="modules.switched")
    assert row.data == {"off": ["campaigns", "leads"], "before": []}


def test_workers_leave_a_part_that_is_off_alone(business, now, monkeypatch):
    """Due work of it waits, and nothing of it is lost."""
    done = []

    def spy(*, now):
        done.append(now)
        return 0

    monkeypatch.setattr(sweeping, "_STEPS", (*sweeping._STEPS, spy))
    monkeypatch.setattr(sweeping, "_OF_MODULES", {spy: Module.OCCASIONS})
    switch(business, Module.OCCASIONS, now=now)
    with acting_for(business.id):
        sweep_business(now=now)
    assert done == []
    switch(business, now=now)
    with acting_for(business.id):
        sweep_business(now=now)
    assert done == [now]


def test_r38_the_weekend_is_read_and_chosen_over_http(api):
    assert api.get("settings").json()["weekend"] == [6]
    assert api("PATCH", "settings", {"weekend": [6, 5]}).json()["weekend"] == [5, 6]
    assert api("PATCH", "settings", {"weekend": []}).json()["weekend"] == []
    for wrong in ([7], [0, 1, 2, 3], ["0"]):
        assert api("PATCH", "settings", {"weekend": wrong}).status_code in {400, 422}
