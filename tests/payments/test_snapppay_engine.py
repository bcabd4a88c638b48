"""SnappPay from the first click to the sale: status has the last word, settled is paid."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.errors import Problem
from payments.enums import AttemptState, PaymentState, Provider
from payments.operations.asking import ask
from payments.web.pages import find, receipt_context
from tests.payments.conftest import Shop
from tests.payments.over_http import alerts, at_provider, bought_by_form, shop_at


def opened(shop: Shop, **more: str) -> Shop:
    return shop_at(
        shop,
        Provider.SNAPPPAY,
        client_id=f"shop-{uuid4().hex[:8]}",
        client_secret="s3cret-of-client",
        username="kafe",
        password="s3cret-of-user",
        **more,
    )


@pytest.fixture
def snapp(shop: Shop) -> Shop:
    return opened(shop)


def test_paid_once_however_often_the_form_is_sent(snapp, purchases_of):
    payment = bought_by_form(snapp)

    assert snapp.see(payment).state == PaymentState.SETTLED
    (purchase,) = purchases_of(snapp.business.id)
    assert purchase.total_rial == payment.amount_rial == at_provider(snapp)
    assert (snapp.truth(payment), snapp.heard("verify")) == ("VERIFIED", 1)
    assert snapp.heard("settle") == 1
    assert snapp.is_well()


def test_c033_a_code_with_letters_stands_on_the_receipt_as_it_is_typed(snapp):
    payment = bought_by_form(snapp)
    reference = snapp.attempt(payment).provider_ref
    assert not reference.isdigit()
    shown = find(payment.pay_token)
    assert shown is not None
    facts = receipt_context(shown, now=snapp.now)["facts"]
    assert reference in [fact["text"] for fact in facts]


def test_a_lost_return_is_found_where_pending_means_paid(shop, poll, later, purchases_of):
    snapp = opened(shop, pending="paid")
    payment = snapp.ask()
    assert snapp.pay(payment, "callback_lost") == ""
    poll(later(minutes=2))
    assert snapp.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(snapp.business.id)) == 1
    assert snapp.is_well()


def test_a_lost_return_is_waited_out_where_pending_may_be_unpaid(snapp, poll, later, purchases_of):
    payment = snapp.ask()
    assert snapp.pay(payment, "callback_lost") == ""
    for minutes in (1, 5, 15, 29):
        poll(later(minutes=minutes))
    assert (snapp.see(payment).state, snapp.heard("verify")) == (PaymentState.PROCESSING, 0)
    snapp.bank.advance(31 * 60)
    poll(later(minutes=61))
    assert snapp.attempt(payment).state == AttemptState.AUTO_RETURNED
    assert (snapp.truth(payment), purchases_of(snapp.business.id)) == ("RETURNED", [])
    assert snapp.is_well()


@pytest.mark.parametrize("fault", ["timeout_done", "timeout_not_done", "html_500_done", "bad_json"])
def test_a_verification_whose_answer_is_lost_is_credited_once(
    snapp, poll, later, purchases_of, fault
):
    payment = snapp.ask()
    address = snapp.pay(payment)
    snapp.bank.script("verify", fault)
    snapp.come_back(address)
    for minutes in (1, 2, 4):
        poll(later(minutes=minutes))
        snapp.come_back(address, later(minutes=minutes))

    assert snapp.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(snapp.business.id)) == 1
    assert (snapp.truth(payment), at_provider(snapp)) == ("VERIFIED", payment.amount_rial)
    assert snapp.is_well()


@pytest.mark.parametrize("fault", ["html_500", "timeout_not_done", "http_429"])
def test_a_settlement_is_repeated_until_done_and_not_paid_before(
    snapp, poll, later, purchases_of, fault
):
    payment = snapp.ask()
    address = snapp.pay(payment)
    snapp.bank.script("settle", fault, times=2)
    for _ in range(2):
        snapp.come_back(address)
        assert snapp.attempt(payment).state == AttemptState.SETTLING
        assert (purchases_of(snapp.business.id), at_provider(snapp)) == ([], 0)

    for minutes in (2, 5, 12):
        poll(later(minutes=minutes))

    assert snapp.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(snapp.business.id)) == 1
    assert (snapp.truth(payment), snapp.heard("verify")) == ("VERIFIED", 1)
    assert snapp.is_well()


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_a_settlement_whose_answer_is_lost_is_looked_up(snapp, purchases_of, fault):
    payment = snapp.ask()
    address = snapp.pay(payment)
    snapp.bank.script("settle", fault)
    snapp.come_back(address)
    assert snapp.see(payment).state == PaymentState.SETTLED
    assert (snapp.truth(payment), snapp.heard("settle")) == ("VERIFIED", 1)
    assert len(purchases_of(snapp.business.id)) == 1
    assert snapp.is_well()


def test_unsettled_money_that_went_home_is_never_a_sale(snapp, poll, later, purchases_of):
    payment = snapp.ask()
    address = snapp.pay(payment)
    snapp.bank.script("settle", "html_500", times=100)
    snapp.come_back(address)
    for minutes in (2, 5, 12, 29):
        poll(later(minutes=minutes))
    assert alerts(snapp) == {"settle_stuck"}
    snapp.bank.advance(31 * 60)
    for minutes in (60, 120, 180):
        poll(later(minutes=minutes))
        snapp.come_back(address, later(minutes=minutes))

    assert snapp.truth(payment) == "RETURNED"
    assert snapp.attempt(payment).state == AttemptState.AUTO_RETURNED
    assert snapp.see(payment).state == PaymentState.CREATED
    assert (purchases_of(snapp.business.id), at_provider(snapp)) == ([], 0)
    assert snapp.is_well()


def test_ten_times_the_amount_is_a_mismatch_and_goes_back(snapp, poll, later, purchases_of):
    payment = snapp.ask(1_509_907)
    snapp.come_back(snapp.pay(payment))
    assert snapp.attempt(payment).state == AttemptState.MISMATCH
    assert alerts(snapp) == {"tenfold"}
    poll(later(minutes=1))
    assert (snapp.truth(payment), purchases_of(snapp.business.id)) == ("REVERSED", [])
    assert at_provider(snapp) == 0


def test_a_wrong_sum_not_sent_back_is_over_once_the_bank_returned_it(snapp, poll, later):
    payment = snapp.ask(1_509_907)
    snapp.bank.script("reverse", "error", code=-52)
    snapp.come_back(snapp.pay(payment))
    poll(later(minutes=1))
    assert (snapp.see(payment).state, snapp.truth(payment)) == (PaymentState.NEEDS_REVIEW, "PAID")

    snapp.bank.advance(31 * 60)
    for hours in (2, 30):
        poll(later(hours=hours))
    assert snapp.truth(payment) == "RETURNED"
    assert snapp.attempt(payment).state == AttemptState.REVERSED
    assert snapp.see(payment).state == PaymentState.REVERSED
    assert alerts(snapp) == {"tenfold"}
    assert snapp.is_well()


def test_another_payments_return_is_refused_with_an_alert(snapp, purchases_of):
    cheap, dear = snapp.ask(10_000), snapp.ask(9_000_000)
    address = snapp.pay(cheap)
    snapp.send_to_bank(dear)
    tokens = snapp.attempt(cheap).callback_token, snapp.attempt(dear).callback_token
    with pytest.raises(Problem, match="callback_mismatch"):
        snapp.come_back(address.replace(*tokens))
    assert alerts(snapp) == {"forged_callback"}
    assert (purchases_of(snapp.business.id), snapp.heard("verify")) == ([], 0)


def test_a_claim_of_success_for_an_unpaid_session_is_not_believed(snapp, poll, later, purchases_of):
    payment = snapp.ask()
    address = snapp.pay(payment, "cancel")
    snapp.come_back(address, state="OK", status="OK")
    poll(later(minutes=1))
    assert snapp.attempt(payment).state == AttemptState.DECLINED
    assert purchases_of(snapp.business.id) == []


def test_a_buyer_who_gives_up_may_try_again(snapp, purchases_of):
    payment = snapp.ask()
    snapp.come_back(snapp.pay(payment, "cancel"))
    assert snapp.see(payment).state == PaymentState.CREATED
    snapp.come_back(snapp.pay(payment))
    assert snapp.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(snapp.business.id)) == 1


def test_a_slow_verification_ends_inside_its_lease(snapp, monkeypatch):
    payment = snapp.ask()
    address = snapp.pay(payment)
    leases = []

    def watched(work):
        leases.append(snapp.attempt(payment).leased_until)
        return ask(work)

    monkeypatch.setattr("payments.operations.check.ask", watched)
    snapp.come_back(address)
    assert leases[0] is not None
    assert leases[0] - snapp.now > timedelta(seconds=60 + 2 * 20)
