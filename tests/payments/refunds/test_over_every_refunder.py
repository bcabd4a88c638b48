"""The engine of refunds over HTTP at every provider whose key or list tells refunds apart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.tenancy import acting_for
from payments.enums import AlertKind, PaymentState
from payments.enums.refunds import RefundRoute, RefundState, Waiting
from payments.models import MoneyEntry, Payment, ProviderAccount, Transfer
from payments.operations.refunds import ask_refund, run_until_it_waits
from tests.payments.conftest import Shop
from tests.payments.over_http import alerts, shop_at

AMOUNT = 900_000


def zibal() -> dict[str, str]:
    merchant = uuid4().hex[:24]
    return {"merchant": merchant, "access_token": f"{merchant}.secret", "account_id": "w-1"}


def vandar() -> dict[str, str]:
    shop, secret = uuid4().hex, uuid4().hex
    return {"api_key": shop, "business": shop, "mobile": "09121234567", "password": secret}


def jibit() -> dict[str, str]:
    return {"api_key": f"key-{uuid4().hex[:12]}", "secret_key": uuid4().hex}


@dataclass(frozen=True, kw_only=True)
class Refunder:
    """Credentials that open refunds, and which of them names the wallet at the bank."""

    credentials: Callable[[], dict[str, str]]
    wallet: str


REFUNDERS = {
    "zibal": Refunder(credentials=zibal, wallet="merchant"),
    "vandar": Refunder(credentials=vandar, wallet="business"),
    "jibit_ppg": Refunder(credentials=jibit, wallet="api_key"),
}


@dataclass
class Till:
    """A shop at one provider, the bank's clock and ours side by side."""

    shop: Shop
    wallet: str
    poll: Callable[[datetime], int]

    @property
    def now(self) -> datetime:
        return self.shop.now

    def fund(self, amount_rial: int = 50_000_000) -> None:
        self.shop.bank.fund(self.wallet, amount_rial)

    def sold(self) -> Payment:
        """Sell, and let the window for undoing it pass."""
        payment = self.shop.buy(AMOUNT)
        assert payment.state == PaymentState.SETTLED
        self.wait(minutes=40)
        return payment

    def ask(self, payment: Payment, amount_rial: int | None = None) -> Transfer:
        with acting_for(self.shop.business.id, durable=True):
            asked = ask_refund(
                payment_id=payment.id,
                external_id=uuid4().hex,
                amount_rial=amount_rial,
                by="سارا",
                now=self.now,
            )
        run_until_it_waits(business_id=self.shop.business.id, transfer_id=asked.id, now=self.now)
        return self.see(asked.id)

    def see(self, transfer_id: UUID) -> Transfer:
        with acting_for(self.shop.business.id):
            return Transfer.objects.get(id=transfer_id)

    def wait(self, **ahead: float) -> None:
        """Let the same time pass here and at the bank, and the worker look."""
        pause = timedelta(**ahead)
        self.shop.now += pause
        self.shop.bank.advance(int(pause.total_seconds()))
        self.poll(self.now)

    def arrived(self, transfer: Transfer) -> Transfer:
        """Wait until the bank has delivered and we have heard of it."""
        for _look in range(6):
            self.wait(hours=1)
        return self.see(transfer.id)

    def on_cards(self) -> int:
        """Return the rial that the bank knows to have reached cards as new money."""
        rows = self.shop.bank.transfers()
        return sum(row["amount_rial"] for row in rows if row["state"] == "PAID")

    def booked(self, account: str) -> int:
        with acting_for(self.shop.business.id):
            rows = MoneyEntry.objects.filter(account=account)
            return sum(row.amount_rial for row in rows)

    def agrees(self) -> bool:
        """Tell whether our books, the payment and the bank say the same."""
        return (
            self.shop.is_well()
            and self.shop.bank.ledger()["balanced"]
            and self.booked("in_transit") == 0
            and self.booked("refunds") == self.on_cards()
        )


@pytest.fixture(params=sorted(REFUNDERS))
def till(request, shop: Shop, poll) -> Till:
    return till_at(request.param, shop, poll)


def till_at(provider: str, shop: Shop, poll: Callable[[datetime], int]) -> Till:
    refunder = REFUNDERS[provider]
    credentials = refunder.credentials()
    made = shop_at(shop, provider, **credentials)
    with acting_for(shop.business.id):
        assert "refunds" in ProviderAccount.objects.get(is_active=True).families
    return Till(made, f"merchant:{credentials[refunder.wallet]}", poll)


@pytest.mark.parametrize("amount", [None, 300_000])
def test_money_goes_back_whole_or_in_part(till: Till, purchases_of, amount):
    till.fund()
    payment = till.sold()
    refund = till.ask(payment, amount)
    assert refund.route == RefundRoute.GATEWAY

    refund = till.arrived(refund)
    wanted = amount or AMOUNT
    assert (refund.state, refund.paid_rial) == (RefundState.PAID, wanted)
    assert till.on_cards() == till.shop.see(payment).refunded_rial == wanted
    assert purchases_of(till.shop.business.id)[0].returned_rial == wanted
    for _day in range(4):
        till.wait(days=1)
    assert till.see(refund.id).confirmed_at is not None
    assert till.shop.see(payment).state == PaymentState.SETTLED
    assert till.agrees()


def test_two_equal_parts_are_two_refunds(till: Till):
    till.fund()
    payment = till.sold()
    first = till.arrived(till.ask(payment, 300_000))
    second = till.arrived(till.ask(payment, 300_000))
    assert {first.state, second.state} == {RefundState.PAID}
    assert first.reference != second.reference
    assert till.on_cards() == 600_000
    assert till.agrees()


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_an_order_carried_out_unheard_is_found_and_never_given_twice(till: Till, fault):
    till.fund()
    payment = till.sold()
    till.arrived(till.ask(payment, 300_000))
    till.shop.bank.script("refund", fault)
    refund = till.ask(payment, 300_000)
    assert refund.state == RefundState.UNKNOWN

    refund = till.arrived(refund)
    assert refund.state == RefundState.PAID
    assert till.on_cards() == 600_000
    assert till.shop.heard("refund") == 2
    assert till.agrees()


@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500"])
def test_an_order_never_carried_out_is_given_again_once(till: Till, fault):
    till.fund()
    payment = till.sold()
    till.shop.bank.script("refund", fault)
    refund = till.ask(payment, 300_000)
    assert refund.state == RefundState.UNKNOWN

    till.wait(hours=25)  # the longest finality of the three
    refund = till.arrived(refund)
    assert refund.state == RefundState.PAID
    assert till.on_cards() == 300_000
    assert till.agrees()


def test_an_empty_wallet_waits_for_money(till: Till):
    payment = till.sold()
    refund = till.ask(payment)  # the fee is gone from the wallet, nothing else is in it
    assert refund.state == RefundState.REQUESTED
    assert refund.waiting == Waiting.BALANCE
    assert till.on_cards() == 0

    till.fund()
    assert till.arrived(refund).state == RefundState.PAID
    assert till.on_cards() == AMOUNT
    assert till.agrees()


def test_money_that_bounces_is_owed_again(till: Till):
    till.fund()
    payment = till.sold()
    refund = till.ask(payment, 300_000)
    till.shop.bank.decide(till.shop.bank.transfers()[-1]["id"], "bounce")
    assert till.arrived(refund).state == RefundState.PAID

    till.wait(days=1, hours=4)
    till.wait(minutes=2)
    assert till.see(refund.id).state == RefundState.RETURNED_AFTER_PAID
    assert till.shop.see(payment).refunded_rial == till.on_cards() == 0
    assert till.agrees()


@pytest.mark.parametrize("fate", ["arrive", "bounce"])
def test_a_refund_of_ours_is_no_success_taken_back(till: Till, fate):
    """The provider calls a payment returned once we refunded it; that is what we wanted."""
    till.fund()
    payment = till.sold()
    till.ask(payment)
    till.shop.bank.decide(till.shop.bank.transfers()[-1]["id"], fate)
    for _day in range(5):
        till.wait(days=1)

    assert till.shop.see(payment).state == PaymentState.SETTLED
    assert till.shop.reversals() == []
    if fate == "arrive":
        assert AlertKind.CONTRADICTION not in alerts(till.shop)
    assert till.agrees()


def test_an_unheard_order_beside_one_that_bounced_is_not_given_twice(till: Till):
    """The earlier refund is back, which nobody here has heard yet: what stands is the new one."""
    till.fund()
    payment = till.sold()
    till.arrived(till.ask(payment, 300_000))
    earlier = till.shop.bank.transfers()[-1]["id"]
    till.shop.bank.script("refund", "timeout_done")
    refund = till.ask(payment, 300_000)
    till.shop.bank.decide(earlier, "bounce")
    till.shop.bank.advance(26 * 3600)
    till.shop.now += timedelta(seconds=10)
    till.poll(till.now)
    till.arrived(refund)
    till.wait(days=2)

    assert till.shop.heard("refund") == 2
    assert till.see(refund.id).state == RefundState.PAID
    assert till.on_cards() == till.shop.see(payment).refunded_rial == 300_000
    assert till.agrees()


def test_zibal_undoes_the_whole_payment_where_it_can(shop: Shop, poll, purchases_of):
    till = till_at("zibal", shop, poll)
    till.fund()
    payment = shop.buy(AMOUNT)
    refund = till.ask(payment)
    assert (refund.state, refund.paid_rial) == (RefundState.PAID, AMOUNT)
    assert shop.truth(payment) == "REVERSED"
    for _day in range(4):
        till.wait(days=1)
    assert till.see(refund.id).state == RefundState.PAID
    assert shop.see(payment).refunded_rial == AMOUNT
    assert purchases_of(shop.business.id)[0].returned_rial == AMOUNT
    assert till.booked("refunds") == AMOUNT
    assert shop.is_well()
