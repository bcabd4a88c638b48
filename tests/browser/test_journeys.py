"""The journeys people make, from the bank to the owner's page, in a real browser."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.tenancy import acting_for
from customers.models import Purchase
from customers.operations import CustomerHint
from feedback.models import Response
from payments.models import Payment
from payments.operations import create_payment
from payments.queries import pay_url

AMOUNT_RIAL = 12_000_000


@pytest.fixture
def asked(site, business):
    """Return a payment somebody was asked for, and where to pay it."""
    with acting_for(business.id):
        made = create_payment(
            external_id="order-7",
            amount_rial=AMOUNT_RIAL,
            description="سفارش ۷",
            customer=CustomerHint(mobile="09121234567", name="علی‌اکبر کاظمی‌نژاد"),
            now=timezone.now(),
        )
    return pay_url(made.pay_token)


def _pay(tab: Page, address: str) -> None:
    tab.goto(address)
    expect(tab.get_by_role("heading")).to_contain_text("۱٬۲۰۰٬۰۰۰")
    tab.click("#pay-button")
    tab.wait_for_url("**/pg/StartPay/**")
    tab.check("input[name=card][value=success]")
    tab.click("button.primary")
    tab.wait_for_url("**/receipt/")


def test_pay_through_the_bank_and_see_the_receipt_with_points(tab, asked, business):
    _pay(tab, asked)
    expect(tab.locator("#standing")).to_have_attribute("data-state", "settled")
    expect(tab.locator("#points-earned")).to_contain_text("امتیاز")
    with acting_for(business.id):
        assert Payment.objects.get().state == "settled"
        assert Purchase.objects.get().total_rial == AMOUNT_RIAL


def test_the_owner_logs_in_and_finds_that_customer(tab, asked, business, sign_in):
    _pay(tab, asked)
    sign_in()
    tab.get_by_role("link", name="مشتریان", exact=True).first.click()
    tab.fill("#q", "کاظمی")
    tab.get_by_role("link", name="علی‌اکبر کاظمی‌نژاد").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("علی‌اکبر کاظمی‌نژاد")
    expect(tab.get_by_text("خرید ۱٬۲۰۰٬۰۰۰ تومان")).to_be_visible()
    tab.goto(f"/b/{business.slug}/payments/")
    tab.get_by_role("link", name="order-7").click()
    expect(tab.get_by_text("از درگاه تأیید خواستیم")).to_be_visible()


def test_a_refused_card_can_be_tried_again(tab, asked, business):
    tab.goto(asked)
    tab.click("#pay-button")
    tab.wait_for_url("**/pg/StartPay/**")
    tab.click("button.plain")
    tab.wait_for_url("**/receipt/")
    tab.get_by_role("link", name="دوباره امتحان کن").click()
    _pay(tab, asked)
    with acting_for(business.id):
        assert Purchase.objects.count() == 1


def test_the_buyer_answers_the_survey(tab, asked, business, sign_in):
    _pay(tab, asked)
    tab.click("#survey-link")
    tab.get_by_text("۹", exact=True).click()
    tab.fill("#comment", "همه‌چیز عالی بود")
    tab.click("main button[type=submit]")
    expect(tab.get_by_role("main")).not_to_contain_text("بگویید")
    with acting_for(business.id):
        answer = Response.objects.get()
    assert (answer.score, answer.comment) == (9, "همه‌چیز عالی بود")
    sign_in()
    tab.goto(f"/b/{business.slug}/opinions/")
    expect(tab.get_by_text("همه‌چیز عالی بود")).to_be_visible()


def test_a_cashier_sells_by_keyboard_alone(tab, business, sign_in):
    sign_in("cashier")
    for _visit in range(2):
        tab.goto(f"/b/{business.slug}/till/")
        tab.keyboard.type("09121234567")
        tab.keyboard.press("Enter")
        tab.keyboard.type("850000")
        expect(tab.locator("#total")).to_have_text("۸۵۰٬۰۰۰")
        tab.keyboard.press("F9")
        tab.wait_for_url("**/till/receipts/**")
        expect(tab.get_by_text("امتیاز این خرید")).to_be_visible()
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/till/")
    tab.keyboard.type("09121234567")
    tab.keyboard.press("F4")
    expect(tab.locator("#balance")).to_be_visible()
    with acting_for(business.id):
        assert [row.total_rial for row in Purchase.objects.all()] == [8_500_000, 8_500_000]


def test_the_owner_of_another_business_finds_nothing(tab, business, other_business, sign_in):
    sign_in(of=other_business)
    for path in ("", "today/", "customers/", "till/", "settings/"):
        answer = tab.goto(f"/b/{business.slug}/{path}")
        assert answer is not None
        assert answer.status == 404
    expect(tab.get_by_text("اینجا چیزی نیست")).to_be_visible()


def test_signing_up_takes_one_form(tab):
    tab.goto("/signup/")
    tab.fill("[name=business_name]", "کافه نارنج")
    tab.fill("[name=login]", "۰۹۱۲ ۱۲۳ ۴۵۶۷")
    tab.fill("[name=password]", "یک جملهٔ کوتاه و آسان")
    tab.click("main button[type=submit]")
    tab.wait_for_url("**/today/")
    expect(tab.get_by_text("گام‌های نخست شما")).to_be_visible()
