"""Selling at the till."""

from uuid import uuid4

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Purchase, Tender
from loyalty.queries.wallets import wallet_view


@pytest.fixture
def till(shop, client_as):
    """Return a function that types a sale as a cashier."""
    cashier = client_as("cashier")

    def type_in(**typed):
        fields = {"sale_id": str(uuid4()), "mobile": "", "amount": "", "method": "pos"}
        branch = {"branch": "main"}
        return cashier.post(shop.url("till/"), fields | branch | typed, follow=True)

    return type_in


def _purchases(shop):
    with acting_for(shop.business.id):
        return list(Purchase.objects.order_by("recorded_at"))


def _buyer():
    customer_id = Purchase.objects.get().customer_id
    assert customer_id is not None
    return customer_id


def _tenders(shop, purchase):
    with acting_for(shop.business.id):
        rows = Tender.objects.filter(purchase=purchase).order_by("position")
        return [(row.method, row.amount_rial) for row in rows]


@pytest.mark.parametrize("amount", ["250000", "۲۵۰٬۰۰۰", "250,000", "٢٥٠٠٠٠"])
def test_an_amount_in_toman_is_recorded_in_rial(shop, till, text_of, amount):
    page = text_of(till(mobile="۰۹۱۲۱۲۳۴۵۶۷", amount=amount))
    assert "فروش ثبت شد" in page
    (purchase,) = _purchases(shop)
    assert purchase.total_rial == 2_500_000
    assert purchase.channel == "till"
    assert _tenders(shop, purchase) == [("pos", 2_500_000)]


def test_the_receipt_prints_the_points(shop, till, text_of):
    page = text_of(till(mobile="09121234567", amount="1000000"))
    with acting_for(shop.business.id):
        wallet = wallet_view(_buyer(), timezone.now())
    assert wallet.balance_points + wallet.pending_points > 0
    assert "امتیاز این خرید" in page


def test_items_give_the_amount(shop, till):
    till(
        mobile="",
        line_name=["لاته", "کیک", ""],
        line_quantity=["۲", "", ""],
        line_price=["۴۵٬۰۰۰", "60000", ""],
    )
    (purchase,) = _purchases(shop)
    assert purchase.total_rial == 1_500_000
    assert purchase.customer_id is None


def test_sending_the_same_form_twice_sells_once(shop, till, text_of):
    sale = {"sale_id": str(uuid4()), "mobile": "09121234567", "amount": "90000"}
    text_of(till(**sale))
    text_of(till(**sale))
    assert len(_purchases(shop)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": ""},
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "نود هزار"},
        {"amount": "99999999999999"},
        {"amount": "90000", "mobile": "12"},
        {"amount": "90000", "mobile": "+12025550143"},
        {"amount": "90000", "method": "points"},
        {"line_name": ["لاته"], "line_quantity": ["0"], "line_price": ["45000"]},
        {"line_name": ["لاته"], "line_quantity": ["1"], "line_price": ["گران"]},
    ],
)
def test_a_wrong_sale_is_refused_beside_its_field_and_kept(shop, till, wrong):
    answer = till(**wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert _purchases(shop) == []
    if wrong.get("mobile"):
        assert wrong["mobile"] in page


def test_points_pay_a_part_of_the_next_sale(shop, till, text_of):
    shop.sell(rial=50_000_000)
    with acting_for(shop.business.id):
        before = wallet_view(_buyer(), timezone.now())
    assert before.balance_points > 0
    page = text_of(till(mobile="09121234567", amount="900000", redeem=str(before.balance_points)))
    assert "امتیاز" in page
    purchase = _purchases(shop)[-1]
    assert dict(_tenders(shop, purchase))["points"] == before.value_rial
    assert purchase.eligible_rial == purchase.total_rial - before.value_rial


def test_the_side_shows_who_it_is_before_anything_is_recorded(shop, client_as, text_of):
    shop.sell()
    cashier = client_as("cashier")
    who = shop.url("till/customer/")
    known = text_of(cashier.get(who, {"mobile": "0912 123 4567", "amount": "۱۰۰٬۰۰۰"}))
    assert "سارا محمدی" in known
    assert "در صندوق بگو" in known
    stranger = text_of(cashier.get(who, {"mobile": "09350000000", "amount": "100000"}))
    assert "مشتری تازه" in stranger
    half = text_of(cashier.get(who, {"mobile": "0912"}))
    assert "شمارهٔ موبایل" in half
    assert len(_purchases(shop)) == 1


def test_a_receipt_of_another_business_is_nowhere(shop, till, other_business, other_owner_client):
    till(amount="90000")
    (purchase,) = _purchases(shop)
    address = f"/b/{other_business.slug}/till/receipts/{purchase.id}/"
    assert other_owner_client.get(address).status_code == 404
