"""The pages of paid memberships, and what customers see of theirs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import acting_for
from customers.operations import CustomerHint, find_or_create
from loyalty.operations.memberships import join_membership


@pytest.fixture
def address(club):
    return f"/b/{club.business.slug}/memberships/"


def _say(page):
    return page.content.decode()


def test_an_empty_page_teaches(owner_client, club, address):
    page = owner_client.get(address)
    assert page.status_code == 200
    assert "هنوز عضویتی عرضه نکرده‌اید" in _say(page)


def test_a_plan_is_offered_a_customer_joins_and_pays(owner_client, club, address):
    plan = {
        "name": "نقره‌ای",
        "price": "۹۰٬۰۰۰",
        "months": "1",
        "times": "3/2",
        "free_delivery": "on",
        "notice_days": "3",
        "grace_days": "7",
    }
    assert owner_client.post(f"{address}plans/new/", plan).status_code == 302
    twice = owner_client.post(f"{address}plans/new/", plan)
    assert twice.status_code == 422
    page = owner_client.get(f"{address}new/")
    assert "نقره‌ای — ۹۰٬۰۰۰ تومان، هر ماه" in _say(page)
    plan_id = page.context["form"].fields["plan"].choices[0][0]
    stranger = owner_client.post(f"{address}new/", {"mobile": "09120000000", "plan": plan_id})
    assert stranger.status_code == 422

    joined = owner_client.post(f"{address}new/", {"mobile": "09121234567", "plan": plan_id})

    member = _say(owner_client.get(joined.url))
    assert "در انتظار نخستین پرداخت" in member
    assert "/p/" in member
    membership_id = joined.url.rstrip("/").rpartition("/")[2]
    club.pay(club.periods(membership_id)[0].payment_id)
    listed = _say(owner_client.get(address))
    assert "مریم" in listed
    assert "امتیاز × ۱٫۵ · ارسال رایگان" in listed
    customer = _say(owner_client.get(f"/b/{club.business.slug}/customers/{club.customer_id}/"))
    assert "نقره‌ای" in customer


def test_the_form_debits_under_a_permission_in_force(owner_client, club, address):
    plan_id, mandate_id = club.offer(), club.collector.active()
    form = {"mobile": "09121234567", "plan": str(plan_id), "debited": "on"}
    joined = owner_client.post(f"{address}new/", form)
    club.work(timezone.now())
    membership_id = joined.url.rstrip("/").rpartition("/")[2]
    assert club.see(membership_id).mandate_id == mandate_id
    assert club.see(membership_id).state == "active"


def test_a_member_is_paused_goes_on_and_is_given_notice(owner_client, club, address):
    member_id = club.member()
    change = f"{address}{member_id}/change/"

    def do(action, **more):
        assert owner_client.post(change, {"action": action, **more}).status_code == 302
        return club.see(member_id)

    assert do("pause").state == "paused"
    assert do("resume").state == "active"
    assert do("notice").renews is False
    assert "دوباره تمدید شود" in _say(owner_client.get(f"{address}{member_id}/"))
    assert do("resume").renews is True
    # What was debited needs an account to go back to: said beside it, and what is typed is kept.
    for iban, says in (("", "حساب بانکی"), ("IR12", "شمارهٔ شبا")):
        told = owner_client.post(change, {"action": "end", "iban": iban})
        assert told.status_code == 422
        assert says in told.context["end_form"].errors["iban"][0]
        assert told.context["end_form"]["iban"].value() == iban
    assert club.see(member_id).state == "active"
    assert do("end_free").state == "cancelled"
    assert owner_client.post(change, {"action": "nonsense"}).status_code == 404


def test_the_customers_page_of_a_mandate_says_what_it_pays_for(club):
    member_id = club.member()
    mandate = club.collector.mandate(club.see(member_id).mandate_id)
    page = _say(Client().get(f"/m/{mandate.public_token}/"))
    assert "عضویت «طلایی»" in page
    assert "برای چه برداشت می‌شود" in page
    assert "تمدید در" in page
    assert "هر ماه" in page


def test_lists_ask_the_same_however_long(owner_client, club, address):
    plan_id = club.offer()

    def join(number):
        with acting_for(club.business.id):
            hint = CustomerHint(mobile=f"0912765432{number}")
            found = find_or_create(customer=hint, source="t", now=club.now)
            joined = join_membership(customer_id=found.customer_id, plan_id=plan_id, now=club.now)
        club.pay(club.periods(joined.id)[0].payment_id)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert owner_client.get(address).status_code == 200
        return len(seen)

    join(1)
    one = queries()
    join(2)
    join(3)
    assert queries() == one
