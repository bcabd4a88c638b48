"""Zarinpal's refunds over real HTTP, against the sandbox and its bank's truth."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.tenancy import acting_for
from payments.enums.refunds import RefundRoute, RefundState, Waiting
from payments.models import ProviderAccount, Transfer
from payments.operations import set_provider_account
from payments.operations.refunds import ask_refund, run_until_it_waits
from tests.payments.conftest import Shop

CARD_REFUND = {"session_id": "2", "amount": 50_000, "method": "CARD", "reason": "OTHER"}
MUTATION = (
    "mutation AddRefund($session_id: ID!) {"
    " resource: AddRefund(session_id: $session_id) { id amount timeline { refund_status } } }"
)


@dataclass
class Real:
    """A shop whose Zarinpal account has an access token."""

    shop: Shop
    poll: object
    now: datetime

    def ask(self, payment, amount_rial: int) -> Transfer:
        with acting_for(self.shop.business.id, durable=True):
            asked = ask_refund(
                payment_id=payment.id,
                external_id=uuid4().hex,
                amount_rial=amount_rial,
                by="x",
                now=self.now,
            )
        run_until_it_waits(business_id=self.shop.business.id, transfer_id=asked.id, now=self.now)
        return self.see(asked.id)

    def see(self, transfer_id: UUID) -> Transfer:
        with acting_for(self.shop.business.id):
            return Transfer.objects.get(id=transfer_id)

    def wait(self, **ahead) -> None:
        pause = timedelta(**ahead)
        self.now += pause
        self.shop.bank.advance(int(pause.total_seconds()))
        self.poll(self.now)  # type: ignore[operator]

    def back_rial(self) -> int:
        """Return what the bank knows to have reached cards."""
        rows = self.shop.bank.transfers()
        return sum(row["amount_rial"] for row in rows if row["state"] == "PAID")


@pytest.fixture
def real(shop: Shop, poll) -> Real:
    with acting_for(shop.business.id):
        set_provider_account(
            credentials={
                "merchant_id": str(uuid4()),
                "access_token": "token-of-the-panel",
                "terminal_id": "4321",
            },
            is_sandbox=True,
            now=shop.now,
        )
        families = ProviderAccount.objects.get(is_active=True).families
    assert "refunds" in families
    shop.buy(5_000_000)  # money in the wallet besides
    return Real(shop, poll, shop.now + timedelta(minutes=40))


def test_part_of_a_payment_goes_back_to_its_card(real: Real):
    payment = real.shop.buy()
    refund = real.ask(payment, 300_000)
    assert refund.route == RefundRoute.GATEWAY
    assert refund.state == RefundState.PAID
    assert real.back_rial() == 300_000
    assert real.shop.is_well()


@pytest.mark.parametrize("fault", ["timeout_done", "html_500_done", "bad_json"])
def test_unheard_but_done_is_found_in_the_session(real: Real, fault):
    payment = real.shop.buy()
    real.shop.bank.script("AddRefund", fault)
    refund = real.ask(payment, 300_000)
    assert refund.state == RefundState.UNKNOWN
    real.wait(seconds=10)
    assert real.see(refund.id).state == RefundState.PAID
    assert real.back_rial() == 300_000
    assert real.shop.heard("AddRefund") == 1


@pytest.mark.parametrize("fault", ["timeout_not_done", "html_500"])
def test_unheard_and_not_done_is_ordered_again_only_when_that_is_final(real: Real, fault):
    payment = real.shop.buy()
    real.shop.bank.script("AddRefund", fault)
    refund = real.ask(payment, 300_000)
    real.wait(minutes=20)
    assert real.see(refund.id).state == RefundState.UNKNOWN
    assert real.shop.heard("AddRefund") == 1
    real.wait(minutes=30)
    real.wait(seconds=1)
    assert real.see(refund.id).state == RefundState.PAID
    assert real.back_rial() == 300_000


def test_two_equal_refunds_of_one_session_both_go(real: Real):
    payment = real.shop.buy()
    assert real.ask(payment, 300_000).state == RefundState.PAID
    assert real.ask(payment, 300_000).state == RefundState.PAID
    assert real.back_rial() == 600_000
    for _day in range(4):
        real.wait(days=1)
    assert real.shop.is_well()


def test_an_unheard_second_refund_that_cannot_be_told_apart_is_a_persons(real: Real):
    payment = real.shop.buy()
    real.ask(payment, 300_000)
    real.shop.bank.script("AddRefund", "timeout_not_done")
    second = real.ask(payment, 300_000)
    for _look in range(16):
        real.wait(hours=25)
    second = real.see(second.id)
    assert (second.state, second.waiting) == (RefundState.UNKNOWN, Waiting.PERSON)
    assert real.back_rial() == 300_000


def test_money_that_bounces_a_day_later(real: Real):
    payment = real.shop.buy()
    refund = real.ask(payment, 309_952)  # magic: arrives and comes back
    assert refund.state == RefundState.PAID
    real.wait(days=1, minutes=1)
    real.wait(minutes=1)
    assert real.see(refund.id).state == RefundState.RETURNED_AFTER_PAID
    assert real.shop.see(payment).refunded_rial == real.back_rial() == 0
    assert real.shop.is_well()


def test_an_empty_wallet_waits(real: Real):
    with acting_for(real.shop.business.id):
        set_provider_account(
            credentials={
                "merchant_id": str(uuid4()),
                "access_token": "t",
                "terminal_id": "1",
            },
            is_sandbox=True,
            now=real.shop.now,
        )
    payment = real.shop.buy()  # the fee is gone from this wallet, nothing else is in it
    refund = real.ask(payment, 900_000)
    assert (refund.state, refund.waiting) == (RefundState.REQUESTED, Waiting.BALANCE)
    real.shop.buy(2_000_000)
    real.wait(minutes=61)
    assert real.see(refund.id).state == RefundState.PAID
    assert real.shop.is_well()


def test_without_a_token_the_service_is_not_offered(shop: Shop):
    with acting_for(shop.business.id):
        set_provider_account(credentials={"merchant_id": str(uuid4())}, now=shop.now)
        families = ProviderAccount.objects.get(is_active=True).families
    assert "refunds" not in families


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({"amount": 19_999}, "validation"),
        ({"amount": "50000"}, "graphql"),
        ({"amount": 901_000}, "validation"),
        ({"method": "FAST"}, "graphql"),
        ({"reason": "WHY"}, "graphql"),
        ({"session_id": "999"}, "validation"),
    ],
)
def test_the_sandbox_is_strict(real: Real, changes, category):
    real.shop.buy()
    answer = real.shop.bank.http.post(
        "/zarinpal/api/v4/graphql/",
        json={"query": MUTATION, "variables": CARD_REFUND | changes},
        headers={"Authorization": "Bearer t"},
    ).json()
    assert answer["errors"][0]["extensions"]["category"] == category
    assert real.shop.bank.transfers() == []


def test_the_sandbox_wants_a_token(bank):
    answer = bank.http.post(
        "/zarinpal/api/v4/graphql/", json={"query": MUTATION, "variables": CARD_REFUND}
    )
    assert answer.json()["errors"][0]["message"] == "Unauthenticated."
