"""The page of what sales tell (capability C016)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from businesses.enums import Role
from core.tenancy import acting_for
from customers.models import ContextField

pytestmark = pytest.mark.django_db
OWN = {"title_fa": "میز", "key": "table", "kind": "text"}


def test_c016_a_field_is_defined_changed_and_put_away(shop, owner_client, text_of, business):
    address = shop.url("settings/sale-fields/")
    empty = text_of(owner_client.get(address))
    assert "تا نگویید چه چیزهایی هست" in empty
    assert "فیلدی از خودتان" in empty
    assert owner_client.post(address, OWN).status_code == 302
    with acting_for(business.id):
        row = ContextField.objects.get()
    shown = text_of(owner_client.get(address))
    # The attribute of the café's own preset that learns from it.
    assert "میز همیشگی" in shown
    one = shop.url(f"settings/sale-fields/{row.id}/")
    assert "میز" in text_of(owner_client.get(one))
    assert owner_client.post(one, {"title_fa": ""}).status_code == 422
    assert owner_client.post(one, {"title_fa": "جای نشستن"}).status_code == 302
    assert owner_client.post(one, {"action": "off"}).status_code == 302
    with acting_for(business.id):
        row.refresh_from_db()
    assert (row.title_fa, row.is_active) == ("جای نشستن", False)


def test_c016_what_is_wrong_is_said_beside_the_field(shop, owner_client):
    address = shop.url("settings/sale-fields/")
    owner_client.post(address, OWN)
    again = owner_client.post(address, OWN)
    assert again.status_code == 422
    assert "این نام پیش‌تر به کار رفته است." in again.content.decode()


def test_c016_a_trade_is_laid_out_by_a_button(shop, owner_client, business):
    address = shop.url("settings/sale-fields/")
    assert owner_client.post(address, {"action": "preset", "trade": "toys"}).status_code == 302
    assert owner_client.post(address, {"action": "preset", "trade": "banks"}).status_code == 404
    with acting_for(business.id):
        keys = set(ContextField.objects.values_list("key", flat=True))
    assert keys == {"child_age", "child_gender", "gift"}


def test_c016_a_cashier_does_not_see_it(shop, client_as):
    assert client_as(Role.CASHIER).get(shop.url("settings/sale-fields/")).status_code == 403


def test_c016_the_page_costs_the_same_for_one_and_for_three(shop, owner_client):
    address = shop.url("settings/sale-fields/")
    owner_client.post(address, OWN)
    one = _queries(owner_client, address)
    for key in ("guests", "size"):
        owner_client.post(address, OWN | {"key": key})
    assert _queries(owner_client, address) == one


def _queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
