"""A present of a rule in a real browser: composed by the owner, used at the till by one press."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.tenancy import acting_for
from customers.models import Purchase, Tender
from customers.operations import CustomerHint, NewLine, NewPurchase, record_purchases
from loyalty.queries.rules.document import Bonus, Present
from tests.loyalty.rules.conftest import put


@pytest.fixture
def buyer(business):
    """Sell to somebody who gets a free cake and a gift card for it."""
    now = timezone.now()
    cake = Present(category="شیرینی", worth_rial=300_000)
    with acting_for(business.id):
        put(
            Bonus(name="شیرینی مهمان ما", effect="item", num=1, present=cake),
            Bonus(name="سپاس", effect="gift_card", num=1, present=Present(worth_rial=500_000)),
            now=now,
        )
        sale = NewPurchase(
            external_id="first",
            channel="till",
            customer=CustomerHint(mobile="09121234567", name="سارا کریمی"),
            lines=(NewLine(name="قهوه", category="نوشیدنی", unit_price_rial=900_000),),
        )
        [outcome] = record_purchases(purchases=[sale], source="api", now=now)
    assert outcome.error is None
    return outcome.customer_id


def test_a_present_is_used_at_the_till_by_one_press(tab: Page, business, sign_in, buyer):
    """C061: nobody types the code of what a customer was given."""
    sign_in("cashier")
    tab.goto(f"/b/{business.slug}/till/")
    tab.fill("#id_mobile", "09121234567")
    tab.press("#id_mobile", "Enter")
    card = tab.locator("[data-put-code=id_gift_code]")
    expect(card).to_be_visible()
    tab.fill("#id_amount", "80000")
    expect(tab.locator("body")).to_contain_text("شیرینی مهمان ما")
    card.click()
    expect(tab.locator("#id_gift_code")).not_to_have_value("")
    tab.locator("#till-form button[type=submit], form button[type=submit]").last.click()
    tab.wait_for_url("**/receipts/**")
    with acting_for(business.id):
        sold = Purchase.objects.exclude(external_id="first").get()
        assert sold.total_rial == 800_000
        assert Tender.objects.filter(
            purchase=sold, method="gift_card", amount_rial=500_000
        ).exists()


def test_the_form_of_a_rule_shows_what_its_effect_needs_and_no_more(tab: Page, business, sign_in):
    sign_in("owner")
    tab.goto(f"/b/{business.slug}/rules/new/")
    expect(tab.locator("#id_times")).to_be_visible()
    expect(tab.locator("#id_worth")).to_be_hidden()
    tab.select_option("#id_effect", "gift_card")
    expect(tab.locator("#id_times")).to_be_hidden()
    tab.fill("#id_name", "سپاس")
    tab.fill("#id_worth", "50000")
    tab.press("#id_worth", "Tab")
    expect(tab.locator("#sentence")).to_contain_text("یک کارت هدیهٔ ۵۰٬۰۰۰ تومانی")
