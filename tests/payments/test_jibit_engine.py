"""A payment through Jibit from the first click to the sale: form return, keys, refusals, doubt."""

from datetime import timedelta

import pytest

from core.tenancy import acting_for
from payments.enums import AttemptState, PaymentState, Provider
from payments.models import ProviderAccount
from payments.operations import handle_callback, set_provider_account, start_attempt
from tests.payments.conftest import Shop
from tests.payments.over_http import alerts, at_provider

KEYS = {"api_key": "shop-key-0001", "secret_key": "very-secret-0001"}


@pytest.fixture
def jibit_shop(shop: Shop) -> Shop:
    """Return the shop with Jibit as the only gateway that takes payments."""
    with acting_for(shop.business.id):
        ProviderAccount.objects.update(is_active=False)
        set_provider_account(
            provider=Provider.JIBIT_PPG, credentials=KEYS, is_sandbox=True, now=shop.now
        )
    return shop


def to_bank(shop: Shop, payment) -> str:
    """Press the pay button; return the purchase's id, the browser being sent where Jibit said."""
    way = start_attempt(business_id=shop.business.id, payment_id=payment.id, now=shop.now)
    attempt = shop.attempt(payment)
    assert way.url == attempt.bank_address
    assert attempt.authority is not None
    return attempt.authority


def form_of(shop: Shop, payment) -> dict[str, str]:
    """Return the fields the bank's page makes the browser send."""
    attempt = shop.attempt(payment)
    row = next(one for one in shop.bank.payments() if one["authority"] == attempt.authority)
    return {
        "amount": str(row["amount_rial"]),
        "pspHashedCardNumber": row["card_hash"] or "",
        "payerMaskedCardNumber": row["card_pan"] or "",
        "purchaseId": row["authority"],
        "status": "SUCCESSFUL" if row["paid_at"] else "FAILED",
    }


def come_back(shop: Shop, payment, **changes):
    return handle_callback(
        token=shop.attempt(payment).callback_token,
        params=form_of(shop, payment) | changes,
        now=shop.now,
    )


def test_a_sale_through_jibit(jibit_shop, purchases_of):
    payment = jibit_shop.ask()
    jibit_shop.bank.pay(to_bank(jibit_shop, payment))

    come_back(jibit_shop, payment)
    come_back(jibit_shop, payment)

    assert jibit_shop.see(payment).state == PaymentState.SETTLED
    attempt = jibit_shop.attempt(payment)
    assert attempt.provider_ref == str(jibit_shop.bank.payments()[0]["ref_id"])
    assert len(purchases_of(jibit_shop.business.id)) == 1
    assert jibit_shop.is_well()


def test_what_the_browser_brought_is_kept_without_the_card(jibit_shop):
    payment = jibit_shop.ask()
    jibit_shop.bank.pay(to_bank(jibit_shop, payment))
    hashed = form_of(jibit_shop, payment)["pspHashedCardNumber"]
    come_back(jibit_shop, payment)
    kept = repr([(call.asked, call.answered) for call in jibit_shop.calls()])
    assert len(hashed) == 64
    assert hashed not in kept
    assert KEYS["secret_key"] not in kept


def test_a_verify_without_an_answer_is_asked_about_and_paid_once(jibit_shop, poll):
    payment = jibit_shop.ask()
    jibit_shop.bank.pay(to_bank(jibit_shop, payment))
    jibit_shop.bank.script("verify", "timeout_done")
    come_back(jibit_shop, payment)
    assert jibit_shop.attempt(payment).state == AttemptState.UNKNOWN

    poll(jibit_shop.now + timedelta(minutes=5))

    assert jibit_shop.see(payment).state == PaymentState.SETTLED
    assert jibit_shop.is_well()


def test_a_success_the_bank_takes_back_hours_later_is_undone_and_told(jibit_shop, poll):
    jibit_shop.bank.plan(
        scripts=[
            {
                "merchants": [KEYS["api_key"]],
                "steps": [{"on": "verify", "fault": "success_reversed", "seconds": 1800}],
            }
        ]
    )
    payment = jibit_shop.ask()
    jibit_shop.bank.pay(to_bank(jibit_shop, payment))
    come_back(jibit_shop, payment)
    assert jibit_shop.see(payment).state == PaymentState.SETTLED

    jibit_shop.bank.advance(3600)
    poll(jibit_shop.now + timedelta(minutes=61))

    assert jibit_shop.truth(payment) == "REVERSED"
    assert jibit_shop.see(payment).state == PaymentState.REVERSED
    assert [row.reason for row in jibit_shop.reversals()] == ["contradiction"]
    assert alerts(jibit_shop) == {"contradiction"}
    assert at_provider(jibit_shop) == 0
    assert jibit_shop.is_well()


def test_a_failure_the_bank_makes_good_by_hand_is_credited(jibit_shop, poll, purchases_of):
    jibit_shop.bank.plan(
        chances=[
            {"door": "jibit", "on": "pay", "fault": "failed_made_good", "percent": 100},
        ]
    )
    payment = jibit_shop.ask()
    jibit_shop.bank.pay(to_bank(jibit_shop, payment))
    come_back(jibit_shop, payment)
    assert jibit_shop.attempt(payment).state == AttemptState.DECLINED
    assert purchases_of(jibit_shop.business.id) == []

    jibit_shop.bank.advance(3600)
    poll(jibit_shop.now + timedelta(minutes=61))

    assert jibit_shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(jibit_shop.business.id)) == 1
    assert alerts(jibit_shop) == {"contradiction"}
    assert jibit_shop.is_well()


def test_a_lost_return_is_found_before_the_window_closes(jibit_shop, poll):
    payment = jibit_shop.ask()
    jibit_shop.bank.pay(to_bank(jibit_shop, payment))
    poll(jibit_shop.now + timedelta(minutes=10))
    assert jibit_shop.see(payment).state == PaymentState.SETTLED
