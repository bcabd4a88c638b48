"""Pay later at the checkout: offered where a partner says yes, paid by the same engine."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.management.buyer import form_to, only_form
from payments.models import Payment, ProviderAccount, ProviderCall, Quote, Transfer
from payments.operations import NewQuote, add_account, make_quote, pay_quote, start_attempt
from payments.operations.later import later_offer
from payments.operations.refunds import ask_refund, run_until_it_waits
from payments.queries.quotes import quote_by_id
from tests.payments.conftest import Shop
from tests.payments.over_http import alerts, at_provider
from tests.payments.trials import way_back

BUTTON = 'id="later-button"'


@pytest.fixture
def snapp(shop: Shop) -> Shop:
    """Return a shop with a gateway of its own and a pay-later partner beside it."""
    shop.now = timezone.now()
    with acting_for(shop.business.id):
        add_account(
            provider="snapppay",
            credentials={
                "client_id": f"shop-{uuid4().hex[:8]}",
                "client_secret": "s3cret-of-client",
                "username": "kafe",
                "password": "s3cret-of-user",
            },
            is_sandbox=True,
            actor=None,
            now=shop.now,
        )
    return shop


def page(payment) -> str:
    return Client().get(f"/p/{payment.pay_token}/").content.decode()


def press(payment, **by: str) -> str:
    answer = Client().post(f"/p/{payment.pay_token}/", by)
    assert answer.status_code == 303
    return answer["Location"]


def provider_of(shop: Shop, payment) -> str:
    with acting_for(shop.business.id):
        return shop.attempt(payment).account.provider


def partner_takes(shop: Shop, payment):
    """Pay in instalments at the partner and come back; return the payment."""
    way = start_attempt(
        business_id=shop.business.id, payment_id=payment.id, later=True, now=shop.now
    )
    assert "/snapppay/" in way.url
    paid = shop.bank.pay(shop.attempt(payment).authority or "", "success")
    shop.come_back(way_back(shop.bank, paid))
    return shop.see(payment)


def test_a_partner_that_says_yes_is_offered_beside_the_gateway(snapp):
    payment = snapp.ask(5_000_000)
    shown = page(payment)
    assert BUTTON in shown
    assert 'id="pay-button"' in shown
    assert "پرداخت اقساطی · اسنپ‌پی" in shown
    assert "پرداخت در ۴ قسط" in shown


def test_a_program_that_pays_still_finds_the_gateways_own_form(snapp):
    shown = page(snapp.ask(5_000_000))
    assert BUTTON in shown
    assert only_form(shown).action == ""
    later = form_to(shown, "#later")
    assert later is not None
    assert "csrfmiddlewaretoken" in later.fields
    assert form_to(shown, "#elsewhere") is None


def test_a_promised_price_tells_the_partners_offer_and_can_be_paid_there(snapp):
    promise = NewQuote(
        title="جاروبرقی", amount_rial=8_000_000, valid_to=snapp.now + timedelta(days=2)
    )
    with acting_for(snapp.business.id):
        quote_id = make_quote(quote=promise, now=snapp.now)
        token = Quote.objects.get(id=quote_id).token
    shown = Client().get(f"/q/{token}/").content.decode()
    assert "اسنپ‌پی" in shown
    assert "پرداخت در ۴ قسط" in shown
    with acting_for(snapp.business.id):
        asked = pay_quote(quote_id=quote_id, mobile="09121234567", now=snapp.now)
        payment = Payment.objects.get(id=asked.id)
    assert partner_takes(snapp, payment).method == "bnpl"
    with acting_for(snapp.business.id):
        view = quote_by_id(quote_id, now=snapp.now)
        assert view is not None
        assert view.state == "paid"
        about = ProviderCall.objects.filter(about_id=quote_id, operation="eligibility")
        assert about.count() == 1


@pytest.mark.parametrize("button", ["later", "now"])
def test_each_button_goes_to_its_own(snapp, button):
    payment = snapp.ask(5_000_000)
    location = press(payment, **({"by": "later"} if button == "later" else {}))
    assert ("/snapppay/" in location) == (button == "later")
    assert provider_of(snapp, payment) == ("snapppay" if button == "later" else "zarinpal")


@pytest.mark.parametrize("mobile", ["09121234567", "+989121234567"])
def test_paid_later_is_a_sale_like_any_other(snapp, purchases_of, mobile):
    payment = partner_takes(snapp, snapp.ask(5_000_000, customer=CustomerHint(mobile=mobile)))
    assert (payment.state, payment.method) == ("settled", "bnpl")
    assert snapp.truth(payment) == "VERIFIED"
    [purchase] = purchases_of(snapp.business.id)
    assert purchase.total_rial == 5_000_000
    assert at_provider(snapp) == 5_000_000
    assert snapp.is_well()


@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500", "bad_json"])
def test_a_partner_that_mumbles_is_not_offered_and_harms_nothing(snapp, fault):
    snapp.bank.script("eligible", fault)
    shown = page(snapp.ask(5_000_000))
    assert BUTTON not in shown
    assert 'id="pay-button"' in shown


def test_a_partner_that_never_answers_is_not_waited_for_again(snapp):
    payment = snapp.ask(5_000_000)
    snapp.bank.script("eligible", "html_500", times=100)
    for _look in range(6):
        assert (
            later_offer(business_id=snapp.business.id, payment_id=payment.id, now=snapp.now) is None
        )
    with acting_for(snapp.business.id):
        assert ProviderCall.objects.filter(operation="eligibility").count() == 3
    assert "provider_down" in alerts(snapp)


def test_nobody_is_asked_beyond_the_accounts_limits(snapp):
    with acting_for(snapp.business.id):
        ProviderAccount.objects.filter(provider="snapppay").update(max_rial=1_000_000)
    assert BUTTON not in page(snapp.ask(5_000_000))
    with acting_for(snapp.business.id):
        assert not ProviderCall.objects.filter(operation="eligibility").exists()


def test_the_ordinary_button_never_falls_over_to_the_partner(snapp):
    snapp.bank.script("request", "html_500", times=100)
    payment = snapp.ask(5_000_000)
    Client().post(f"/p/{payment.pay_token}/")
    assert provider_of(snapp, payment) == "zarinpal"


def test_who_changes_their_mind_is_never_left_with_two_open_tries(snapp):
    payment = snapp.ask(5_000_000)
    press(payment)
    assert "/snapppay/" in press(payment, by="later")
    assert provider_of(snapp, payment) == "snapppay"
    paid = snapp.bank.pay(snapp.attempt(payment).authority or "", "success")
    snapp.come_back(way_back(snapp.bank, paid))
    assert snapp.see(payment).state == "settled"
    assert snapp.is_well()


def test_a_part_given_back_makes_the_cart_smaller(snapp, poll):
    payment = partner_takes(snapp, snapp.ask(5_000_000))
    later = snapp.now + timedelta(days=2)
    for number, rial in enumerate((1_500_000, 500_000, 3_000_000)):
        with acting_for(snapp.business.id):
            asked = ask_refund(
                payment_id=payment.id,
                external_id=f"r-{number}",
                amount_rial=rial,
                by="t",
                now=later,
            )
        run_until_it_waits(business_id=snapp.business.id, transfer_id=asked.id, now=later)
        with acting_for(snapp.business.id):
            assert Transfer.objects.get(id=asked.id).state == "paid"
    assert snapp.see(payment).refunded_rial == 5_000_000
    assert at_provider(snapp) == 0
    assert (snapp.heard("update"), snapp.heard("cancel")) == (2, 1)
    assert snapp.is_well()


@pytest.mark.parametrize("fault", ["timeout_done", "timeout_not_done", "html_500_done", "html_500"])
def test_a_smaller_cart_whose_answer_is_lost_is_given_back_once(snapp, poll, fault):
    payment = partner_takes(snapp, snapp.ask(5_000_000))
    moment = snapp.now + timedelta(days=2)
    snapp.bank.script("update", fault)
    with acting_for(snapp.business.id):
        asked = ask_refund(
            payment_id=payment.id, external_id="r", amount_rial=1_500_000, by="t", now=moment
        )
    run_until_it_waits(business_id=snapp.business.id, transfer_id=asked.id, now=moment)
    for hours in (1, 2, 3, 8):
        poll(moment + timedelta(hours=hours))
    with acting_for(snapp.business.id):
        assert Transfer.objects.get(id=asked.id).state == "paid"
    assert snapp.see(payment).refunded_rial == 1_500_000
    assert at_provider(snapp) == 3_500_000
    assert snapp.is_well()
