"""Milestones on the pages, at the till, over HTTP and told to others' software."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.queries.people import customer_view
from dashboard.web.greeting import Known, greeting
from loyalty.models import Milestone, MilestoneReached
from loyalty.operations import sweep_business
from loyalty.queries.wallets import wallet_view
from tests.loyalty.milestones.test_milestones import celebrate
from tests.loyalty.own.conftest import sell

pytestmark = pytest.mark.django_db


@pytest.fixture
def reached(business):
    """A customer who reached their first visit."""
    with acting_for(business.id):
        celebrate(number=1, points=30, now=timezone.now() - timedelta(days=1))
    sell(business)
    with acting_for(business.id):
        sweep_business(now=timezone.now() + timedelta(days=1))
        return MilestoneReached.objects.get()


def test_the_empty_page_teaches(owner_client, business):
    shown = owner_client.get(f"/b/{business.slug}/milestones/").content.decode()
    assert "هنوز چیزی جشن گرفته نمی‌شود" in shown


def test_the_owner_celebrates_something_and_closes_it(owner_client, business):
    page = f"/b/{business.slug}/milestones/"
    typed = {"kind": "spent", "number": "۱۰۰٬۰۰۰", "points": "۵", "wait_days": "۷", "text": ""}
    assert owner_client.post(page, typed).status_code == 302
    with acting_for(business.id):
        row = Milestone.objects.get()
    assert (row.number, row.points, row.wait_days, row.greets) == (1_000_000, 5, 7, False)
    assert "۱۰۰٬۰۰۰ تومان" in owner_client.get(page).content.decode()
    assert owner_client.post(f"{page}{row.id}/close/").status_code == 302
    assert "بسته" in owner_client.get(page).content.decode()
    wrong = owner_client.post(page, typed | {"kind": "visits", "number": "۱۰٬۰۰۱"})
    assert wrong.status_code == 422


def test_who_reached_it_is_shown_with_the_gift(owner_client, business, reached):
    shown = owner_client.get(f"/b/{business.slug}/milestones/").content.decode()
    assert f"/customers/{reached.customer_id}/" in shown
    assert "۳۰ امتیاز" in shown


def test_the_badge_is_on_the_milestone_and_on_the_customers_page(owner_client, business, reached):
    typed = {"kind": "visits", "number": "۱", "points": "۳۰", "wait_days": "۰", "badge": "آشنا"}
    page = f"/b/{business.slug}/milestones/"
    assert owner_client.post(page, typed).status_code == 302
    assert "آشنا" in owner_client.get(page).content.decode()
    person = f"/b/{business.slug}/customers/{reached.customer_id}/"
    assert "آشنا" in owner_client.get(person).content.decode()
    assert owner_client.post(page, typed | {"badge": "ی" * 31}).status_code == 422


def test_the_till_says_it(business, reached):
    with acting_for(business.id):
        person = customer_view(reached.customer_id)
        assert person is not None
        now = timezone.now() + timedelta(days=1)
        known = Known(
            person=person,
            wallet=wallet_view(person.id, now),
            standing=None,
            today=now.date() + timedelta(days=1),
            now=now,
        )
        said, why = greeting(known)
        assert "تبریک" in said
        assert "۳۰" in why
        celebrate(number=2, now=now)
        assert "مراجعهٔ شمارهٔ ۲" in greeting(known)[0]


def test_programs_ask_and_change(api, business, reached):
    told = {"kind": "visits", "number": 10, "points": 50}
    api.post("milestones", {"kind": "visits", "number": 1, "badge": "آشنا"}, key="zero")
    made = api.post("milestones", told, key="one")
    assert (made.status_code, made.json()["open"]) == (201, True)
    [first, second] = sorted(api.get("milestones").json()["data"], key=lambda one: one["number"])
    assert (first["reached"], first["points_given"], second["reached"]) == (1, 30, 0)
    whole = api.get(f"customers/{reached.customer_id}/milestones").json()
    [one] = whole["data"]
    assert [badge["name"] for badge in whole["badges"]] == ["آشنا"]
    assert (one["kind"], one["number"], one["points"]) == ("visits", 1, 30)
    closed = api.post(f"milestones/{made.json()['id']}/close", {}, key="two")
    assert closed.json()["open"] is False
    refused = api.post("milestones", told | {"number": 10_001}, key="three")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_milestone")
