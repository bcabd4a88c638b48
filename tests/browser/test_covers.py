"""A gift card and a coupon for part of a payment, in a real browser (C031, C050)."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.tenancy import acting_for
from customers.models import Tender
from customers.operations import CustomerHint, NewLine
from payments.models import Payment
from payments.operations import create_payment
from payments.queries import pay_url
from tests.loyalty.coupons.conftest import make
from tests.loyalty.gift_cards.conftest import issue_cards


@pytest.fixture
def asked(site, business):
    """Return where to pay for a basket, a coupon's code and a gift card's."""
    now = timezone.now()
    lines = [
        NewLine(name="قهوهٔ برزیل، یک کیلو", unit_price_rial=9_000_000),
        NewLine(name="فنجان", quantity=2, unit_price_rial=1_500_000),
    ]
    with acting_for(business.id):
        card = issue_cards(now, 5_000_000).codes[0]
        make(now, percent=10)
        made = create_payment(
            external_id="order-9",
            amount_rial=12_000_000,
            description="سفارش ۹",
            customer=CustomerHint(mobile="09121234567"),
            lines=lines,
            now=now,
        )
    return pay_url(made.pay_token), "YALDA", card


def use_code(tab: Page, code: str) -> None:
    """Open the field where it is closed, and use a code."""
    if not tab.locator("#code").is_visible():
        tab.locator(".code-entry summary").click()
    tab.fill("#code", code)
    tab.locator(".code-entry button").click()


def test_the_bank_is_asked_for_what_is_left(tab, asked, business):
    address, coupon, card = asked
    tab.goto(address)
    use_code(tab, "NO-SUCH-CODE")
    expect(tab.locator("#code-error")).to_be_visible()
    use_code(tab, coupon)
    expect(tab.get_by_role("heading", level=1)).to_contain_text("۱٬۰۸۰٬۰۰۰")
    use_code(tab, card)
    expect(tab.get_by_role("heading", level=1)).to_contain_text("۵۸۰٬۰۰۰")
    tab.click("#pay-button")
    tab.wait_for_url("**/pg/StartPay/**")
    tab.check("input[name=card][value=success]")
    tab.click("button.primary")
    tab.wait_for_url("**/receipt/")
    expect(tab.locator("#standing")).to_have_attribute("data-state", "settled")
    expect(tab.locator(".covers")).to_contain_text("۵۰۰٬۰۰۰")
    with acting_for(business.id):
        assert Payment.objects.get().amount_rial == 5_800_000
        told = sorted(Tender.objects.values_list("method", "amount_rial"))
    assert told == [("gateway", 5_800_000), ("gift_card", 5_000_000)]


def test_what_is_taken_off_is_to_be_paid_again(tab, asked):
    address, _coupon, card = asked
    tab.goto(address)
    use_code(tab, card)
    tab.locator(".covers button").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("۱٬۲۰۰٬۰۰۰")
