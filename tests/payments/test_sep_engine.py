"""SEP from the first click to the sale: no inquiry, and only the buyer's return brings RefNum."""

import pytest

from core.errors import Problem
from payments.enums import AttemptState, PaymentState, Provider
from tests.payments.conftest import Shop
from tests.payments.over_http import alerts, at_provider, bought_by_form, fields_of, shop_at


@pytest.fixture
def sep(shop: Shop) -> Shop:
    return shop_at(shop, Provider.SEP, terminal_id="21001234")


def test_paid_once_however_often_the_form_is_sent(sep, purchases_of):
    payment = bought_by_form(sep)

    assert sep.see(payment).state == PaymentState.SETTLED
    (purchase,) = purchases_of(sep.business.id)
    assert purchase.total_rial == payment.amount_rial == at_provider(sep)
    assert (sep.truth(payment), sep.heard("verify")) == ("VERIFIED", 1)
    assert sep.is_well()


def test_without_the_buyers_return_nothing_is_credited_and_the_bank_gives_it_back(
    sep, poll, later, purchases_of
):
    payment = sep.ask()
    assert sep.pay(payment, "callback_lost") == ""
    for minutes in (1, 5, 15, 29, 45):
        poll(later(minutes=minutes))
    assert sep.see(payment).state == PaymentState.PROCESSING
    sep.bank.advance(31 * 60)
    poll(later(minutes=61))

    assert sep.attempt(payment).state == AttemptState.EXPIRED
    assert (sep.truth(payment), sep.heard("verify")) == ("RETURNED", 0)
    assert (purchases_of(sep.business.id), at_provider(sep)) == ([], 0)
    assert sep.is_well()


def test_a_late_return_inside_the_half_hour_still_pays(sep, poll, later):
    payment = sep.ask()
    address = sep.pay(payment)
    for minutes in (1, 5, 15):
        poll(later(minutes=minutes))
    sep.bank.advance(20 * 60)
    sep.come_back(address, later(minutes=20))
    assert sep.see(payment).state == PaymentState.SETTLED


def test_a_return_after_the_half_hour_pays_nothing(sep, later, purchases_of):
    payment = sep.ask()
    address = sep.pay(payment)
    sep.bank.advance(31 * 60)
    sep.come_back(address, later(minutes=31))
    assert sep.attempt(payment).state == AttemptState.AUTO_RETURNED
    assert (sep.truth(payment), purchases_of(sep.business.id)) == ("RETURNED", [])
    assert sep.is_well()


@pytest.mark.parametrize("fault", ["timeout_done", "timeout_not_done", "html_500_done", "bad_json"])
def test_a_verification_in_doubt_is_asked_again_and_credited_once(
    sep, poll, later, purchases_of, fault
):
    payment = sep.ask()
    address = sep.pay(payment)
    sep.bank.script("verify", fault)
    sep.come_back(address)
    assert sep.attempt(payment).state == AttemptState.UNKNOWN
    assert purchases_of(sep.business.id) == []

    for minutes in (1, 2, 4):
        poll(later(minutes=minutes))
        sep.come_back(address, later(minutes=minutes))

    assert sep.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(sep.business.id)) == 1
    assert (sep.truth(payment), at_provider(sep)) == ("VERIFIED", payment.amount_rial)
    assert sep.is_well()


def test_ten_times_the_amount_is_a_mismatch_and_goes_back(sep, poll, later, purchases_of):
    payment = sep.ask(1_509_907)
    sep.come_back(sep.pay(payment))
    assert sep.attempt(payment).state == AttemptState.MISMATCH
    assert alerts(sep) == {"tenfold"}
    poll(later(minutes=1))
    assert (sep.truth(payment), purchases_of(sep.business.id)) == ("REVERSED", [])
    assert at_provider(sep) == 0


def test_a_reference_pays_once_and_keeps_its_first_sale(sep, poll, later, purchases_of):
    first, second = sep.ask(), sep.ask()
    address = sep.pay(first)
    sep.come_back(address)
    unpaid = sep.pay(second, "cancel")
    stolen = fields_of(address)["RefNum"]

    sep.come_back(unpaid, State="OK", Status="2", RefNum=stolen)
    poll(later(minutes=1))

    assert sep.attempt(second).state == AttemptState.MISMATCH
    assert alerts(sep) == {"duplicate_reference"}
    assert (sep.truth(first), sep.heard("reverse")) == ("VERIFIED", 0)
    assert len(purchases_of(sep.business.id)) == 1
    assert sep.is_well()


def test_another_orders_number_is_refused_before_the_wire(sep, purchases_of):
    first, second = sep.ask(), sep.ask()
    brought = fields_of(sep.pay(first))
    unpaid = sep.pay(second, "cancel")
    sep.come_back(
        unpaid, State="OK", Status="2", RefNum=brought["RefNum"], ResNum=brought["ResNum"]
    )
    assert sep.attempt(second).state == AttemptState.MISMATCH
    assert (alerts(sep), sep.heard("verify")) == ({"amount_mismatch"}, 0)
    assert purchases_of(sep.business.id) == []


def test_another_payments_return_is_refused_with_an_alert(sep, purchases_of):
    cheap, dear = sep.ask(10_000), sep.ask(9_000_000)
    address = sep.pay(cheap)
    sep.send_to_bank(dear)
    tokens = sep.attempt(cheap).callback_token, sep.attempt(dear).callback_token
    with pytest.raises(Problem, match="callback_mismatch"):
        sep.come_back(address.replace(*tokens))
    assert alerts(sep) == {"forged_callback"}
    assert (purchases_of(sep.business.id), sep.heard("verify")) == ([], 0)


def test_a_buyer_who_gives_up_may_try_again(sep, purchases_of):
    payment = sep.ask()
    sep.come_back(sep.pay(payment, "cancel"))
    assert sep.see(payment).state == PaymentState.CREATED
    sep.come_back(sep.pay(payment))
    assert sep.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(sep.business.id)) == 1


def test_a_reference_whose_buyer_is_back_pays_for_no_other_order(sep, poll, later, purchases_of):
    """Verification names no order: the first return that brought a reference holds it."""
    first, second = sep.ask(), sep.ask()
    address, unpaid = sep.pay(first), sep.pay(second, "cancel")
    sep.bank.script("verify", "timeout_not_done")
    sep.come_back(address, later(minutes=1))
    assert sep.attempt(first).state == AttemptState.UNKNOWN

    stolen = fields_of(address)["RefNum"]
    sep.come_back(unpaid, later(minutes=1, seconds=1), State="OK", Status="2", RefNum=stolen)

    assert sep.attempt(second).state == AttemptState.MISMATCH
    assert (alerts(sep), sep.reversals()) == ({"duplicate_reference"}, [])
    poll(later(minutes=2))
    assert sep.see(first).state == PaymentState.SETTLED
    assert len(purchases_of(sep.business.id)) == 1
    assert sep.is_well()


def test_a_reference_that_was_brought_to_another_order_first_pays_once(sep, later, purchases_of):
    first, second = sep.ask(), sep.ask()
    address, unpaid = sep.pay(first), sep.pay(second, "cancel")
    stolen = fields_of(address)["RefNum"]
    sep.come_back(unpaid, later(minutes=1), State="OK", Status="2", RefNum=stolen)
    sep.come_back(address, later(minutes=2))

    assert sep.see(second).state == PaymentState.SETTLED
    assert sep.attempt(first).state == AttemptState.MISMATCH
    assert (alerts(sep), sep.heard("reverse")) == ({"duplicate_reference"}, 0)
    assert len(purchases_of(sep.business.id)) == 1
    assert sep.is_well()


def test_money_on_its_way_back_for_one_order_pays_for_no_other(sep, poll, later, purchases_of):
    """Or the buyer would keep the cheap order and get its money back by the dear one."""
    cheap, dear = sep.ask(100_000), sep.ask(9_000_000)
    address, unpaid = sep.pay(cheap), sep.pay(dear, "cancel")
    brought = fields_of(address)["RefNum"]
    sep.come_back(unpaid, later(seconds=1), State="OK", Status="2", RefNum=brought)
    assert sep.attempt(dear).state == AttemptState.MISMATCH
    sep.come_back(address, later(seconds=2))
    poll(later(minutes=1))

    assert (sep.truth(cheap), at_provider(sep)) == ("REVERSED", 0)
    assert sep.attempt(cheap).state == AttemptState.MISMATCH
    assert purchases_of(sep.business.id) == []
    assert sep.is_well()


def test_money_that_paid_for_an_order_meanwhile_is_not_sent_back(sep, poll, later, purchases_of):
    cheap, dear = sep.ask(100_000), sep.ask(9_000_000)
    address, unpaid = sep.pay(cheap), sep.pay(dear, "cancel")
    brought = fields_of(address)["RefNum"]
    sep.come_back(unpaid, later(seconds=2), State="OK", Status="2", RefNum=brought)
    # The slower return began earlier.
    sep.come_back(address, later(seconds=1))
    poll(later(minutes=1))

    assert sep.see(cheap).state == PaymentState.SETTLED
    assert (sep.truth(cheap), sep.heard("reverse")) == ("VERIFIED", 0)
    assert [one.state for one in sep.reversals()] == ["failed"]
    assert len(purchases_of(sep.business.id)) == 1
    assert sep.is_well()
