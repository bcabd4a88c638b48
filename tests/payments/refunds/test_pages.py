"""Refunds on the owner's pages and on the customer's receipt."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from payments.enums.refunds import RefundState
from payments.models import PaymentAttempt, Transfer
from payments.operations.refunds import set_refund_policy
from payments.providers import PRODUCTS
from payments.providers.contract import TransferState
from payments.queries.return_days import refund_policy
from tests.dashboard.conftest import client_as, text_of
from tests.payments.refunds.conftest import IBAN, RefundShop

__all__ = ["client_as", "text_of"]


@pytest.fixture
def now():
    """Return the real time: what answers here reads the clock itself."""
    return timezone.now()


@pytest.fixture
def payment(refunds: RefundShop):
    payment = refunds.shop.buy()
    with acting_for(refunds.business_id):
        PaymentAttempt.objects.filter(payment=payment).update(
            confirmed_at=refunds.now - timedelta(hours=1)
        )
    return payment


def place(refunds: RefundShop, path: str = "") -> str:
    return f"/b/{refunds.shop.business.slug}/{path}"


def the_refund(refunds: RefundShop) -> Transfer:
    with acting_for(refunds.business_id):
        return Transfer.objects.get()


TYPED = {
    "amount": "۳۰٬۰۰۰",
    "reason": "quality",
    "destination": "same_card",
    "iban": "",
    "note": "",
    "number": "refund-1",
}


def test_a_preview_stands_before_the_button(refunds, payment, owner_client, text_of):
    page = text_of(owner_client.get(place(refunds, f"payments/{payment.id}/")))
    address = place(refunds, f"payments/{payment.id}/refund/")
    assert address in page
    page = text_of(owner_client.get(address))
    assert "۹۰٬۰۰۰ تومان" in page
    told = text_of(owner_client.post(f"{address}preview/", TYPED))
    assert "۳۰٬۰۰۰ تومان" in told
    assert "۶۰٬۰۰۰ تومان" in told
    assert refunds.out.asked == []
    wrong = text_of(owner_client.post(f"{address}preview/", TYPED | {"amount": "۱۰۰٬۰۰۰"}))
    assert "notice bad" in wrong


def test_pressing_twice_is_one_refund(refunds, payment, owner_client, text_of):
    address = place(refunds, f"payments/{payment.id}/refund/")
    first = owner_client.post(address, TYPED)
    second = owner_client.post(address, TYPED)
    refund = the_refund(refunds)
    assert first["Location"] == second["Location"] == place(refunds, f"refunds/{refund.id}/")
    assert refund.state == RefundState.PAID
    page = text_of(owner_client.get(first["Location"]))
    assert "کیفیت" in page
    assert "۳۰٬۰۰۰" in text_of(owner_client.get(place(refunds, "refunds/")))
    assert "۳۰٬۰۰۰" in text_of(owner_client.get(place(refunds, f"payments/{payment.id}/")))


def test_c022_of_what_is_all_back_no_form_is_offered(refunds, payment, owner_client, text_of, api):
    address = place(refunds, f"payments/{payment.id}/refund/")
    owner_client.post(address, TYPED | {"amount": ""})
    page = text_of(owner_client.get(address))
    assert "پیش‌تر برگشته است" in page
    assert "بیشتر از صفر" not in page
    assert 'id="refund-form"' not in page
    late = owner_client.post(address, TYPED | {"amount": "", "number": "refund-2"})
    assert late.status_code == 422
    assert "پیش‌تر برگشته است" in late.content.decode()
    told = api("post", f"payments/{payment.id}/refunds/preview", {})
    assert (told.status_code, told.json()["code"]) == (409, "refund_exceeds_payment")
    assert told.json()["left_rial"] == 0
    assert "برگشته یا در راه" in told.json()["detail"]


def test_c074_a_sale_of_no_day_says_so_to_buyer_and_seller(refunds, payment, owner_client, text_of):
    with acting_for(refunds.business_id):
        set_refund_policy(approval_above_rial=None, return_days=0, now=refunds.now)
    for page in (
        text_of(Client().get(f"/p/{payment.pay_token}/receipt/")),
        text_of(owner_client.get(place(refunds, f"payments/{payment.id}/refund/"))),
    ):
        assert "پس گرفته نمی‌شود" in page


def test_a_wrong_form_says_why(refunds, payment, owner_client):
    address = place(refunds, f"payments/{payment.id}/refund/")
    answer = owner_client.post(address, TYPED | {"amount": "۱۰۰٬۰۰۰"})
    assert answer.status_code == 422
    with acting_for(refunds.business_id):
        assert not Transfer.objects.exists()


def test_another_person_approves_from_the_queue(refunds, payment, owner_client, client_as, text_of):
    refunds.out.owner = None
    asked = TYPED | {"destination": "account", "iban": IBAN}
    owner_client.post(place(refunds, f"payments/{payment.id}/refund/"), asked)
    refund = the_refund(refunds)
    assert refund.state == RefundState.AWAITING_APPROVAL
    page = place(refunds, f"refunds/{refund.id}/")

    assert "خودتان خواسته‌اید" in text_of(owner_client.get(page))
    owner_client.post(f"{page}approve/")
    assert the_refund(refunds).state == RefundState.AWAITING_APPROVAL

    manager = client_as("manager")
    assert str(refund.id) in text_of(manager.get(place(refunds, "refunds/?state=approve")))
    manager.post(f"{page}approve/", {"note": "تماس گرفتم"})
    assert the_refund(refunds).state == RefundState.PAID
    assert "تماس گرفتم" in text_of(manager.get(page))
    assert client_as("cashier").get(page).status_code == 403


def test_what_came_back_is_paid_again_with_a_button(refunds, payment, owner_client, text_of):
    refunds.out.fate = TransferState.FAILED
    owner_client.post(place(refunds, f"payments/{payment.id}/refund/"), TYPED)
    refund = the_refund(refunds)
    page = place(refunds, f"refunds/{refund.id}/")
    assert "pay-again" in text_of(owner_client.get(page))
    refunds.out.fate = TransferState.PAID
    owner_client.post(f"{page}pay-again/", {"number": "again-1"})
    assert refunds.out.out_rial() == 300_000
    assert owner_client.post(f"{page}steal/").status_code == 404


def test_payouts_are_asked_for_on_their_page(refunds, payment, owner_client, text_of):
    typed = {
        "amount": "۲۵٬۰۰۰",
        "iban": IBAN,
        "first_name": "سارا",
        "last_name": "محمدی",
        "note": "",
        "number": "out-1",
    }
    assert owner_client.post(place(refunds, "payouts/"), typed | {"iban": "1"}).status_code == 422
    answer = owner_client.post(place(refunds, "payouts/"), typed)
    payout = the_refund(refunds)
    assert answer["Location"] == place(refunds, f"refunds/{payout.id}/")
    assert payout.state == RefundState.AWAITING_APPROVAL
    assert "۲۵٬۰۰۰" in text_of(owner_client.get(place(refunds, "payouts/")))


def test_the_clock_and_the_rules(refunds, payment, owner_client, text_of):
    report = place(refunds, "refunds/clock/")
    assert owner_client.get(report).status_code == 200
    owner_client.post(place(refunds, f"payments/{payment.id}/refund/"), TYPED)
    assert "data-chart" in text_of(owner_client.get(report))
    owner_client.post(report, {"limit": "۱٬۰۰۰", "days": "۷"})
    with acting_for(refunds.business_id):
        rules = refund_policy()
    assert (rules.approval_above_rial, rules.return_days) == (10_000, 7)


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        (TransferState.PAID, "پول به شما پرداخت شد"),
        (TransferState.IN_TRANSIT, "پول در راه حساب شماست"),
        (TransferState.FAILED, "فروشگاه هنوز آن را بدهکار است"),
    ],
)
def test_the_receipt_tells_the_customer_the_truth(
    refunds, payment, owner_client, text_of, fate, told
):
    refunds.out.fate = fate
    owner_client.post(place(refunds, f"payments/{payment.id}/refund/"), TYPED)
    page = text_of(Client().get(f"/p/{payment.pay_token}/receipt/"))
    assert told in page
    assert ("می‌رسد" in page) == (fate is TransferState.IN_TRANSIT)


def test_a_list_costs_the_same_for_one_and_for_three(refunds, payment, owner_client):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner_client.get(place(refunds, "refunds/")).status_code == 200
        return len(queries)

    refunds.ask(payment, 100_000)
    cost()
    one = cost()
    refunds.ask(payment, 100_000)
    refunds.ask(payment, 100_000)
    assert cost() == one


def test_a_day_is_expected_only_while_money_is_on_its_way(refunds, payment, owner_client, text_of):
    refunds.out.fate = TransferState.IN_TRANSIT
    refund = refunds.ask(payment, 300_000)
    page = place(refunds, f"refunds/{refund.id}/")
    assert "می‌رسد" in text_of(owner_client.get(page))
    refunds.out.become(refund.id, TransferState.FAILED)
    refunds.wait(minutes=2)
    assert refunds.see(refund).state == RefundState.FAILED
    assert "می‌رسد" not in text_of(owner_client.get(page))


def test_the_form_begins_with_the_way_that_is_open(
    refunds, payment, owner_client, text_of, monkeypatch
):
    as_all = refunds.out
    card_only_in = replace(PRODUCTS["zarinpal"], refunds=None, payouts=as_all, inquiries=as_all)
    address = place(refunds, f"payments/{payment.id}/refund/")
    page = text_of(owner_client.get(address))
    assert 'value="same_card" selected' in page
    monkeypatch.setitem(PRODUCTS, "zarinpal", card_only_in)
    page = text_of(owner_client.get(address))
    assert 'value="account" selected' in page
    assert "این درگاه" in page or "درگاه نمی‌تواند" in page
    assert "notice bad" not in page
    typed = TYPED | {"destination": "account"}
    refused = owner_client.post(address, typed).content.decode()
    assert "این شمارهٔ شبا نیست" in refused
    assert "۶۰٬۰۰۰ تومان" in refused
