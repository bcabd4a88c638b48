"""Gift cards and coupons on the pay page and over HTTP."""

import pytest
from django.test import Client

from core.tenancy import acting_for
from payments.models import Payment
from payments.operations import NewLink, create_link, pay_at_link
from tests.loyalty.covers.conftest import BUYER


@pytest.fixture
def browser() -> Client:
    return Client()


def test_the_pay_page_takes_a_code_shows_the_rest_and_lets_go(checkout, browser):
    """Capability C031."""
    code = checkout.card(400_000)
    payment = checkout.ask(1_000_000)
    page = f"/p/{payment.pay_token}/"
    assert "کارت هدیه یا کوپن" in browser.get(page).content.decode()
    assert browser.post(f"{page}cover/", {"code": code})["Location"] == page
    told = browser.get(page).content.decode()
    for text in ("۶۰٬۰۰۰", "۴۰٬۰۰۰", "۱۰۰٬۰۰۰", "برداشتن"):
        assert text in told
    [cover] = checkout.covers(payment)
    browser.post(f"{page}cover/{cover.id}/off/")
    assert checkout.see(payment.id).amount_rial == 1_000_000


def test_a_wrong_code_is_told_beside_the_field(checkout, browser):
    checkout.card()
    payment = checkout.ask()
    answer = browser.post(f"/p/{payment.pay_token}/cover/", {"code": "XYZ-1"})
    told = answer.content.decode()
    assert answer.status_code == 409
    assert 'aria-invalid="true"' in told
    assert "XYZ-1" in told


def test_a_purchase_covered_whole_is_finished_by_a_button(checkout, browser):
    payment = checkout.ask(300_000)
    page = f"/p/{payment.pay_token}/"
    browser.post(f"{page}cover/", {"code": checkout.card(500_000)})
    told = browser.get(page).content.decode()
    assert "finish-button" in told
    assert "pay-button" not in told
    answer = browser.post(f"{page}finish/", follow=True)
    receipt = answer.content.decode()
    assert checkout.see(payment.id).state == "settled"
    assert "۳۰٬۰۰۰" in receipt
    assert "کارت هدیه" in receipt


def test_a_shop_without_cards_or_coupons_asks_for_no_code(checkout, browser):
    payment = checkout.ask()
    assert "cover/" not in browser.get(f"/p/{payment.pay_token}/").content.decode()


def test_a_payment_links_page_takes_a_card_too(checkout, browser):
    code = checkout.card(400_000)
    with acting_for(checkout.business_id):
        link_id = create_link(link=NewLink(title="کارگاه", amount_rial=500_000), now=checkout.now)
        asked = pay_at_link(link_id=link_id, amount_rial=None, customer=BUYER, now=checkout.now)
        payment = Payment.objects.get(id=asked.id)
    browser.post(f"/p/{payment.pay_token}/cover/", {"code": code})
    checkout.shop.come_back(checkout.shop.pay(checkout.see(payment.id)))
    assert checkout.tenders(payment) == [("gateway", 100_000), ("gift_card", 400_000)]


def test_the_api_covers_tells_what_is_left_and_lets_go(checkout, api):
    """Capabilities C031 and C050 for a shop's own checkout."""
    code = checkout.card(400_000)
    payment = checkout.ask(1_000_000)
    path = f"payments/{payment.id}"
    told = api.post(f"{path}/covers", {"code": code})
    assert told.status_code == 201
    body = told.json()
    assert (body["amount"], body["to_pay"], body["covered"], body["discount"]) == (
        1_000_000,
        600_000,
        400_000,
        0,
    )
    [cover] = body["covers"]
    assert api.post(f"{path}/finish", {}).status_code == 409
    back = api("DELETE", f"{path}/covers/{cover['id']}")
    assert (back.status_code, back.json()["to_pay"]) == (200, 1_000_000)
    assert api.post(f"{path}/covers", {"code": "nothing"}).status_code in {404, 422}
