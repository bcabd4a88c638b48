"""Mellat from the first click to the sale: what is verified counts once it is settled."""

import pytest

from core.errors import Problem
from payments.enums import AttemptState, PaymentState, Provider
from tests.payments.conftest import Shop
from tests.payments.over_http import alerts, at_provider, bought_by_form, fields_of, shop_at


@pytest.fixture
def mellat(shop: Shop) -> Shop:
    return shop_at(shop, Provider.MELLAT, terminal_id="4521", username="kafe", password="pass-4521")


def test_paid_once_however_often_the_form_is_sent(mellat, purchases_of):
    payment = bought_by_form(mellat)

    assert mellat.see(payment).state == PaymentState.SETTLED
    (purchase,) = purchases_of(mellat.business.id)
    assert purchase.total_rial == payment.amount_rial == at_provider(mellat)
    assert mellat.truth(payment) == "VERIFIED"
    assert (len(mellat.calls("confirm")), len(mellat.calls("settle"))) == (1, 1)
    assert mellat.is_well()


def test_without_the_buyers_return_nothing_is_credited_and_the_bank_gives_it_back(
    mellat, poll, later, purchases_of
):
    payment = mellat.ask()
    assert mellat.pay(payment, "callback_lost") == ""
    for minutes in (1, 5, 15, 29, 45):
        poll(later(minutes=minutes))
    assert mellat.see(payment).state == PaymentState.PROCESSING
    mellat.bank.advance(31 * 60)
    poll(later(minutes=61))

    assert mellat.attempt(payment).state == AttemptState.EXPIRED
    assert mellat.truth(payment) == "RETURNED"
    assert (purchases_of(mellat.business.id), at_provider(mellat)) == ([], 0)
    assert mellat.is_well()


@pytest.mark.parametrize("fault", ["timeout_done", "timeout_not_done", "html_500_done", "bad_json"])
def test_a_verification_in_doubt_is_inquired_and_credited_once(
    mellat, poll, later, purchases_of, fault
):
    payment = mellat.ask()
    address = mellat.pay(payment)
    mellat.bank.script("verify", fault)
    mellat.come_back(address)
    assert mellat.attempt(payment).state == AttemptState.UNKNOWN
    assert purchases_of(mellat.business.id) == []

    for minutes in (1, 2, 4):
        poll(later(minutes=minutes))
        mellat.come_back(address, later(minutes=minutes))

    assert mellat.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(mellat.business.id)) == 1
    assert len(mellat.calls("inquire")) == 1
    assert (mellat.truth(payment), at_provider(mellat)) == ("VERIFIED", payment.amount_rial)
    assert mellat.is_well()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("error", 46),
        ("error", 34),
        ("html_500", 0),
        ("html_500_done", 0),
        ("timeout_done", 0),
        ("timeout_not_done", 0),
    ],
)
def test_a_settlement_is_repeated_until_done_and_not_paid_before(
    mellat, poll, later, purchases_of, fault, code
):
    payment = mellat.ask()
    address = mellat.pay(payment)
    mellat.bank.script("settle", fault, code=code, times=2)
    for _ in range(2):
        mellat.come_back(address)
        assert mellat.attempt(payment).state == AttemptState.SETTLING
        assert mellat.see(payment).state == PaymentState.PROCESSING
        assert (purchases_of(mellat.business.id), at_provider(mellat)) == ([], 0)

    for minutes in (2, 5, 12):
        poll(later(minutes=minutes))

    assert mellat.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(mellat.business.id)) == 1
    assert len(mellat.calls("confirm")) == 1
    assert (mellat.truth(payment), at_provider(mellat)) == ("VERIFIED", payment.amount_rial)
    assert mellat.is_well()


def test_unsettled_money_that_went_home_is_never_a_sale(mellat, poll, later, purchases_of):
    payment = mellat.ask()
    address = mellat.pay(payment)
    mellat.bank.script("settle", "error", code=46, times=100)
    mellat.come_back(address)
    for minutes in (2, 5, 12, 29):
        poll(later(minutes=minutes))
    assert alerts(mellat) == {"settle_stuck"}
    mellat.bank.advance(31 * 60)
    for minutes in (60, 120, 180):
        poll(later(minutes=minutes))
        mellat.come_back(address, later(minutes=minutes))

    assert mellat.truth(payment) == "RETURNED"
    assert mellat.attempt(payment).state == AttemptState.AUTO_RETURNED
    assert mellat.see(payment).state == PaymentState.CREATED
    assert (purchases_of(mellat.business.id), at_provider(mellat)) == ([], 0)
    assert mellat.orphans() == []
    assert mellat.is_well()


def test_another_sales_reference_pays_nothing_and_the_true_one_still_does(mellat, purchases_of):
    first, second = mellat.ask(), mellat.ask()
    stolen = fields_of(mellat.pay(first))["SaleReferenceId"]
    address = mellat.pay(second)

    mellat.come_back(address, SaleReferenceId=stolen)
    assert purchases_of(mellat.business.id) == []
    assert mellat.see(second).state == PaymentState.PROCESSING

    mellat.come_back(address)
    assert mellat.see(second).state == PaymentState.SETTLED
    assert len(purchases_of(mellat.business.id)) == 1
    assert mellat.is_well()


def test_another_orders_number_is_refused_before_the_wire(mellat, poll, later, purchases_of):
    first, second = mellat.ask(), mellat.ask()
    brought = fields_of(mellat.pay(first))
    unpaid = mellat.pay(second, "cancel")
    numbers = {name: brought[name] for name in ("SaleOrderId", "SaleReferenceId")}
    mellat.come_back(unpaid, ResCode="0", **numbers)
    poll(later(minutes=1))

    assert mellat.attempt(second).state == AttemptState.MISMATCH
    assert "amount_mismatch" in alerts(mellat)
    assert (mellat.heard("bpVerifyRequest"), mellat.heard("bpReversalRequest")) == (0, 0)
    assert (mellat.truth(first), purchases_of(mellat.business.id)) == ("PAID", [])


def test_another_payments_return_is_refused_with_an_alert(mellat, purchases_of):
    cheap, dear = mellat.ask(10_000), mellat.ask(9_000_000)
    address = mellat.pay(cheap)
    mellat.send_to_bank(dear)
    tokens = mellat.attempt(cheap).callback_token, mellat.attempt(dear).callback_token
    with pytest.raises(Problem, match="callback_mismatch"):
        mellat.come_back(address.replace(*tokens))
    assert alerts(mellat) == {"forged_callback"}
    assert purchases_of(mellat.business.id) == []


def test_a_buyer_who_gives_up_may_try_again(mellat, purchases_of):
    payment = mellat.ask()
    mellat.come_back(mellat.pay(payment, "cancel"))
    assert mellat.see(payment).state == PaymentState.CREATED
    mellat.come_back(mellat.pay(payment))
    assert mellat.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(mellat.business.id)) == 1
