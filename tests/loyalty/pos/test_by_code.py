"""A device's sale with a coupon or gift card by its code, once by its number (C031, C050)."""

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import Purchase, PurchaseLine
from loyalty.models import CouponPool, CouponUse, GiftCard, GiftCardUse
from loyalty.queries.invariants import broken
from tests.loyalty.coupons.conftest import make
from tests.loyalty.gift_cards.conftest import issue_cards
from tests.loyalty.pos.conftest import MOBILE

LINES = [
    {"name": "لاته", "quantity": 2, "unit_price": 1_000_000},
    {"name": "کیک", "quantity": 1, "unit_price": 500_000},
]


@pytest.fixture
def codes(business):
    """A tenth off for everybody, and a card with 1,000,000 rial."""
    with acting_for(business.id):
        make(timezone.now())
        issued = issue_cards(timezone.now())
    return "YALDA", issued.codes[0]


def sale(number, paid, **more):
    tenders = {"tenders": [{"method": "pos", "amount": paid}]} if paid else {}
    told = {"transaction_id": number, "customer": {"mobile": MOBILE}, "lines": LINES}
    return told | tenders | more


def test_a_coupon_and_a_card_by_code_are_spent_once_by_the_devices_number(till, business, codes):
    coupon, card = codes
    body = sale(
        "7001", 1_250_000, coupon_codes=[coupon], gift_cards=[{"code": card, "amount": 1_000_000}]
    )
    first, again = till.post("accrue", **body), till.post("accrue", **body)
    assert (first.status_code, again.status_code) == (201, 200), first.content.decode()
    assert first.json() == again.json()
    assert first.json()["total"] == 2_250_000
    with acting_for(business.id):
        assert (CouponPool.objects.get().taken, GiftCard.objects.get().balance_rial) == (1, 0)
        assert [use.state for use in CouponUse.objects.all()] == ["committed"]
        assert [use.state for use in GiftCardUse.objects.all()] == ["committed"]
        lines = PurchaseLine.objects.order_by("position").values_list("discount_rial", flat=True)
        assert list(lines) == [200_000, 50_000]
        assert broken(timezone.now()) == []


def test_undoing_the_sale_gives_coupon_and_card_back(till, business, codes):
    coupon, card = codes
    body = sale(
        "7001", 1_250_000, coupon_codes=[coupon], gift_cards=[{"code": card, "amount": 1_000_000}]
    )
    till.post("accrue", **body)
    undo = {"transaction_id": "7002", "reverses": "7001"}
    assert [till.post("reverse", **undo).status_code for _twice in range(2)] == [201, 200]
    with acting_for(business.id):
        assert CouponPool.objects.get().taken == 0
        assert GiftCard.objects.get().balance_rial == 1_000_000
        assert broken(timezone.now()) == []


def test_a_refused_sale_holds_nothing_and_says_which_field(till, business, codes):
    coupon, card = codes
    wrong = [
        (sale("1", 2_250_000, coupon_codes=["NOROOZ"]), "coupon_codes"),
        (sale("2", 500_000, gift_cards=[{"code": card, "amount": 2_000_000}]), "gift_cards"),
        (
            {
                "transaction_id": "3",
                "tenders": [{"method": "pos", "amount": 10_000}],
                "coupon_codes": [coupon],
            },
            "lines",
        ),
    ]
    for body, field in wrong:
        answer = till.post("accrue", **body)
        assert answer.status_code in {404, 409, 422}
        assert list(answer.json()["errors"]) == [field]
    short = till.post("accrue", **sale("4", 1_000, coupon_codes=[coupon]))
    assert short.status_code == 400
    with acting_for(business.id):
        assert not Purchase.objects.exists()
        assert CouponPool.objects.get().taken == 0
        assert GiftCard.objects.get().balance_rial == 1_000_000


def test_the_same_number_with_another_code_is_a_conflict(till, codes):
    coupon, card = codes
    till.post("accrue", **sale("7001", 2_250_000, coupon_codes=[coupon]))
    other = sale("7001", 1_500_000, gift_cards=[{"code": card, "amount": 1_000_000}])
    answer = till.post("accrue", **other)
    assert (answer.status_code, answer.json()["code"]) == (409, "transaction_conflict")
