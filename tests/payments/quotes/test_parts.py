"""A promised price in parts: exact to the rial, in Jalali months, and sold as it was told."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.calendar import add_months, business_day, jalali
from core.errors import NotFound, Problem
from core.tenancy import acting_for
from messaging.models import Message
from payments.enums import PaymentState
from payments.enums.quotes import QuoteState
from payments.models import InstalmentPlan
from payments.operations.instalments import NewPlan, NewTerms, set_credit_terms
from payments.operations.quotes import sell_quote_on_credit, send_quote
from payments.queries.quotes.parts import OwnCredit, own_credit

TERMS = NewTerms(
    is_on=True,
    least_grade=60,
    lends_without_history=True,
    newcomer_rial=50_000_000,
    most_customer_rial=60_000_000,
    most_total_rial=100_000_000,
    most_count=6,
    down_percent=25,
)


@pytest.fixture
def today(shop):
    return business_day(shop.now, shop.business.timezone)


@pytest.fixture
def lends(shop):
    """Return a function that sets the shop's terms of credit."""

    def lend(**changes):
        with acting_for(shop.business.id):
            set_credit_terms(terms=replace(TERMS, **changes), now=shop.now)

    return lend


@pytest.fixture
def offered(shop, promiser, today):
    def own(quote_id):
        with acting_for(shop.business.id):
            return own_credit(promiser.see(quote_id).quote, today=today)

    return own


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    total=st.integers(2, 10**13),
    down=st.integers(0, 10**13),
    most=st.integers(1, 60),
    first=st.dates(date(2000, 1, 1), date(2099, 1, 1)),
)
def test_every_way_adds_up_to_the_price_to_the_rial(total, down, most, first):
    own = OwnCredit(
        total_rial=total, least_down_rial=0, most_count=most, first_due_on=first, sure=True
    )
    for way in own.compared(down):
        assert way.down_rial + sum(part.amount_rial for part in way.parts) == total
        assert way.extra_rial == 0
        assert all(part.amount_rial > 0 for part in way.parts)
        assert way.count <= most


@pytest.mark.django_db
def test_parts_fall_due_by_jalali_months_from_a_month_ahead(promiser, lends, offered, today):
    lends()
    own = offered(promiser.make(amount_rial=20_000_000))
    way = own.way(count=6, down_rial=own.least_down_rial)
    assert own.least_down_rial == 5_000_000
    assert [part.due_on for part in way.parts] == [
        add_months(today, n, anchor_day=jalali(today).day) for n in range(1, 7)
    ]
    assert (way.first_rial, way.monthly_rial) == (2_500_000, 2_500_000)


@pytest.mark.django_db
def test_the_first_payment_grows_where_the_shop_lends_less(promiser, lends, offered):
    lends(newcomer_rial=4_000_000, most_customer_rial=60_000_000)
    known = offered(promiser.make(amount_rial=20_000_000, customer_id=promiser.customer()))
    assert (known.least_down_rial, known.sure) == (16_000_000, True)
    bearer = offered(promiser.make(amount_rial=20_000_000))
    assert (bearer.least_down_rial, bearer.sure) == (5_000_000, False)
    unknown = offered(promiser.make(amount_rial=20_000_000, mobile="09351112233"))
    assert unknown.least_down_rial == 16_000_000


@pytest.mark.django_db
def test_an_odd_rial_is_no_hindrance(promiser, lends, offered):
    lends()
    own = offered(promiser.make(amount_rial=20_000_003))
    assert own.least_down_rial == 5_000_010
    for way in own.compared(own.least_down_rial):
        assert way.down_rial + sum(part.amount_rial for part in way.parts) == 20_000_003


@pytest.mark.django_db
def test_who_would_get_nothing_is_told_nothing(promiser, lends, offered):
    quote_id = promiser.make(customer_id=promiser.customer())
    assert offered(quote_id) is None
    lends(lends_without_history=False)
    assert offered(quote_id) is None
    lends(down_percent=100)
    assert offered(quote_id) is None


@pytest.mark.django_db
def test_a_plan_uses_the_promise_up(shop, promiser, lends, lines, today):
    lends()
    customer_id = promiser.customer()
    quote_id = promiser.make(lines=lines, customer_id=customer_id)
    begun = promiser.pay(quote_id)
    plan = NewPlan(
        external_id="c-1",
        customer_id=customer_id,
        total_rial=20_500_000,
        down_rial=5_500_000,
        count=3,
        first_due_on=add_months(today, 1),
    )
    with acting_for(shop.business.id):
        with pytest.raises(Problem, match="quote_other_price"):
            sell_quote_on_credit(
                quote_id=quote_id, plan=replace(plan, total_rial=20_000_000), now=shop.now
            )
        made = sell_quote_on_credit(quote_id=quote_id, plan=plan, by="sara", now=shop.now)
        assert sell_quote_on_credit(quote_id=quote_id, plan=plan, now=shop.now) == made
        with pytest.raises(Problem, match="quote_used"):
            sell_quote_on_credit(
                quote_id=quote_id, plan=replace(plan, external_id="c-2"), now=shop.now
            )
        assert InstalmentPlan.objects.get().title == "مانتوی بهاره"
    view = promiser.see(quote_id)
    assert (view.state, view.quote.plan_id) == (QuoteState.ON_CREDIT, made)
    assert promiser.payment(begun).state == PaymentState.CANCELLED
    with pytest.raises(Problem, match="quote_used"):
        promiser.pay(quote_id)
    assert shop.is_well()


@pytest.mark.django_db
def test_nobody_elses_price_and_none_that_is_being_paid(shop, promiser, lends, today):
    lends()
    customer_id, other = promiser.customer(), promiser.customer("09351112233")
    quote_id = promiser.make(customer_id=customer_id)
    plan = NewPlan(
        external_id="c-1",
        customer_id=other,
        total_rial=9_000_000,
        down_rial=3_000_000,
        count=2,
        first_due_on=add_months(today, 1),
    )

    def sell(now=shop.now, **changes):
        with acting_for(shop.business.id):
            return sell_quote_on_credit(quote_id=quote_id, plan=replace(plan, **changes), now=now)

    with pytest.raises(Problem, match="quote_for_another"):
        sell()
    with pytest.raises(Problem, match="quote_expired"):
        sell(now=shop.now + timedelta(days=4), customer_id=customer_id)
    shop.send_to_bank(promiser.payment(promiser.pay(quote_id)))
    with pytest.raises(Problem, match="quote_being_paid"):
        sell(customer_id=customer_id)


@pytest.mark.django_db
def test_the_api_calculates_and_sells(shop, promiser, lends, api):
    lends()
    customer_id = promiser.customer()
    body = {
        "title": "تلویزیون",
        "amount": 30_000_000,
        "customer_id": str(customer_id),
        "valid_to": (timezone.now() + timedelta(days=7)).isoformat(),
    }
    quote_id = api("post", "quotes", body).json()["id"]
    told = api("get", f"quotes/{quote_id}/instalments?down=10000000").json()
    assert (told["offered"], told["certain"], told["least_down"]) == (True, True, 7_500_000)
    assert [way["count"] for way in told["ways"]] == [2, 3, 4, 6]
    way = told["ways"][1]
    assert sum(one["amount"] for one in way["instalments"]) + way["down"] == 30_000_000
    sold = api(
        "post",
        "instalment-plans",
        {
            "external_id": f"c-{uuid4().hex[:6]}",
            "customer_id": str(customer_id),
            "total": 30_000_000,
            "down": way["down"],
            "count": way["count"],
            "first_due_on": way["instalments"][0]["due_on"],
            "quote_id": quote_id,
        },
    )
    assert sold.status_code == 201, sold.content
    assert [one["amount"] for one in sold.json()["instalments"]] == [
        one["amount"] for one in way["instalments"]
    ]
    shown = api("get", f"quotes/{quote_id}").json()
    assert (shown["status"], shown["instalment_plan_id"]) == ("on_credit", sold.json()["id"])
    assert not api("get", f"quotes/{quote_id}/instalments").json()["offered"]


@pytest.mark.django_db
def test_the_page_shows_the_chosen_way(shop, promiser, lends):
    lends()
    promiser.now = timezone.now()
    quote = promiser.see(promiser.make(amount_rial=20_000_000)).quote
    page = Client().get(f"/q/{quote.token}/?{urlencode({'count': '۴', 'down': '۸۰۰٬۰۰۰'})}")
    text = page.content.decode()
    assert page.context["chosen"].count == 4
    assert 'value="۸۰۰٬۰۰۰"' in text
    assert "۳۰۰٬۰۰۰" in text
    assert "بدون یک ریال اضافه" in text
    low = Client().get(f"/q/{quote.token}/?down=1&count=4")
    assert low.context["chosen"] is None
    assert "کمتر از خواست فروشگاه" in low.content.decode()


@pytest.mark.django_db
def test_the_customer_is_told_once_a_day(shop, promiser):
    quote_id = promiser.make(customer_id=promiser.customer())
    nameless = promiser.make()
    with acting_for(shop.business.id):
        for _n in range(2):
            send_quote(quote_id=quote_id, now=shop.now)
        (message,) = Message.objects.filter(ref_kind="quote")
        assert "۹۰۰٬۰۰۰ تومان" in message.body
        assert promiser.see(quote_id).quote.token in message.body
        send_quote(quote_id=quote_id, now=shop.now + timedelta(days=1))
        assert Message.objects.filter(ref_kind="quote").count() == 2
        with pytest.raises(Problem, match="quote_for_nobody"):
            send_quote(quote_id=nameless, now=shop.now)
        with pytest.raises(Problem, match="quote_expired"):
            send_quote(quote_id=quote_id, now=shop.now + timedelta(days=3))
        with pytest.raises(NotFound):
            send_quote(quote_id=uuid4(), now=shop.now)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["نصف", "-۱۰۰", "۱٫۵", "9" * 40, "۰", "۹۹۹۹۹۹۹۹"])
def test_a_wrong_first_payment_is_told_beside_it_and_kept(promiser, lends, typed):
    lends()
    quote_id = promiser.make(valid_to=timezone.now() + timedelta(days=3))
    token = promiser.see(quote_id).quote.token
    page = Client().get(f"/q/{token}/?{urlencode({'down': typed, 'count': '3'})}")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'id="down-error"' in text
    assert f'value="{typed}"' in text


@pytest.mark.django_db
def test_a_mobile_that_is_none_is_told_beside_it(promiser):
    quote_id = promiser.make(valid_to=timezone.now() + timedelta(days=3))
    token = promiser.see(quote_id).quote.token
    page = Client().post(f"/q/{token}/", {"mobile": "۰۹۱۲"})
    assert (page.status_code, list(page.context["wrong"])) == (422, ["mobile"])
    assert 'value="۰۹۱۲"' in page.content.decode()
