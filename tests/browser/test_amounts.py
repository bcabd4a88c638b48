"""Amounts as they are typed: grouped, in the reader's digits, and never another amount."""

import pytest
from playwright.sync_api import Page, expect

from core.tenancy import acting_for
from customers.models import Purchase


@pytest.mark.parametrize("typed", ["-5000", "−5000", "-۵۰۰۰"])
def test_an_amount_below_nothing_keeps_its_sign_and_is_refused(tab: Page, business, sign_in, typed):
    """A sign that vanished would have sold, or given back, what nobody meant."""
    sign_in("cashier")
    tab.goto(f"/b/{business.slug}/till/")
    amount = tab.locator("#id_amount")
    amount.press_sequentially(typed)
    expect(amount).to_have_value("-۵٬۰۰۰")
    expect(tab.locator("#total")).to_have_text("—")
    tab.keyboard.press("F9")
    expect(tab.locator(".error").first).to_contain_text("کمتر")
    with acting_for(business.id):
        assert not Purchase.objects.exists()


def test_what_is_no_sign_and_no_digit_goes(tab: Page, business, sign_in):
    sign_in("cashier")
    tab.goto(f"/b/{business.slug}/till/")
    amount = tab.locator("#id_amount")
    amount.press_sequentially("12a500")
    expect(amount).to_have_value("۱۲٬۵۰۰")
