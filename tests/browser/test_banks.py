"""Every kind of gateway in a real browser: to the bank and back, by form or address."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.operations import add_account, create_payment, set_account_active
from payments.queries import accounts_for, pay_url

KEYS = {
    "sep": {"terminal_id": "2134567"},
    "mellat": {"terminal_id": "7654321", "username": "u", "password": "p"},
    "jibit_ppg": {"api_key": "browser", "secret_key": "s"},
    "vandar": {"api_key": "browser"},
    "zibal": {"merchant": "browser0123456789"},
    "snapppay": {
        "client_id": "browser",
        "client_secret": "s",
        "username": "browser",
        "password": "s",
    },
}


@pytest.mark.parametrize("provider", KEYS)
def test_a_buyer_goes_to_every_bank_and_comes_back_paid(tab, business, provider):
    """SEP turns away whoever hides which site sent them: no page of ours may hide it there."""
    now = timezone.now()
    with acting_for(business.id):
        if provider != "snapppay":  # it pays later: beside a gateway that pays at once
            for one in accounts_for("gateway"):
                set_account_active(account_id=one.id, active=False, actor=None, now=now)
        add_account(
            provider=provider, credentials=KEYS[provider], is_sandbox=True, actor=None, now=now
        )
        made = create_payment(
            external_id="to-every-bank",
            amount_rial=12_000_000,
            description="سفارش ۷",
            customer=CustomerHint(mobile="09121234567", name="سارا محمدی"),
            now=now,
        )
    tab.goto(pay_url(made.pay_token))
    tab.click("#later-button" if provider == "snapppay" else "#pay-button")
    tab.check("input[name=card][value=success]")
    tab.click("button.primary")
    tab.wait_for_url("**/receipt/")
    expect(tab.locator("#standing")).to_have_attribute("data-state", "settled")
