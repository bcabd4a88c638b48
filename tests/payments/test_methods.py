"""Ways of paying: the funnel and the months by hand, what the pay page offers first, its cost."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from businesses.operations import update_business
from businesses.queries.tenants import forget_business
from core.ids import new_id
from core.numbers import make_iban
from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.enums import PaymentMethod, PaymentState
from payments.models import (
    AmountSignature,
    BankAccount,
    DepositIdentifier,
    Payment,
    PaymentAttempt,
    ProviderAccount,
)
from payments.operations import create_payment
from payments.operations.deposits import save_bank_account
from payments.queries.methods import method_figures, months_of_methods
from tests.payments.conftest import Shop

TEHRAN = ZoneInfo("Asia/Tehran")
SPAN: dict[str, Any] = {"since": date(2026, 10, 25), "until": date(2026, 11, 24), "zone": TEHRAN}
GATEWAY, CARD, DEPOSIT = (
    PaymentMethod.GATEWAY,
    PaymentMethod.CARD_TO_CARD,
    PaymentMethod.IDENTIFIED_DEPOSIT,
)


class Past:
    """Payments put into a business's past, with what was begun for each."""

    def __init__(self, business, now):
        self.business, self.now = business, now

    def payment(
        self,
        *,
        begun=(),
        paid: PaymentMethod | None = None,
        offered=(),
        rial=10_000,
        still_open=False,
        at=None,
        provider="zarinpal",
    ) -> Payment:
        at = at or self.now
        state = PaymentState.PROCESSING if still_open else PaymentState.EXPIRED
        with acting_for(self.business.id):
            payment = Payment.objects.create(
                external_id=str(new_id()),
                amount_rial=rial,
                method=paid or GATEWAY,
                state=PaymentState.SETTLED if paid else state,
                offered=list(offered),
                pay_token=str(new_id()),
                created_at=at,
                expires_at=at,
                settled_at=at if paid else None,
            )
            for method in begun:
                self._begin(payment, method, at, provider)
            return payment

    def _begin(self, payment, method, at, provider):
        if method is GATEWAY:
            account, _made = ProviderAccount.objects.get_or_create(
                provider=provider,
                is_active=True,
                defaults={"credentials": b"x", "families": ["gateway"], "created_at": self.now},
            )
            PaymentAttempt.objects.create(
                payment=payment,
                account=account,
                number=1,
                callback_token=str(new_id()),
                sent_amount=payment.amount_rial,
                wire_unit="IRR",
                adapter_version="test",
                started_at=at,
                redirected_at=at,
            )
            return
        bank, _made = BankAccount.objects.get_or_create(title="x", defaults={"created_at": at})
        DepositIdentifier.objects.create(
            account=bank, payment=payment, digits=str(new_id()), created_at=at
        )
        if method is CARD:
            AmountSignature.objects.create(
                account=bank,
                payment=payment,
                amount_rial=payment.amount_rial + 7,
                added_rial=7,
                created_at=at,
                expires_at=at,
            )


@pytest.fixture
def past(business, now) -> Past:
    return Past(business, now)


def test_from_offered_to_paid_by_hand(past: Past, business):
    ways = [GATEWAY, DEPOSIT, CARD]
    past.payment(offered=ways, begun=[GATEWAY], paid=GATEWAY, rial=30_000)
    past.payment(offered=ways, begun=[GATEWAY])
    past.payment(offered=ways, begun=[GATEWAY], still_open=True)
    past.payment(offered=ways)
    # Began at the gateway, paid from card to card.
    past.payment(offered=ways, begun=[GATEWAY, CARD], paid=CARD, rial=10_000)
    past.payment(begun=[DEPOSIT])
    with acting_for(business.id):
        gateway, card, deposit = method_figures(**SPAN)
    assert (gateway.method, gateway.offered, gateway.started) == (GATEWAY, 5, 4)
    # Of four begun one is still open; of the three others one was paid by the gateway.
    assert (gateway.completion.tries, gateway.completion.won) == (3, 1)
    assert (gateway.paid, gateway.paid_rial, gateway.share) == (1, 30_000, 0.75)
    assert (card.method, card.offered, card.started, card.paid) == (CARD, 5, 1, 1)
    assert (card.completion.tries, card.completion.won, card.share) == (1, 1, 0.25)
    assert (deposit.method, deposit.offered, deposit.started, deposit.paid) == (DEPOSIT, 6, 1, 0)
    assert (deposit.completion.tries, deposit.completion.won) == (1, 0)


def test_money_of_a_pay_later_partner_is_not_the_gateways(past: Past, business):
    past.payment(begun=[GATEWAY], paid=PaymentMethod.BNPL, provider="snapppay")
    with acting_for(business.id):
        (later,) = method_figures(**SPAN)
    assert (later.method, later.started, later.paid) == (PaymentMethod.BNPL, 1, 1)


def test_days_and_months_are_the_businesss(past: Past, business, now):
    # 1 Azar 1405 is 22 November 2026; it begins at 20:30 UTC of the 21st.
    azar = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    past.payment(paid=GATEWAY, rial=1_000, at=azar)
    past.payment(paid=GATEWAY, rial=20_000, at=azar - timedelta(minutes=1))
    past.payment(paid=CARD, rial=300_000, at=azar - timedelta(days=30))
    past.payment(paid=GATEWAY, rial=4_000_000, at=azar - timedelta(days=300))
    with acting_for(business.id):
        months = months_of_methods(today=date(2026, 11, 23), zone=TEHRAN)
        one_day: dict[str, Any] = {
            "since": date(2026, 11, 22),
            "until": date(2026, 11, 23),
            "zone": TEHRAN,
        }
        (today,) = method_figures(**one_day)
    assert [(one.month, one.method, one.count, one.paid_rial) for one in months] == [
        (date(2026, 10, 23), CARD, 1, 300_000),
        (date(2026, 10, 23), GATEWAY, 1, 20_000),
        (date(2026, 11, 22), GATEWAY, 1, 1_000),
    ]
    assert today.paid_rial == 1_000


def test_over_http_with_intervals(past: Past, api, now):
    past.payment(begun=[GATEWAY], paid=GATEWAY)
    past.payment(begun=[GATEWAY])
    query = {"since": "2026-10-25", "until": "2026-11-23"}
    told = api.get("reports/payment-methods", query).json()
    (one,) = told["methods"]
    assert one["completion"] | {"low": None, "high": None} == {
        "tries": 2,
        "succeeded": 1,
        "rate": 0.5,
        "low": None,
        "high": None,
    }
    # Wilson for one of two.
    assert [round(one["completion"][end], 3) for end in ("low", "high")] == [0.095, 0.905]
    assert api.get("reports/payment-methods", {"since": "x"}).json()["code"] == "invalid_date"
    turned = {"since": "2026-11-02", "until": "2026-11-01"}
    assert api.get("reports/payment-methods", turned).json()["code"] == "invalid_date"


def test_page_and_report_cost_the_same_for_one_payment_and_three(
    past: Past, api, owner_client, business, django_assert_max_num_queries
):
    def cost() -> tuple[int, int]:
        with django_assert_max_num_queries(100) as page:
            address = f"/b/{business.slug}/reports/methods/"
            assert owner_client.get(address).status_code == 200
        with django_assert_max_num_queries(100) as report:
            assert api.get("reports/payment-methods").status_code == 200
        return len(page), len(report)

    past.payment(begun=[GATEWAY], paid=GATEWAY)
    cost()
    one = cost()
    past.payment(begun=[CARD], paid=CARD)
    past.payment(begun=[DEPOSIT], paid=DEPOSIT)
    assert cost() == one


def test_without_payments_the_page_teaches(owner_client, business):
    page = owner_client.get(f"/b/{business.slug}/reports/methods/").content.decode()
    assert "empty-state" in page


def _bank(shop: Shop) -> None:
    with acting_for(shop.business.id):
        save_bank_account(
            title="ملی",
            iban=make_iban("0170000000100324200001"[:22]),
            card="6037991234567893",
            now=shop.now,
        )


def _pay_page(client, shop: Shop, payment: Payment) -> str:
    page: str = client.get(f"/p/{payment.pay_token}/").content.decode()
    return page


def test_the_pay_page_writes_down_once_what_it_offered(shop, client):
    payment = shop.ask()
    _pay_page(client, shop, payment)
    assert shop.see(payment).offered == ["gateway"]
    _bank(shop)
    page = _pay_page(client, shop, payment)
    assert page.index('id="pay-button"') < page.index('id="transfer-button"')
    assert shop.see(payment).offered == ["gateway"]


def test_the_way_somebody_paid_before_comes_first(shop, client):
    _bank(shop)
    hint = CustomerHint(mobile="+989121234567")
    for _time in range(2):
        shop.buy(customer=hint)
    payment = shop.ask(customer=hint)
    page = _pay_page(client, shop, payment)
    assert page.index('id="pay-button"') < page.index('id="transfer-button"')
    with acting_for(shop.business.id):
        Payment.objects.filter(state=PaymentState.SETTLED).update(method=CARD)
    page = _pay_page(client, shop, payment)
    assert page.index('value="card"') < page.index('id="pay-button"')
    assert "راهی که پیش‌تر با آن پرداختید" in page
    stranger = shop.ask(customer=CustomerHint(mobile="+989351112233"))
    page = _pay_page(client, shop, stranger)
    assert page.index('id="pay-button"') < page.index('value="card"')


def test_the_pay_page_names_whose_page_comes_next_and_the_shops_enamad(shop, client, settings):
    with acting_for(shop.business.id):
        ProviderAccount.objects.update(is_sandbox=False)
        update_business(
            name="x",
            vertical="cafe",
            timezone="Asia/Tehran",
            phone="",
            enamad_url="https://trustseal.enamad.ir/?id=1",
            now=shop.now,
        )
        asked = create_payment(
            external_id="a",
            amount_rial=900_000,
            customer=None,
            now=shop.now,
        )
        payment = Payment.objects.get(id=asked.id)
    forget_business()
    page = _pay_page(client, shop, payment)
    assert '<bdi dir="ltr">payment.zarinpal.com</bdi>' in page
    assert 'href="https://trustseal.enamad.ir/?id=1"' in page
