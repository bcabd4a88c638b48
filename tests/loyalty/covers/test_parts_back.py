"""Refunds of payments a gift card paid part of: each part to where it came from (R17, R24, N8)."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Problem
from core.tenancy import acting_for
from customers.models import Tender
from customers.operations import NewLine
from loyalty.models import GiftCardUse
from loyalty.operations.sweep import sweep_business
from payments.enums import BookAccount, PaymentMethod
from payments.models import Payment, ProviderAccount
from payments.operations import cancel_payment, expire_payment
from payments.operations.covers.off import let_go_of_overdue
from payments.operations.covers.put import cover_payment, finish_covered, uncover_payment
from payments.operations.create import locked
from payments.operations.take_in import MoneyIn, take_in
from payments.providers.contract import TransferState
from tests.loyalty.covers.conftest import Checkout
from tests.payments.refunds.conftest import RefundShop, out, refunds

__all__ = ["out", "refunds"]


@pytest.fixture
def settled(checkout: Checkout, refunds: RefundShop) -> Payment:
    """Return a paid payment of a million, 333,333 of it by card."""
    payment = checkout.cover(checkout.ask(1_000_000), checkout.card(333_333))
    checkout.shop.come_back(checkout.shop.pay(payment))
    refunds.now = refunds.shop.now + timedelta(minutes=40)
    return payment


def test_three_refunds_of_goods_give_each_part_back_exactly(checkout, refunds, out, settled):
    """Rule R24: no rial of the gift card comes as money, and none is lost."""
    out.fate = TransferState.PAID
    for money in (222_222, 222_222, 222_223):
        refunds.ask(settled, money)
    assert checkout.sale(settled).returned_rial == 1_000_000
    assert checkout.left() == [333_333]
    assert checkout.see(settled.id).refunded_rial == 666_667


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["small card", "large card", "coupon", "take off", "wait", "pay", "end", "expire"]
        ),
        st.integers(min_value=0, max_value=40),
    ),
    max_size=14,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_buyers_do_no_rial_of_a_card_is_lost_or_doubled(checkout, steps):
    """Property (R41, R43): cards, holds and sales always sum to what was sold on cards."""
    before = sum(checkout.left())
    sold = 150_000 + 2_000_000
    codes = {"small card": checkout.card(150_000), "large card": checkout.card(2_000_000)}
    with acting_for(checkout.business_id):
        spent_before = _by_card()
    word = f"K{abs(hash(codes['small card'])) % 10**9}"
    codes["coupon"] = checkout.coupon(code=word, percent=7)
    payment = checkout.ask(1_000_000, lines=[NewLine(name="a", unit_price_rial=1_000_000)])
    now = checkout.now
    for what, minutes in steps:
        now += timedelta(minutes=minutes)
        with acting_for(checkout.business_id):
            _do(what, codes, payment.id, now)
            held = _held()
            spent = _by_card() - spent_before
        assert sum(checkout.left()) - before + held + spent == sold
        assert checkout.see(payment.id).asked_rial == 1_000_000
    with acting_for(checkout.business_id):
        cancel_or_leave(payment.id, now)
        sweep_business(now=now + timedelta(days=9))
        assert _held() == 0
    assert checkout.wrong() == []


def cancel_or_leave(payment_id, now):
    if Payment.objects.get(id=payment_id).state == "created":
        cancel_payment(payment_id=payment_id, now=now)


def _do(what, codes, payment_id, now):
    work = {
        "take off": partial(_take_off, payment_id, now),
        "wait": partial(let_go_of_overdue, payment_id=payment_id, now=now),
        "pay": partial(_pay, payment_id, now),
        "end": partial(cancel_payment, payment_id=payment_id, now=now),
        "expire": partial(expire_payment, payment_id=payment_id, now=now),
        **{
            name: partial(cover_payment, payment_id=payment_id, code=code, now=now)
            for name, code in codes.items()
        },
    }
    with suppress(Problem):
        work[what]()


def _take_off(payment_id, now):
    for cover in Payment.objects.get(id=payment_id).covers.filter(state="held")[:1]:
        uncover_payment(payment_id=payment_id, cover_id=cover.id, now=now)


def _pay(payment_id, now):
    payment = locked(payment_id)
    if payment.state != "created":
        return
    if not payment.amount_rial:
        finish_covered(payment_id=payment_id, now=now)
        return
    account = ProviderAccount.objects.first()
    money = MoneyIn(
        method=PaymentMethod.DIRECT_DEBIT,
        provider="zarinpal",
        place=(BookAccount.PROVIDER, str(account.id if account else "")),
    )
    take_in(payment, money, now)


def _held() -> int:
    uses = GiftCardUse.objects.filter(state="reserved")
    return sum(uses.values_list("amount_rial", flat=True))


def _by_card() -> int:
    return sum(Tender.objects.filter(method="gift_card").values_list("amount_rial", flat=True))
