"""What is kept of a person: shown, given out, destroyed in two steps, and who looked (R59)."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from businesses.enums import Role
from businesses.operations import add_member
from core.tenancy import acting_for
from customers.models import Customer, Erasure, ProfileView
from customers.operations import CustomerHint, record_purchases
from customers.operations.attributes import lay_out_preset, note_attributes
from outbox.operations import deliver_due
from segmentation.operations import score_business
from tests.customers.conftest import sale

NAME, MOBILE = "سارا کریمی", "09121234567"


@pytest.fixture
def sara(business, now):
    """Return somebody who bought once."""
    with acting_for(business.id):
        [bought] = record_purchases(
            purchases=[sale(customer=CustomerHint(mobile=MOBILE, name=NAME))], source="api", now=now
        )
    return bought.customer_id


def member(business, role, now):
    """Return a browser of somebody who works there."""
    user = get_user_model().objects.create_user(f"{role}@example.com", "long-password-1")
    add_member(business_id=business.id, user=user, role=role, by=None, now=now)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(business, path):
    return f"/b/{business.slug}/{path}"


def test_a_look_is_written_down_once_and_only_owners_see_it(business, owner_client, sara, now):
    cashier = member(business, Role.CASHIER, now)
    assert cashier.get(url(business, f"customers/{sara}/")).status_code == 200
    assert owner_client.get(url(business, "customers/")).status_code == 200
    with acting_for(business.id):
        [look] = ProfileView.objects.all()
    assert (look.customer_id, look.place, look.viewer_name) == (sara, "page", "cashier@example.com")
    page = owner_client.get(url(business, "customers/looks/")).content.decode()
    assert NAME in page
    assert "cashier@example.com" in page
    assert cashier.get(url(business, "customers/looks/")).status_code == 403
    manager = member(business, Role.MANAGER, now)
    assert manager.get(url(business, "customers/looks/")).status_code == 403


def test_the_list_of_looks_costs_the_same_for_one_and_three(business, owner_client, sara):
    counts = []
    for more in (1, 2):
        for _look in range(more):
            owner_client.get(url(business, f"customers/{sara}/"))
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(url(business, "customers/looks/"))
        counts.append(len(queries))
    assert counts[0] == counts[1] > 0


def test_everything_is_shown_and_given_out(business, owner_client, sara):
    page = owner_client.get(url(business, f"customers/{sara}/kept/")).content.decode()
    assert NAME in page
    answer = owner_client.get(url(business, f"customers/{sara}/kept/file/"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["sections"]["customers.customer"][0]["name"] == NAME
    with acting_for(business.id):
        places = list(ProfileView.objects.order_by("id").values_list("place", flat=True))
    assert places == ["kept", "file"]


def test_codes_are_told_in_words(business, owner_client, sara, now):
    """The file gives codes out as they are; the page is for people."""
    both = CustomerHint(mobile=MOBILE, email="sara@example.com")
    with acting_for(business.id):
        record_purchases(purchases=[sale(customer=both)], source="till", now=now)
        lay_out_preset(vertical="clothing", now=now)
        note_attributes(
            customer_id=sara, given={"size": "L", "has_child": True}, source="staff", now=now
        )
        score_business(now=now)
        deliver_due(now=now)
    page = owner_client.get(url(business, f"customers/{sara}/kept/")).content.decode()
    cells = re.findall(r"<bdi>(.*?)</bdi>", page)
    assert [cell for cell in cells if re.fullmatch(r"[a-z_]+(:[a-z_]+)?", cell)] == []
    for words in ("نخستین دیدار", "همراه با این آمد: موبایل", "امتیاز برای خرید", "بله"):
        assert words in page
    for heading in ("search key", "data", "customer hint"):
        assert f">{heading}<" not in page


def test_a_manager_erases_in_two_steps(business, sara, now):
    manager = member(business, Role.MANAGER, now)
    kept = url(business, f"customers/{sara}/kept/")
    manager.post(url(business, f"customers/{sara}/erase/"), {"reason": "asked"})
    with acting_for(business.id):
        row = Erasure.objects.get()
        code = Customer.objects.get(id=sara).member_code
    assert row.state == "asked"
    decide = url(business, f"erasures/{row.id}/decide/")
    manager.post(decide, {"answer": "yes", "member_code": "WRONG"})
    assert NAME in manager.get(kept).content.decode()
    manager.post(decide, {"answer": "yes", "member_code": code.lower()})
    page = manager.get(kept).content.decode()
    assert NAME not in page
    assert "این شخص پاک شده است" in page
    assert manager.get(url(business, f"customers/{sara}/")).status_code == 200


def test_a_request_is_withdrawn(business, owner_client, sara):
    owner_client.post(url(business, f"customers/{sara}/erase/"), {"reason": "law"})
    with acting_for(business.id):
        row = Erasure.objects.get()
    owner_client.post(url(business, f"erasures/{row.id}/decide/"), {"answer": "no"})
    with acting_for(business.id):
        assert Erasure.objects.get().state == "withdrawn"
        assert Customer.objects.get(id=sara).name == NAME


def test_a_cashier_neither_sees_nor_erases(business, sara, now):
    cashier = member(business, Role.CASHIER, now)
    for path in (f"customers/{sara}/kept/", f"customers/{sara}/kept/file/"):
        assert cashier.get(url(business, path)).status_code == 403
    erase = url(business, f"customers/{sara}/erase/")
    assert cashier.post(erase, {"reason": "asked"}).status_code == 403


def test_over_http_with_an_owners_key(api, business, sara):
    assert api.get(f"customers/{sara}").status_code == 200
    document = api.get(f"customers/{sara}/personal-data").json()
    assert document["format"] == "vafa.person/1"
    assert document["sections"]["customers.customer"][0]["name"] == NAME
    asked = api.post(f"customers/{sara}/erasures", {"reason": "asked"})
    assert asked.status_code == 201
    body = asked.json()
    assert (body["state"], body["obstacles"]) == ("asked", [])
    assert len(body["consequences"]) >= 3
    wrong = api.post(f"customers/erasures/{body['id']}/confirm", {"member_code": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "wrong_member_code")
    code = document["sections"]["customers.customer"][0]["member_code"]
    done = api.post(f"customers/erasures/{body['id']}/confirm", {"member_code": code})
    assert done.json()["state"] == "done"
    assert api.get(f"customers/{sara}").json()["name"] == ""
    again = api.post(f"customers/{sara}/erasures", {"reason": "asked"})
    assert (again.status_code, again.json()["code"]) == (409, "customer_closed")
    looks = api.get("customers/views", {"customer": str(sara)}).json()["data"]
    assert [look["place"] for look in looks] == ["api", "file", "api"]
    assert api.get("customers/views", {"customer": "x"}).json()["code"] == "invalid_customer"


def test_a_request_over_http_is_withdrawn(api, sara):
    row = api.post(f"customers/{sara}/erasures", {"reason": "mistake"}).json()
    gone = api.post(f"customers/erasures/{row['id']}/withdraw", {})
    assert gone.json()["state"] == "withdrawn"


@pytest.mark.django_db
def test_platform_staff_leave_their_name_too(business, sara):
    staff = get_user_model().objects.create_superuser("staff@example.com", "long-password-1")
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(f"/admin/customers/customer/{sara}/change/")
    assert answer.status_code == 200
    with acting_for(business.id):
        [look] = ProfileView.objects.all()
    assert (look.place, look.viewer_id) == ("admin", staff.id)
