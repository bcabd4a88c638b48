"""Links anybody can pay at: fixed or free amounts, how often, how long, and their QR picture."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint
from payments.models import Payment, PaymentLink
from payments.operations import NewLink, close_link, create_link, pay_at_link
from payments.queries.links import link_sums, link_url

BUYER = CustomerHint(mobile="+989121234567")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def make(shop, now):
    def made(**asked) -> PaymentLink:
        asked.setdefault("title", "پیش‌پرداخت کارگاه")
        if "least_rial" not in asked:
            asked.setdefault("amount_rial", 500_000)
        with acting_for(shop.business.id):
            return PaymentLink.objects.get(id=create_link(link=NewLink(**asked), now=now))

    return made


def _pay(shop, link, now, amount=None, customer=BUYER):
    with acting_for(shop.business.id):
        asked = pay_at_link(link_id=link.id, amount_rial=amount, customer=customer, now=now)
        return Payment.objects.get(id=asked.id)


@pytest.mark.django_db
def test_a_visitor_gets_a_payment_of_their_own_and_the_link_counts_it(shop, make, now):
    link = make()
    first, second = _pay(shop, link, now), _pay(shop, link, now)
    assert first.id != second.id
    assert (first.amount_rial, first.description, first.link_id) == (500_000, link.title, link.id)
    shop.come_back(shop.pay(first), now=now)
    with acting_for(shop.business.id):
        sums = link_sums([link.id])[link.id]
    assert (sums.made, sums.paid, sums.paid_rial) == (2, 1, 500_000)


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "well"), [(99_990, False), (100_000, True), (None, False)])
def test_a_free_amount_keeps_to_its_bounds(shop, make, now, typed, well):
    link = make(least_rial=100_000, most_rial=2_000_000)
    if well:
        assert _pay(shop, link, now, typed).amount_rial == typed
        return
    with pytest.raises(Problem) as refusal:
        _pay(shop, link, now, typed)
    assert refusal.value.code == "amount_out_of_range"


@pytest.mark.django_db
def test_a_closed_link_an_ended_link_and_one_without_mobile(shop, make, now):
    closed, ended, known = make(), make(expires_at=now + timedelta(days=1)), make()
    with acting_for(shop.business.id):
        assert close_link(link_id=closed.id, now=now)
        assert not close_link(link_id=closed.id, now=now)
    for link, moment, customer, code in (
        (closed, now, BUYER, "link_closed"),
        (ended, now + timedelta(days=1), BUYER, "link_closed"),
        (known, now, None, "mobile_needed"),
    ):
        with pytest.raises(Problem) as refusal:
            _pay(shop, link, moment, customer=customer)
        assert refusal.value.code == code


@pytest.mark.django_db
def test_a_payment_that_ends_unpaid_makes_room_again(shop, make, now):
    link = make(max_payments=1)
    payment = _pay(shop, link, now)
    with pytest.raises(Problem) as refusal:
        _pay(shop, link, now)
    assert refusal.value.code == "link_used_up"
    with acting_for(shop.business.id):
        Payment.objects.filter(id=payment.id).update(state="expired")
    assert _pay(shop, link, now).id != payment.id


@pytest.mark.django_db(transaction=True)
def test_twenty_visitors_at_once_never_pay_more_often_than_the_link_may(shop, make, now):
    link = make(max_payments=3)

    def visit(_n):
        try:
            return _pay(shop, link, now).id
        except Problem as problem:
            return problem.code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        ends = list(pool.map(visit, range(20)))
    assert ends.count("link_used_up") == 17


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"title": " "}, "invalid_title"),
        ({"amount_rial": 0}, "invalid_amount"),
        ({"amount_rial": None}, "invalid_amount"),
        ({"least_rial": 5, "most_rial": 4}, "invalid_amount"),
        ({"max_payments": 0}, "invalid_times"),
        ({"expires_at": timezone.now() - timedelta(1)}, "invalid_expiry"),
    ],
)
def test_bad_links_are_refused(make, asked, code):
    with pytest.raises(Problem) as refusal:
        make(**asked)
    assert refusal.value.code == code


@pytest.mark.django_db
def test_somebody_elses_link_is_not_there(shop, make, now, other_business):
    link = make()
    with acting_for(other_business.id), pytest.raises(NotFound):
        pay_at_link(link_id=link.id, amount_rial=None, customer=BUYER, now=now)


@pytest.mark.django_db
def test_the_public_page_leads_to_a_pay_page(shop, make, settings):
    settings.BASE_URL = "http://testserver"
    link, visitor = make(), Client()
    address = link_url(link)
    shown = visitor.get(address)
    assert "۵۰٬۰۰۰" in shown.content.decode()
    wrong = visitor.post(address, {"mobile": "12"})
    assert wrong.status_code == 422
    went = visitor.post(address, {"mobile": "۰۹۱۲ ۱۲۳ ۴۵۶۷"})
    assert went.status_code == 303
    paying = visitor.get(went["Location"])
    assert link.title in paying.content.decode()


@pytest.mark.django_db
def test_a_payer_types_toman_in_any_digits(shop, make):
    link, visitor = make(least_rial=100_000, most_rial=9_000_000), Client()
    sent = {"mobile": "09121234567", "amount": "۱۲۰٬۰۰۰"}
    assert visitor.post(f"/l/{link.token}/", sent).status_code == 303
    with acting_for(shop.business.id):
        assert Payment.objects.get(link=link).amount_rial == 1_200_000


@pytest.mark.django_db
def test_the_qr_picture_is_an_svg_and_a_made_up_token_is_404(shop, make):
    visitor = Client()
    picture = visitor.get(f"/l/{make().token}/qr.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    assert visitor.get(f"/l/{'A' * 44}/").status_code == 404
    assert visitor.get("/l/x/qr.svg").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["payment-links", "reports/journal", "reports/reconciliations"])
def test_lists_cost_the_same_for_one_and_three_rows(shop, make, api, now, path):
    costs = []
    for _n in range(3):
        payment = _pay(shop, make(), now)
        shop.come_back(shop.pay(payment), now=now)
        with CaptureQueriesContext(connection) as asked:
            assert api("get", path).status_code == 200
        costs.append(len(asked))
    assert costs[1] == costs[2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "mobile", "field"),
    [
        ("", "09121234567", "amount"),
        ("0", "09121234567", "amount"),
        ("-۵۰۰۰۰", "09121234567", "amount"),
        ("۹" * 14, "09121234567", "amount"),
        ("9" * 40, "09121234567", "amount"),
        ("پنجاه هزار", "09121234567", "amount"),
        ("۵۰٬۰۰۰", "۰۹۱۲", "mobile"),
        ("۵۰٬۰۰۰", "+12025550143", "mobile"),
    ],
)
def test_wrong_input_is_told_beside_its_field_and_kept(shop, make, amount, mobile, field):
    link = make(least_rial=100_000, most_rial=2_000_000, asks_mobile=True)
    page = Client().post(f"/l/{link.token}/", {"amount": amount, "mobile": mobile})
    assert page.status_code == 422
    assert list(page.context["wrong"]) == [field]
    text = page.content.decode()
    assert f'id="{field}-error"' in text
    assert f'value="{amount}"' in text
    assert f'value="{mobile}"' in text
    with acting_for(shop.business.id):
        assert not Payment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["۵۰٬۰۰۰", "٥٠٬٠٠٠", "50,000", "50000", " ۵۰ ۰۰۰ "])
def test_any_digits_and_separators_are_an_amount(shop, make, amount):
    link = make(least_rial=100_000, most_rial=2_000_000, asks_mobile=False)
    assert Client().post(f"/l/{link.token}/", {"amount": amount}).status_code == 303
    with acting_for(shop.business.id):
        assert Payment.objects.get().amount_rial == 500_000


@pytest.mark.django_db
def test_the_page_of_a_link_lists_its_payments_alone_at_the_same_cost(
    shop, make, owner_client, now
):
    link, costs = make(), []
    other = _pay(shop, make(), now)
    for _n in range(3):
        mine = _pay(shop, link, now)
        with CaptureQueriesContext(connection) as asked:
            page = owner_client.get(f"/b/{shop.business.slug}/payment-links/{link.id}/")
        costs.append(len(asked))
        assert mine.external_id in page.content.decode()
    assert other.external_id not in page.content.decode()
    assert costs[1] == costs[2]
