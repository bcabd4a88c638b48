"""Promised prices on the business's pages: made, shown, sent, sold in parts, taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.enums import Role
from businesses.operations import hire_employee
from core.tenancy import acting_for
from messaging.models import Message
from payments.models import InstalmentPlan, Quote
from payments.operations import NewQuote, make_quote
from payments.operations.instalments import NewTerms, set_credit_terms


@pytest.fixture
def promised(shop):
    """Return a function that promises a price and returns its quote."""

    def make(**asked):
        asked.setdefault("title", "مانتوی بهاره")
        asked.setdefault("amount_rial", 12_000_000)
        asked.setdefault("valid_to", timezone.now() + timedelta(days=3, hours=1))
        with acting_for(shop.business.id):
            made = make_quote(quote=NewQuote(**asked), by="sara", now=timezone.now())
            return Quote.objects.get(id=made)

    return make


def test_a_price_is_promised_from_the_form_until_the_end_of_its_day(shop, owner_client):
    typed = {
        "title": "ست مبلمان",
        "days": "7",
        "mobile": "۰۹۱۲ ۱۲۳ ۴۵۶۷",
        "line_name": ["مبل", "میز", ""],
        "line_quantity": ["۱", "2", ""],
        "line_price": ["۸٬۰۰۰٬۰۰۰", "500,000", ""],
    }
    answer = owner_client.post(shop.url("quotes/new/"), typed)
    assert answer.status_code == 302
    with acting_for(shop.business.id):
        quote = Quote.objects.get()
    assert answer["Location"] == shop.url(f"quotes/{quote.id}/")
    assert (quote.amount_rial, quote.mobile) == (90_000_000, "+989121234567")
    ends = quote.valid_to.astimezone(shop.business.timezone)
    assert (ends.hour, ends.minute) == (23, 59)
    assert (ends.date() - timezone.localdate()).days in {7, 8}
    page = owner_client.get(answer["Location"]).content.decode()
    assert f"/q/{quote.token}/" in page
    assert "۰۹۱۲ ۱۲۳ ۴۵۶۷" in page
    assert "۹٬۰۰۰٬۰۰۰" in page


def test_items_may_be_cheaper_and_somebody_sold_them(shop, owner_client):
    typed = {
        "title": "ست مبلمان",
        "days": "7",
        "line_name": ["مبل", "میز", " "],
        "line_quantity": ["۲", "۱٫۵", ""],
        "line_price": ["۸٬۰۰۰٬۰۰۰", "500,000", ""],
        "line_discount": ["۱٬۰۰۰٬۰۰۰", "", ""],
        "employee": "sara",
    }
    with acting_for(shop.business.id):
        hire_employee(code="sara", name="سارا", now=timezone.now())
    assert "سارا" in owner_client.get(shop.url("quotes/new/")).content.decode()
    assert owner_client.post(shop.url("quotes/new/"), typed).status_code == 302
    with acting_for(shop.business.id):
        quote = Quote.objects.get()
    assert (quote.amount_rial, quote.employee_code) == (157_500_000, "sara")
    assert [line["discount_rial"] for line in quote.lines] == [10_000_000, 0]


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "says"),
    [
        ("1", "گران", "", "بها را بنویسید"),
        ("1", "", "", "بها را بنویسید"),
        ("nan", "1000", "", "تعداد باید بیشتر از صفر"),
        ("inf", "1000", "", "تعداد باید بیشتر از صفر"),
        ("-۲", "1000", "", "تعداد باید بیشتر از صفر"),
        ("1", "-1000", "", "منفی"),
        ("1", "9" * 30, "", "مبلغ بیشتر از"),
        ("1", "1000", "۱۰۰۱", "تخفیف از بهای آن بیشتر است"),
        ("1", "1000", "-1", "منفی"),
    ],
)
def test_a_wrong_item_is_told_beside_the_items_and_kept(
    shop, owner_client, quantity, price, discount, says
):
    typed = {
        "title": "مبل",
        "days": "1",
        "line_name": ["میز", "مبل"],
        "line_quantity": ["1", quantity],
        "line_price": ["500", price],
        "line_discount": ["", discount],
    }
    answer = owner_client.post(shop.url("quotes/new/"), typed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["lines"]
    (told,) = form.errors["lines"]
    assert told.startswith("قلم ۲")
    assert says in told
    shown = [(row.name, row.quantity, row.price, row.discount) for row in form["lines"].value()]
    assert shown[:2] == [("میز", "1", "500", ""), ("مبل", quantity, price, discount)]


def test_a_form_without_a_price_or_with_two_that_differ_is_refused(shop, owner_client):
    typed = {"title": "مبل", "days": "1"}
    assert owner_client.post(shop.url("quotes/new/"), typed).status_code == 422
    two = typed | {
        "amount": "900",
        "line_name": "مبل",
        "line_quantity": "1",
        "line_price": "1000",
    }
    page = owner_client.post(shop.url("quotes/new/"), two)
    assert page.status_code == 422
    assert page.context["form"].errors["amount"]


def test_the_list_tells_how_each_stands_and_filters(shop, owner_client, promised):
    empty = owner_client.get(shop.url("quotes/")).content.decode()
    assert "هنوز قیمتی تضمین نشده است" in empty
    quote = promised()
    page = owner_client.get(shop.url("quotes/")).content.decode()
    assert "۳ روز مانده" in page
    owner_client.post(shop.url(f"quotes/{quote.id}/withdraw/"))
    assert "پس گرفته شده" in owner_client.get(shop.url("quotes/")).content.decode()
    only = owner_client.get(shop.url("quotes/?state=open")).content.decode()
    assert quote.title not in only


def test_the_list_costs_the_same_for_one_and_three_rows(shop, owner_client, promised):
    costs = []
    for n in range(3):
        promised(customer_id=shop.meet(f"0912000000{n}").customer_id)
        with CaptureQueriesContext(connection) as asked:
            assert owner_client.get(shop.url("quotes/")).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[2]


def test_the_customer_is_sent_the_price_by_sms(shop, owner_client, promised):
    quote = promised(customer_id=shop.meet("09121234567").customer_id)
    assert owner_client.post(shop.url(f"quotes/{quote.id}/send/")).status_code == 302
    with acting_for(shop.business.id):
        assert quote.token in Message.objects.get(ref_kind="quote").body
    nameless = promised()
    page = owner_client.get(shop.url(f"quotes/{nameless.id}/")).content.decode()
    assert f"quotes/{nameless.id}/send/" not in page
    answer = owner_client.post(shop.url(f"quotes/{nameless.id}/send/"), follow=True)
    assert "موبایلی نداریم" in answer.content.decode()


def test_a_seller_sells_it_in_instalments_at_that_price(shop, owner_client, promised):
    terms = NewTerms(
        is_on=True,
        lends_without_history=True,
        newcomer_rial=50_000_000,
        most_customer_rial=50_000_000,
        most_total_rial=90_000_000,
    )
    with acting_for(shop.business.id):
        set_credit_terms(terms=terms, now=timezone.now())
    quote = promised(customer_id=shop.meet("09121234567").customer_id, amount_rial=12_000_005)
    way = shop.url(f"instalments/new/?quote={quote.id}")
    assert way in owner_client.get(shop.url(f"quotes/{quote.id}/")).content.decode()
    assert "۱٬۲۰۰٬۰۰۰٫۵" in owner_client.get(way).content.decode()
    # Another price or another customer cannot be typed.
    typed = {"total": "1", "mobile": "09350000000", "down": "۴۰۰٬۰۰۰", "count": "2"}
    looked = owner_client.post(way, typed | {"action": "look"})
    assert sum(part.amount_rial for part in looked.context["parts"]) == 8_000_005
    sold = owner_client.post(way, typed | {"action": "sell"})
    assert sold.status_code == 302
    with acting_for(shop.business.id):
        plan = InstalmentPlan.objects.get()
        assert (plan.total_rial, plan.customer_id) == (12_000_005, quote.customer_id)
        assert Quote.objects.get().plan_id == plan.id
    again = owner_client.post(way, typed | {"action": "sell"})
    assert again.status_code == 422
    assert owner_client.get(shop.url("instalments/new/?quote=x")).status_code == 404


def test_an_analyst_looks_and_changes_nothing(shop, client_as, promised):
    quote, analyst = promised(), client_as(Role.ANALYST)
    page = analyst.get(shop.url(f"quotes/{quote.id}/")).content.decode()
    assert "withdraw" not in page
    assert analyst.get(shop.url("quotes/new/")).status_code == 403
    assert analyst.post(shop.url(f"quotes/{quote.id}/withdraw/")).status_code == 403
