"""The engine's promises hold whichever product takes the money."""

import pytest

from core.errors import Problem
from payments.enums import AttemptState, PaymentState
from tests.payments.over_http import alerts
from tests.payments.trials import TRIALS

every_product = pytest.mark.parametrize("product", sorted(TRIALS))


@every_product
def test_a_payment_is_settled_once_with_the_true_amount(shop_of, product, purchases_of):
    shop = shop_of(product)
    payment = shop.ask()
    address = shop.pay(payment)
    for _ in range(3):
        shop.come_back(address)

    assert shop.see(payment).state == PaymentState.SETTLED
    (purchase,) = purchases_of(shop.business.id)
    assert purchase.total_rial == payment.amount_rial
    assert shop.truth(payment) == "VERIFIED"
    assert shop.is_well()


@every_product
def test_a_payment_nobody_came_back_from_is_found(shop_of, product, poll, later):
    shop = shop_of(product)
    payment = shop.ask()
    assert shop.pay(payment, "callback_lost") == ""
    poll(later(minutes=2))
    assert shop.see(payment).state == PaymentState.SETTLED
    assert shop.is_well()


@every_product
@pytest.mark.parametrize("ending", [9901, 9903, 9905, 9909, 9912, 9913, 9914, 9916, 9918])
def test_whatever_the_wire_does_the_money_is_credited_once(
    shop_of, product, poll, later, ending, purchases_of
):
    shop = shop_of(product)
    payment = shop.ask(1_000_000 + ending)
    shop.come_back(shop.pay(payment))
    for minutes in (1, 2, 4, 6, 9):
        poll(later(minutes=minutes))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1
    assert shop.truth(payment) == "VERIFIED"
    assert shop.is_well()


@every_product
def test_ten_times_the_amount_is_never_credited(shop_of, product, purchases_of):
    shop = shop_of(product)
    payment = shop.ask(1_509_907)
    shop.come_back(shop.pay(payment))
    assert shop.attempt(payment).state == AttemptState.MISMATCH
    assert purchases_of(shop.business.id) == []


@every_product
def test_a_buyer_who_gives_up_may_try_again(shop_of, product):
    shop = shop_of(product)
    payment = shop.ask()
    shop.come_back(shop.pay(payment, "cancel"))
    assert shop.see(payment).state == PaymentState.CREATED
    shop.come_back(shop.pay(payment))
    assert shop.see(payment).state == PaymentState.SETTLED


@every_product
def test_a_callback_with_a_cheaper_payments_token_is_refused(shop_of, product, purchases_of):
    shop = shop_of(product)
    cheap, dear = shop.ask(10_000), shop.ask(9_000_000)
    cheap_address = shop.pay(cheap)
    shop.send_to_bank(dear)
    token = shop.attempt(dear).callback_token
    forged = cheap_address.replace(shop.attempt(cheap).callback_token, token)
    with pytest.raises(Problem, match="callback_mismatch"):
        shop.come_back(forged)
    assert purchases_of(shop.business.id) == []


def test_a_server_may_bring_the_result_in_json(shop_of, client):
    shop = shop_of("zibal_lazy")
    payment = shop.ask()
    assert shop.bank.pay(shop.send_to_bank(payment))["redirect"] is None
    (notice,) = shop.bank.notices()
    path = notice["url"].removeprefix("http://vafa.test")
    for body in ("{", "[]", "null"):
        assert client.post(path, body, content_type="application/json").status_code == 400
    answer = client.post(path, notice["fields"], content_type="application/json")
    assert answer.status_code == 303
    assert shop.see(payment).state == PaymentState.SETTLED


@every_product
def test_a_part_of_the_amount_is_never_credited(shop_of, product, purchases_of, poll, later):
    shop = shop_of(product)
    payment = shop.ask(1_509_919)  # the bank takes half of it
    shop.come_back(shop.pay(payment))
    assert shop.attempt(payment).state == AttemptState.MISMATCH
    assert shop.see(payment).state == PaymentState.NEEDS_REVIEW
    poll(later(minutes=1))
    assert purchases_of(shop.business.id) == []
    assert shop.is_well()


@pytest.mark.parametrize("other", sorted(TRIALS))
@pytest.mark.parametrize("product", ["zarinpal", "zibal"])
def test_a_token_of_another_provider_is_refused(shop_of, product, other, purchases_of):
    """One shop, two providers: what pays at the one says nothing about the other."""
    shop = shop_of(product)
    mine = shop.ask()
    shop.send_to_bank(mine)
    token = shop.attempt(mine).callback_token
    shop = shop_of(other)
    theirs = shop.ask()
    paid = shop.pay(theirs)
    forged = paid.replace(shop.attempt(theirs).callback_token, token)
    with pytest.raises(Problem, match="callback_mismatch"):
        shop.come_back(forged)
    assert shop.see(mine).state == PaymentState.PROCESSING
    assert shop.attempt(mine).state == AttemptState.REDIRECTED
    assert alerts(shop) == {"forged_callback"}
    assert purchases_of(shop.business.id) == []

    shop.come_back(paid)
    assert shop.see(theirs).state == PaymentState.SETTLED
