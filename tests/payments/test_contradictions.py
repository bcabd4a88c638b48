"""A provider that changes its word after the end."""

from datetime import timedelta

import pytest

from businesses.queries import audit_trail
from core.errors import Problem
from core.tenancy import acting_for
from payments.enums import PaymentState
from payments.models import MoneyEntry, Reversal
from payments.operations import handle_callback
from payments.providers.contract import Standing
from tests.payments.memory_bank import open_banks
from tests.payments.test_routing import Two


@pytest.fixture
def shop(business, now, monkeypatch) -> Two:
    return Two(business, open_banks(monkeypatch, "zarinpal"), now)


def test_a_success_taken_back_is_undone_and_told(shop: Two, poll):
    payment = shop.ask()
    authority = shop.press(payment)
    shop.banks["zarinpal"].pay(authority, shop.now)
    shop.come_back("zarinpal", authority)
    shop.banks["zarinpal"].sessions[authority].standing = Standing.RETURNED

    poll(shop.now + timedelta(minutes=59))
    assert shop.state(payment) == PaymentState.SETTLED
    poll(shop.now + timedelta(minutes=61))

    assert shop.state(payment) == PaymentState.REVERSED
    assert shop.alerts() == {"contradiction": 1}
    with acting_for(shop.business.id):
        assert Reversal.objects.get().reason == "contradiction"
        at_provider = MoneyEntry.objects.filter(account="provider")
        assert sum(at_provider.values_list("amount_rial", flat=True)) == 0
        assert "payment.contradicted" in [row.action for row in audit_trail()]
    poll(shop.now + timedelta(days=2))
    with acting_for(shop.business.id):
        assert Reversal.objects.count() == 1


def test_a_failure_made_good_by_hand_is_credited_while_it_is_wanted(shop: Two, poll):
    payment = shop.ask()
    authority = shop.press(payment)
    bank = shop.banks["zarinpal"]
    bank.pay(authority, shop.now, works=False)
    shop.come_back("zarinpal", authority)
    assert shop.attempts(payment)[0].state == "declined"
    bank.sessions[authority].standing = Standing.CONFIRMED
    bank.sessions[authority].reference = "by-hand"

    poll(shop.now + timedelta(minutes=61))

    assert shop.state(payment) == PaymentState.SETTLED
    assert shop.attempts(payment)[0].provider_ref == "by-hand"
    assert shop.alerts() == {"contradiction": 1}


def test_money_for_what_was_paid_otherwise_goes_back(shop: Two, poll):
    payment = shop.ask()
    first = shop.press(payment)
    bank = shop.banks["zarinpal"]
    bank.pay(first, shop.now, works=False)
    shop.come_back("zarinpal", first)
    second = shop.press(payment)
    bank.pay(second, shop.now)
    shop.come_back("zarinpal", second)
    bank.sessions[first].standing = Standing.CONFIRMED

    poll(shop.now + timedelta(minutes=61))
    poll(shop.now + timedelta(minutes=62))

    assert bank.sessions[first].standing is Standing.RETURNED
    assert bank.sessions[second].standing is Standing.CONFIRMED
    assert shop.state(payment) == PaymentState.SETTLED


def test_a_forged_return_is_told(shop: Two):
    payment = shop.ask()
    authority = shop.press(payment)
    other = shop.press(shop.ask())
    bank = shop.banks["zarinpal"]
    token = bank.sessions[authority].callback_url.rstrip("/").rpartition("/")[2]
    with pytest.raises(Problem):
        handle_callback(token=token, params=bank.returns(other), now=shop.now)
    assert shop.alerts() == {"forged_callback": 1}
    assert shop.state(payment) == PaymentState.PROCESSING
