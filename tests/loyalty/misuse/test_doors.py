"""Signs of misuse on the owner's pages and over HTTP."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.operations import add_member
from core.tenancy import acting_for
from customers.queries.kept import person_document
from loyalty.models import Suspicion, SuspicionLook
from loyalty.operations.suspicions import look_for_misuse
from tests.loyalty.misuse.test_signs import ANNA, DAY, sales, town

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def found(business):
    """Let a customer of an ordinary town stand out."""
    now = timezone.now()
    with acting_for(business.id):
        town(now)
        sales(ANNA, 14, now - 2 * DAY)
        look_for_misuse(now=now)
        return Suspicion.objects.get()


def test_before_the_first_night_the_page_says_what_will_be_there(owner_client, business):
    shown = owner_client.get(f"/b/{business.slug}/misuse/").content.decode()
    assert "هنوز بررسی نشده" in shown
    assert "نشانه‌اند، نه حکم" not in shown


def test_the_owner_sees_the_sign_its_rows_and_writes_what_it_was(owner_client, business, found):
    page = f"/b/{business.slug}/misuse/"
    shown = owner_client.get(page).content.decode()
    assert "خریدهای زیادِ یک مشتری در یک روز" in shown
    assert "نشانه‌اند، نه حکم" in shown
    assert "خانواده یا اداره‌ای" in shown
    one = f"{page}{found.id}/"
    assert owner_client.get(one).content.decode().count("/till/receipts/") == 14
    wrong = owner_client.post(f"{one}judge/", {"verdict": "seen", "reason": ""})
    assert (wrong.status_code, "دلیلش را بنویسید" in wrong.content.decode()) == (422, True)
    told = {"verdict": "dismissed", "reason": "تولد در اداره"}
    assert owner_client.post(f"{one}judge/", told).status_code == 302
    assert str(found.id) not in owner_client.get(f"{page}?state=seen").content.decode()
    assert "تولد در اداره" in owner_client.get(one).content.decode()
    assert str(found.id) in owner_client.get(f"{page}?state=dismissed").content.decode()


def test_with_too_little_data_the_picture_says_so(owner_client, business):
    with acting_for(business.id):
        look_for_misuse(now=timezone.now())
    shown = owner_client.get(f"/b/{business.slug}/misuse/").content.decode()
    assert "داده کافی نیست" in shown


@pytest.mark.parametrize("role", ["manager", "analyst", "cashier"])
def test_who_may_be_meant_themselves_see_none_of_it(business, found, role):
    user = get_user_model().objects.create_user(f"{role}@example.com", "long-password-1")
    add_member(business_id=business.id, user=user, role=role, now=timezone.now())
    client = Client()
    client.force_login(user, backend=BACKEND)
    page = f"/b/{business.slug}/misuse/"
    told = {"verdict": "dismissed", "reason": "من بودم"}
    assert client.get(page).status_code == 403
    assert client.get(f"{page}{found.id}/").status_code == 403
    assert client.post(f"{page}{found.id}/judge/", told).status_code == 403


def test_a_person_is_told_what_is_kept_of_them(business, found):
    with acting_for(business.id):
        told = person_document(found.customer_id, timezone.now())["sections"]
    [row] = told["loyalty.suspicion"]
    assert (row["rule"], row["count"]) == ("customer_sales", 14)


def test_the_api_tells_the_signs_and_what_is_usual(api, found):
    told = api.get("reports/fraud").json()
    [row] = told["data"]
    assert (row["id"], row["rule"], row["status"]) == (str(found.id), "customer_sales", "open")
    assert (row["count"], row["line"], row["usual"], row["strong"]) == (14, 7, 1, True)
    [usual] = [one for one in told["usual"] if one["rule"] == "customer_sales"]
    assert (usual["n"], usual["enough"]) == (101, True)
    assert api.get("reports/fraud?status=seen").json()["data"] == []
    assert api.get("reports/fraud?rule=corrections").json()["data"] == []


def test_before_the_first_look_the_api_says_so(api):
    told = api.get("reports/fraud").json()
    assert (told["looked_at"], told["usual"], told["data"]) == (None, [], [])


def test_a_page_asks_the_same_for_one_sign_and_for_three(owner_client, business, api):
    now = timezone.now()
    counts = []
    api.get("reports/fraud")  # the key is remembered from now on
    with acting_for(business.id):
        town(now)
    for n in range(3):
        with acting_for(business.id):
            sales(f"0912777000{n}", 14, now - 2 * DAY)
            SuspicionLook.objects.update(next_at=now)
            look_for_misuse(now=now)
        with CaptureQueriesContext(connection) as asked:
            assert owner_client.get(f"/b/{business.slug}/misuse/").status_code == 200
        with CaptureQueriesContext(connection) as over_http:
            assert len(api.get("reports/fraud").json()["data"]) == n + 1
        counts.append((len(asked), len(over_http)))
    assert counts[0] == counts[2]
