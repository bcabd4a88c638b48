"""Returns from the bank that are lost, repeated, forged or replayed."""

import pytest

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from payments.enums import AttemptState, OrphanState, PaymentState
from payments.models import ProviderAccount
from payments.operations import AccountTerms, change_account
from payments.operations.wire import account_at
from tests.payments.conftest import Shop
from tests.payments.test_paying import events

# 1 · lost callback


def test_a_lost_return_is_found_by_inquiry_and_credited_once(shop: Shop, poll, later, purchases_of):
    payment = shop.ask()
    shop.pay(payment, "callback_lost")

    assert poll(later(seconds=29)) == 0
    poll(later(seconds=30))
    poll(later(seconds=130))

    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1
    assert [call.operation for call in shop.calls()] == ["request", "inquire", "confirm"]
    assert shop.is_well()


def test_a_lost_return_is_found_by_the_list_when_inquiry_is_silent(shop: Shop, poll, later):
    payment = shop.ask()
    shop.pay(payment, "callback_lost")
    shop.bank.script("inquiry", "timeout_not_done", times=50)
    for seconds in (30, 35, 50, 110):
        poll(later(seconds=seconds))
    assert shop.see(payment).state == PaymentState.PROCESSING

    poll(later(minutes=5, seconds=1))

    assert shop.see(payment).state == PaymentState.SETTLED


def test_a_terminal_that_confirms_by_itself_needs_no_return(shop: Shop, poll, later):
    payment = shop.ask()
    authority = shop.send_to_bank(payment)
    merchant = shop.bank.payments()[0]["merchant_id"]
    shop.bank.merchant(merchant, policy="AUTO_FINAL")
    shop.bank.pay(authority, "callback_lost")
    assert shop.truth(payment) == "VERIFIED"

    poll(later(seconds=30))

    assert shop.see(payment).state == PaymentState.SETTLED


def _policy(shop: Shop, policy: str) -> None:
    """Set what the terminal does with money nobody confirms, there and in our books."""
    with acting_for(shop.business.id):
        account = ProviderAccount.objects.get(is_active=True)
        merchant_id = account_at(account).credentials["merchant_id"]
        change_account(
            account_id=account.id,
            terms=AccountTerms(unverified=policy),
            actor=None,
            now=shop.now,
        )
    shop.bank.merchant(merchant_id, policy=policy.upper())


def test_money_nobody_heard_of_goes_home_under_auto_return(shop: Shop, poll, later, purchases_of):
    _policy(shop, "auto_return")
    payment = shop.ask()
    shop.pay(payment, "callback_lost")
    shop.bank.script("*", "timeout_not_done", times=40)
    for minutes in (1, 2, 5, 10, 20, 30):
        poll(later(minutes=minutes))
    assert shop.see(payment).state == PaymentState.PROCESSING
    shop.bank.http.delete("/control/faults")
    shop.bank.advance(31 * 60)

    poll(later(minutes=50))
    poll(later(minutes=120))

    assert shop.truth(payment) == "RETURNED"
    assert shop.attempt(payment).state == AttemptState.AUTO_RETURNED
    assert shop.see(payment).state == PaymentState.CREATED
    assert purchases_of(shop.business.id) == []
    assert shop.is_well()


def test_kept_money_is_asked_for_until_it_is_confirmed(shop: Shop, poll, later, purchases_of):
    _policy(shop, "kept")
    payment = shop.ask()
    address = shop.pay(payment)
    shop.bank.script("*", "timeout_not_done", times=200)
    shop.come_back(address)
    for minutes in (1, 3, 10, 30, 90):
        poll(later(minutes=minutes))
        shop.bank.advance(30 * 60)
    assert shop.truth(payment) == "PAID"  # hours later, where another bank had sent it home
    assert shop.see(payment).state == PaymentState.PROCESSING
    shop.bank.http.delete("/control/faults")

    poll(later(hours=9))

    assert shop.truth(payment) == "VERIFIED"
    assert shop.see(payment).state == PaymentState.SETTLED
    assert len(purchases_of(shop.business.id)) == 1
    assert shop.is_well()


@pytest.mark.parametrize(
    ("minutes", "orphan", "truth"),
    [(29, OrphanState.RETURNED, "REVERSED"), (24 * 60, OrphanState.NEEDS_PERSON, "VERIFIED")],
)
def test_kept_money_of_a_try_given_up_is_an_orphan_and_goes_back(
    shop: Shop, poll, later, purchases_of, minutes, orphan, truth
):
    """Within the bank's half hour by itself; later a person sends it, for the bank refuses."""
    _policy(shop, "kept")
    payment = shop.ask()
    authority = shop.send_to_bank(payment)
    poll(later(minutes=46))
    assert shop.attempt(payment).state == AttemptState.EXPIRED
    shop.bank.pay(authority, "callback_lost")
    shop.bank.advance(minutes * 60)
    assert shop.truth(payment) == "PAID"

    poll(later(minutes=52))
    poll(later(minutes=53))

    assert [one.state for one in shop.orphans()] == [orphan]
    assert shop.truth(payment) == truth
    assert purchases_of(shop.business.id) == []


# 2 · duplicate callbacks (the parallel ones are in test_parallel.py)


def test_repeated_returns_change_nothing(shop: Shop, purchases_of, later):
    """Rule R44."""
    payment = shop.ask()
    address = shop.pay(payment)
    places = [shop.come_back(address) for _ in range(3)]
    places.append(shop.come_back(address, now=later(hours=3)))

    assert {(place.state, place.pay_token) for place in places} == {
        (PaymentState.SETTLED, payment.pay_token)
    }
    assert len(purchases_of(shop.business.id)) == 1
    assert len(shop.calls("confirm")) == 1
    assert len(events(shop, "payment.settled")) == 1


def test_callbacks_are_kept_as_evidence_but_not_without_end(shop: Shop):
    address = shop.pay(shop.ask())
    for _ in range(25):
        shop.come_back(address)
    assert len(shop.calls("callback")) == 20


# 3 · forged and replayed


def test_a_forged_success_for_an_unpaid_session_is_not_believed(shop: Shop):
    payment = shop.ask()
    authority = shop.send_to_bank(payment)
    token = shop.attempt(payment).callback_token
    shop.come_back(f"/pay/return/{token}/?Authority={authority}&Status=OK")

    assert shop.see(payment).state == PaymentState.PROCESSING
    assert shop.attempt(payment).state == AttemptState.RETURNED
    assert shop.attempt(payment).provider_ref is None


def test_a_paid_session_of_a_cheaper_payment_pays_nothing_else(shop: Shop):
    cheap, dear = shop.ask(10_000), shop.ask(5_000_000)
    address = shop.pay(cheap)
    shop.send_to_bank(dear)
    token = shop.attempt(dear).callback_token
    query = address.partition("?")[2]

    with pytest.raises(Problem) as refusal:
        shop.come_back(f"/pay/return/{token}/?{query}")

    assert refusal.value.code == "callback_mismatch"
    assert shop.see(dear).state == PaymentState.PROCESSING
    assert [call.outcome for call in shop.calls("callback")] == ["mismatch"]


def test_a_callback_of_another_business_pays_nothing(shop: Shop, other_shop: Shop):
    mine, theirs = shop.ask(), other_shop.ask()
    address = other_shop.pay(theirs)
    shop.send_to_bank(mine)
    token, query = shop.attempt(mine).callback_token, address.partition("?")[2]
    with pytest.raises(Problem):
        shop.come_back(f"/pay/return/{token}/?{query}")
    assert shop.see(mine).state == PaymentState.PROCESSING
    assert other_shop.see(theirs).state == PaymentState.PROCESSING


@pytest.mark.parametrize("token", ["", "x", "a" * 44, "../../etc", "\x00" * 44, "é" * 44])
def test_an_invented_address_finds_nothing(shop: Shop, token: str):
    with pytest.raises(NotFound):
        shop.come_back(f"/pay/return/{token}/?Authority=S1&Status=OK")


def test_a_token_grafted_on_another_business_finds_nothing(shop: Shop, other_shop: Shop):
    payment, theirs = shop.ask(), other_shop.ask()
    address = shop.pay(payment)
    grafted = theirs.pay_token[:22] + shop.attempt(payment).callback_token[22:]
    with pytest.raises(NotFound):
        shop.come_back(f"/pay/return/{grafted}/?{address.partition('?')[2]}")
