"""C016: what carts, promised prices and plans say of a sale is held against the fields once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.calendar import add_months, business_day
from core.tenancy import acting_for
from customers.models import Purchase, PurchaseLine
from customers.operations import NewLine
from customers.operations.context import lay_out_context
from payments.models import Cart, Payment, Quote
from payments.operations.links import NewCart, pay_cart, tell_cart

pytestmark = pytest.mark.django_db
LINES = (
    NewLine(name="شام", unit_price_rial=900_000, attributes={"guests": 4}),
    NewLine(name="چای", unit_price_rial=100_000, attributes={"table": "2"}),
)
# What each line says once the sale at table 7 was told.
SAID = [{"table": "7", "guests": 4}, {"table": "2"}]


@pytest.fixture
def cafe(shop):
    """Return a function that lays out what a café's lines tell."""

    def laid_out():
        with acting_for(shop.business.id):
            lay_out_context(vertical="cafe", now=shop.now)

    return laid_out


@pytest.fixture
def bodies(shop, promiser):
    """Return what a program sends, by address; each names what is on its lines."""
    promiser.lend()
    lines = [{"name": "شام", "unit_price": 1_000_000}]
    return {
        "carts": {"external_id": "c-1", "amount": 1_000_000, "lines": lines},
        "quotes": {
            "title": "شام",
            "valid_to": (timezone.now() + timedelta(days=7)).isoformat(),
            "lines": lines,
        },
        "instalment-plans": {
            "external_id": "p-1",
            "customer_id": str(promiser.customer()),
            "total": 1_000_000,
            "down": 500_000,
            "count": 2,
            "first_due_on": _in_a_month(shop).isoformat(),
            "lines": lines,
        },
    }


def _in_a_month(shop):
    return add_months(business_day(timezone.now(), shop.business.timezone), 1)


@pytest.mark.parametrize("path", ["carts", "quotes", "instalment-plans"])
def test_c016_each_takes_a_context_and_refuses_a_wrong_one_by_name(cafe, api, bodies, path):
    cafe()
    wrong = api("post", path, bodies[path] | {"context": {"tabel": "7"}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_context")
    assert list(wrong.json()["errors"]) == ["context.tabel"]
    assert "table" in wrong.json()["detail"]
    right = api("post", path, bodies[path] | {"context": {"table": "7"}})
    assert right.status_code == 201, right.content


@pytest.mark.parametrize("path", ["carts", "quotes", "instalment-plans"])
def test_c016_of_a_sale_without_lines_nothing_can_be_said(cafe, api, bodies, path):
    cafe()
    bare = bodies[path] | {"lines": [], "context": {"table": "7"}}
    if path == "quotes":
        bare["amount"] = 1_000_000
    refused = api("post", path, bare)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_context")


def test_c016_a_cart_says_it_on_its_lines_and_its_payment_too(shop, cafe):
    cafe()
    with acting_for(shop.business.id):
        cart = NewCart(
            external_id="c-1", amount_rial=1_000_000, lines=LINES, context={"table": "7"}
        )
        told = tell_cart(cart=cart, now=shop.now)
        assert [line["attributes"] for line in Cart.objects.get().lines] == SAID
        asked = pay_cart(cart_id=told.id, now=shop.now)
        assert [one["attributes"] for one in Payment.objects.get(id=asked.id).lines] == SAID


def test_c016_a_field_named_later_breaks_no_cart(shop, cafe):
    with acting_for(shop.business.id):
        cart = NewCart(
            external_id="c-1", amount_rial=1_000_000, lines=LINES, context={"seat": "window"}
        )
        told = tell_cart(cart=cart, now=shop.now)
    cafe()
    with acting_for(shop.business.id):
        assert not pay_cart(cart_id=told.id, now=shop.now).repeated


def test_c016_a_field_named_later_breaks_no_promise(shop, cafe, promiser, settle):
    """The buyer's page would refuse what the shop promised."""
    quote = promiser.make(lines=LINES, context={"seat": "window"})
    cafe()
    payment = settle(promiser.payment(promiser.pay(quote)))
    with acting_for(shop.business.id):
        assert Quote.objects.get().lines[1]["attributes"] == {"seat": "window", "table": "2"}
        kept = PurchaseLine.objects.filter(purchase_id=payment.purchase_id).order_by("position")
        assert [line.attributes for line in kept] == [
            {"seat": "window", "guests": 4},
            {"seat": "window", "table": "2"},
        ]


def test_c016_a_field_named_later_breaks_no_promise_sold_on_credit(shop, cafe, promiser):
    promiser.lend()
    customer = promiser.customer()
    quote = promiser.make(lines=LINES, context={"seat": "window"}, customer_id=customer)
    cafe()
    promiser.sell(quote, customer)
    with acting_for(shop.business.id):
        assert Purchase.objects.count() == 1
        assert PurchaseLine.objects.filter(attributes__seat="window").count() == 2


def test_c016_a_plan_at_a_promised_price_says_nothing_anew(api, bodies):
    made = api("post", "quotes", bodies["quotes"]).json()
    sold = bodies["instalment-plans"] | {"quote_id": made["id"], "context": {"table": "7"}}
    refused = api("post", "instalment-plans", sold)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_context")
    assert api("post", "instalment-plans", sold | {"context": {}}).status_code == 201
