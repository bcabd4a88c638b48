"""Promised prices over HTTP, and the page of one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.tenancy import acting_for
from payments.models import Payment
from payments.operations import withdraw_quote


@pytest.fixture
def body():
    """Return what a program sends."""
    return {
        "title": "مبل سه‌نفره",
        "valid_to": (timezone.now() + timedelta(days=7)).isoformat(),
        "lines": [{"name": "مبل", "sku": "SF3", "unit_price": 90_000_000, "discount": 5_000_000}],
    }


@pytest.mark.django_db
def test_a_price_is_promised_shown_paid_and_withdrawn(shop, api, body):
    made = api("post", "quotes", body).json()
    assert (made["status"], made["amount"], made["lines"][0]["total"]) == (
        "open",
        85_000_000,
        85_000_000,
    )
    assert made["url"].startswith("http://vafa.test/q/")
    assert made["created_by"].startswith("api_key:")
    asked = api("post", f"quotes/{made['id']}/payment", {"mobile": "09121234567"})
    assert asked.status_code == 201
    shown = api("get", f"quotes/{made['id']}").json()
    assert shown["payment_id"] == asked.json()["payment_id"]
    back = api("post", f"quotes/{made['id']}/withdraw").json()
    assert (back["status"], back["payment_id"]) == ("withdrawn", None)
    again = api("post", f"quotes/{made['id']}/payment", {"mobile": "09121234567"})
    assert (again.status_code, again.json()["code"]) == (409, "quote_withdrawn")
    assert again["Content-Type"].startswith("application/problem+json")


@pytest.mark.django_db
def test_one_idempotency_key_is_one_promise(shop, api, body):
    first = api("post", "quotes", body, key="q-1").json()
    assert api("post", "quotes", body, key="q-1").json() == first
    assert len(api("get", "quotes").json()["data"]) == 1


@pytest.mark.django_db
def test_the_list_pages_and_filters(shop, api, body):
    ids = [api("post", "quotes", body).json()["id"] for _n in range(3)]
    api("post", f"quotes/{ids[0]}/withdraw")
    page = api("get", "quotes?limit=2").json()
    rest = api("get", f"quotes?limit=2&cursor={page['next_cursor']}").json()
    assert [row["id"] for row in (*page["data"], *rest["data"])] == ids[::-1]
    assert [row["id"] for row in api("get", "quotes?status=withdrawn").json()["data"]] == ids[:1]
    assert api("get", "quotes?status=nonsense").json()["code"] == "invalid_status"


@pytest.mark.django_db
def test_refusals_name_their_field_in_persian(shop, api, body):
    answer = api("post", "quotes", body | {"amount": 85_000_001})
    assert (answer.status_code, answer.json()["code"]) == (422, "lines_mismatch")
    assert "ریال" in answer.json()["detail"]
    late = api("post", "quotes", body | {"valid_to": "2020-01-01T00:00:00+03:30"}).json()
    assert (late["code"], list(late["errors"])) == ("invalid_validity", ["valid_to"])


@pytest.mark.django_db
def test_the_public_page_promises_and_leads_to_the_pay_page(shop, api, body):
    made = api("post", "quotes", body).json()
    visitor, address = Client(), made["url"].removeprefix("http://vafa.test")
    page = visitor.get(address).content.decode()
    assert "۸٬۵۰۰٬۰۰۰" in page
    assert "روز مانده" in page
    assert "۵۰۰٬۰۰۰" in page
    assert visitor.post(address, {"mobile": "12"}).status_code == 422
    went = visitor.post(address, {"mobile": "۰۹۱۲۱۲۳۴۵۶۷"})
    assert went.status_code == 303
    with acting_for(shop.business.id):
        assert went["Location"].endswith(f"/p/{Payment.objects.get().pay_token}/")
        withdraw_quote(quote_id=made["id"], now=timezone.now())
    over = visitor.get(address).content.decode()
    assert "pay-button" not in over
    assert "پس گرفته" in over
    assert b"<svg" in visitor.get(f"{address}qr.svg").content


@pytest.mark.django_db
def test_an_ended_price_says_so(shop, promiser):
    quote = promiser.see(promiser.make()).quote
    page = Client().get(f"/q/{quote.token}/").content.decode()
    assert "pay-button" not in page
    assert "دیگر معتبر نیست" in page
