"""C021: carts told before payment: one way back each, some left alone, none that was bought."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_for
from customers.operations import CustomerHint, NewPurchase, NewTender, record_purchases
from messaging.models import Message
from outbox.models import Event
from payments.enums.links import RecoveryArm
from payments.models import Cart, CheckoutRecovery, Payment
from payments.operations import set_checkout_policy
from payments.operations.links import NewCart, close_cart, pay_cart, tell_cart
from payments.queries.links import arm_results, cart_by_id

pytestmark = pytest.mark.django_db
BUYER = CustomerHint(mobile="09121234567")
BODY = {
    "external_id": "c-1",
    "amount": 900_000,
    "title": "دو شال",
    "customer": {"mobile": "09121234567"},
    "lines": [{"sku": "shawl", "quantity": 2, "unit_price": 450_000}],
}


@pytest.fixture
def policy(shop, now):
    def set_to(holdout_percent=0, *, is_on=True):
        with acting_for(shop.business.id):
            set_checkout_policy(
                is_on=is_on, after_minutes=30, holdout_percent=holdout_percent, now=now
            )

    set_to()
    return set_to


@pytest.fixture
def tell(shop):
    def told(external_id="c-1", *, at=None, **changes):
        asked = {"amount_rial": 900_000, "customer": BUYER, **changes}
        with acting_for(shop.business.id):
            cart = NewCart(external_id=external_id, **asked)
            return tell_cart(cart=cart, now=at or shop.now).id

    return told


def _messages(shop):
    with acting_for(shop.business.id):
        return list(Message.objects.filter(ref_kind="checkout"))


def _arms(shop):
    with acting_for(shop.business.id):
        return list(CheckoutRecovery.objects.order_by("at").values_list("arm", flat=True))


def test_a_cart_left_gets_one_way_back_which_is_a_payment_of_ours(shop, policy, tell, poll, later):
    cart_id = tell()
    poll(later(minutes=29))
    assert _messages(shop) == []
    for minutes in (30, 40, 90, 600):
        poll(later(minutes=minutes))
    (message,) = _messages(shop)
    with acting_for(shop.business.id):
        payment = Payment.objects.get(external_id="c-1")
        (event,) = Event.objects.filter(name="checkout.abandoned")
    assert payment.pay_token in message.body
    assert "۹۰٬۰۰۰" in message.body
    assert _arms(shop) == [RecoveryArm.REMINDED]
    assert (event.payload["cart_id"], event.payload["payment_id"]) == (str(cart_id), None)


def test_the_way_back_leads_to_the_shop_where_it_says_so(shop, policy, tell, poll, later):
    tell(resume_url="https://shop.example/cart/1")
    poll(later(minutes=31))
    (message,) = _messages(shop)
    assert "https://shop.example/cart/1" in message.body
    with acting_for(shop.business.id):
        assert not Payment.objects.exists()


def test_each_change_begins_the_clock_anew_until_it_was_decided(shop, policy, tell, poll, later):
    tell()
    tell(at=later(minutes=20), amount_rial=1_000_000)
    tell(at=later(minutes=25), amount_rial=1_000_000)  # nothing new in it
    poll(later(minutes=31))
    assert _arms(shop) == []
    poll(later(minutes=50))
    tell(at=later(minutes=60), amount_rial=2_000_000)
    poll(later(minutes=300))
    assert _arms(shop) == [RecoveryArm.REMINDED]
    assert len(_messages(shop)) == 1


def test_nobody_is_reminded_of_what_was_emptied_or_of_an_unknown_mobile(
    shop, policy, tell, poll, later
):
    cart_id = tell()
    tell("c-2", customer=None)
    with acting_for(shop.business.id):
        close_cart(cart_id=cart_id, now=shop.now)
    policy(is_on=False)
    tell("c-3")
    poll(later(hours=2))
    assert _arms(shop) == []


@pytest.mark.parametrize("number", ["c-1", "till-7"])
def test_who_bought_by_any_method_is_left_in_peace(shop, policy, tell, poll, later, number):
    """Under the cart's number, or the same sum to the same mobile."""
    cart_id = tell()
    sale = NewPurchase(
        external_id=number,
        channel="pos",
        customer=BUYER,
        tenders=(NewTender(method="cash", amount_rial=900_000),),
    )
    with acting_for(shop.business.id):
        record_purchases(purchases=[sale], source="api", now=later(minutes=10))
    poll(later(minutes=31))
    assert _arms(shop) == [RecoveryArm.SKIPPED]
    assert _messages(shop) == []
    with acting_for(shop.business.id):
        cart = cart_by_id(cart_id)
    assert cart is not None
    assert cart.bought is True


def test_once_its_payment_is_asked_for_it_is_a_checkout_reminded_of_once(
    shop, policy, tell, poll, later
):
    cart_id = tell()
    with acting_for(shop.business.id):
        asked = pay_cart(cart_id=cart_id, now=later(minutes=20))
        again = pay_cart(cart_id=cart_id, now=later(minutes=21))
    assert (again.id, again.repeated) == (asked.id, True)
    for minutes in (31, 60, 600):
        poll(later(minutes=minutes))
    with acting_for(shop.business.id):
        (recovery,) = CheckoutRecovery.objects.all()
    assert (recovery.payment_id, recovery.cart_id) == (asked.id, None)
    assert len(_messages(shop)) == 1


def test_the_arm_is_fixed_before_the_outcome_and_both_are_compared(
    shop, policy, tell, poll, later, now
):
    """C021: recovered revenue is counted against those left alone, by the same measure."""
    policy(holdout_percent=50)
    carts = [tell(f"c-{n}", customer=CustomerHint(mobile=f"0912000{n:04}")) for n in range(24)]
    poll(later(minutes=31))
    with acting_for(shop.business.id):
        by_cart = dict(CheckoutRecovery.objects.values_list("cart_id", "arm"))
    for cart_id in carts:
        left_alone = cart_id.int % 100 < 50
        assert by_cart[cart_id] == (RecoveryArm.HOLDOUT if left_alone else RecoveryArm.REMINDED)
    assert {*by_cart.values()} == {RecoveryArm.HOLDOUT, RecoveryArm.REMINDED}
    for arm in (RecoveryArm.HOLDOUT, RecoveryArm.REMINDED):
        cart_id = next(one for one in carts if by_cart[one] == arm)
        with acting_for(shop.business.id):
            asked = pay_cart(cart_id=cart_id, now=later(minutes=40))
            payment = Payment.objects.get(id=asked.id)
        way = shop.send_to_bank(payment, now=later(minutes=41))
        shop.come_back(shop.bank.pay(way, "success")["redirect"], now=later(minutes=42))
    with acting_for(shop.business.id):
        results = arm_results(now)
    assert [(one.arm, one.paid, one.paid_rial) for one in results] == [
        (RecoveryArm.REMINDED, 1, 900_000),
        (RecoveryArm.HOLDOUT, 1, 900_000),
    ]
    assert sum(one.checkouts for one in results) == 24


def test_over_http(shop, policy, api):
    made = api("post", "carts", BODY)
    assert made.status_code == 201, made.json()
    told = made.json()
    assert (told["amount"], told["bought"], told["closed_at"]) == (900_000, False, None)
    assert told["remind_at"]
    changed = api("post", "carts", {**BODY, "lines": [], "amount": 500_000})
    assert (changed.status_code, changed.json()["id"]) == (200, told["id"])
    assert api.get(f"carts/{told['id']}").json()["amount"] == 500_000
    paid = api("post", f"carts/{told['id']}/payment", {})
    assert paid.status_code == 201, paid.json()
    assert "/p/" in paid.json()["pay_url"]
    closed = api("post", f"carts/{told['id']}/close", {})
    assert closed.json()["closed_at"]
    refused = api("post", f"carts/{told['id']}/payment", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "cart_closed")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": 0}, 422),
        ({"amount": 1}, 400),
        ({"amount": 10**19}, 422),
        ({"resume_url": "javascript:alert(1)"}, 400),
        ({"colour": "red"}, 422),
        ({"external_id": ""}, 422),
    ],
)
def test_nonsense_is_refused_and_nothing_kept(shop, policy, api, change, status):
    answer = api("post", "carts", BODY | change)
    assert answer.status_code == status, answer.json()
    with acting_for(shop.business.id):
        assert not Cart.objects.exists()


def test_lists_cost_the_same_for_one_and_three(shop, policy, tell, api):
    def cost():
        with CaptureQueriesContext(connection) as told:
            rows = api.get("carts").json()["data"]
        return len(rows), len(told)

    tell()
    cost()
    (_one, before) = cost()
    tell("c-2", at=shop.now + timedelta(minutes=1))
    tell("c-3", at=shop.now + timedelta(minutes=2))
    assert cost() == (3, before)


def test_its_page_and_the_list_of_unfinished(shop, policy, tell, poll, later, owner_client):
    cart_id = tell(title="دو شال")
    poll(later(minutes=31))
    base = f"/b/{shop.business.slug}/checkouts/"
    assert f"{base}carts/{cart_id}/" in owner_client.get(base).content.decode()
    page = owner_client.get(f"{base}carts/{cart_id}/").content.decode()
    assert "دو شال" in page
    assert "۹۰٬۰۰۰" in page
