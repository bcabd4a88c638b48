"""Coming in: sign-up, sign-in, who sees which page."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from businesses.queries import memberships_of
from core.tenancy import acting_for
from feedback.queries import surveys
from loyalty.queries.programme import terms

SIGN_UP = {
    "business_name": "کافه نارنج",
    "vertical": "cafe",
    "login": "maryam@example.com",
    "password": "یک جملهٔ کوتاه و آسان",
}
EVERYONES = ["customers/", "payments/", "cases/"]
READERS = ["today/", "segments/", "opinions/", "campaigns/", "purchases/"]
SELLERS = ["till/"]
MANAGERS = ["settings/", "import/", "campaigns/new/"]
OWNERS = ["developers/", "settings/?section=members", "settings/?section=gateway"]


def test_a_stranger_is_told_what_this_is(db):
    page = Client().get("/").content.decode()
    assert "/signup/" in page
    assert "/accounts/login/" in page


@pytest.mark.parametrize("login", ["maryam@example.com", "۰۹۱۲ ۱۲۳ ۴۵۶۷"])
def test_signing_up_opens_a_working_business(db, login):
    client = Client()
    answer = client.post("/signup/", SIGN_UP | {"login": login}, follow=True)
    (place,) = memberships_of(get_user_model().objects.get().id)
    assert answer.redirect_chain[-1][0] == f"/b/{place.business.slug}/today/"
    with acting_for(place.business.id):
        assert terms() is not None
        assert surveys().exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"login": "not-a-login"},
        {"login": "+1 202 555 0143"},
        {"password": "short"},
        {"business_name": ""},
        {"vertical": "bank"},
    ],
)
def test_a_wrong_sign_up_keeps_what_was_typed_and_makes_nothing(db, wrong):
    answer = Client().post("/signup/", SIGN_UP | wrong)
    assert answer.status_code == 422
    assert not get_user_model().objects.exists()
    if "business_name" not in wrong:
        assert "کافه نارنج" in answer.content.decode()
    if "password" in wrong:
        assert "دست‌کم ۱۰ نویسه لازم است" in answer.content.decode()


def test_the_door_asks_for_an_email_or_a_mobile_and_offers_a_new_password_once(db):
    page = Client().get("/accounts/login/").content.decode()
    assert "ایمیل یا موبایل" in page
    assert page.count("/accounts/password/reset/") == 1


def test_a_login_in_use_is_refused_beside_its_field(business, db):
    taken = get_user_model().objects.get().email or ""
    answer = Client().post("/signup/", SIGN_UP | {"login": taken.upper()})
    assert answer.status_code == 422
    assert "id_login_error" in answer.content.decode()


def test_signing_in_by_mobile_or_e_mail(db):
    Client().post("/signup/", SIGN_UP | {"login": "09121234567"})
    client = Client()
    answer = client.post(
        "/accounts/login/", {"login": "09121234567", "password": SIGN_UP["password"]}, follow=True
    )
    assert answer.status_code == 200
    assert answer.wsgi_request.user.is_authenticated


def test_nobody_enters_without_signing_in(shop):
    for path in [*EVERYONES, *READERS, *SELLERS, *MANAGERS, *OWNERS]:
        answer = Client().get(shop.url(path))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=")


def test_the_owner_of_another_business_finds_nothing(shop, other_owner_client):
    for path in ["", *EVERYONES, *READERS, *SELLERS, *MANAGERS, *OWNERS]:
        assert other_owner_client.get(shop.url(path)).status_code == 404


@pytest.mark.parametrize(
    ("role", "open_to"),
    [
        ("owner", [*EVERYONES, *READERS, *SELLERS, *MANAGERS, *OWNERS]),
        ("manager", [*EVERYONES, *READERS, *SELLERS, *MANAGERS]),
        ("analyst", [*EVERYONES, *READERS]),
        ("cashier", [*EVERYONES, *SELLERS]),
    ],
)
def test_a_role_sees_its_pages_and_no_others(shop, client_as, role, open_to):
    client = client_as(role)
    for path in [*EVERYONES, *READERS, *SELLERS, *MANAGERS, *OWNERS]:
        expected = 200 if path in open_to else 403
        assert client.get(shop.url(path)).status_code == expected, path


def test_a_cashier_starts_at_the_till_and_sees_no_link_that_would_refuse_her(shop, client_as):
    client = client_as("cashier")
    answer = client.get(shop.url(), follow=True)
    assert answer.redirect_chain[-1][0] == shop.url("till/")
    assert shop.url("developers/") not in answer.content.decode()


def test_a_second_business_is_one_form_away(owner_client):
    answer = owner_client.post(
        "/found/", {"business_name": "کافهٔ دوم", "vertical": "cafe"}, follow=True
    )
    assert "کافهٔ دوم" in answer.content.decode()
    assert len(memberships_of(answer.wsgi_request.user.id)) == 2


def test_the_theme_is_remembered_and_leads_nowhere_else(owner_client, shop):
    answer = owner_client.post("/theme/", {"theme": "dark", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert 'data-theme="dark"' in owner_client.get(shop.url("today/")).content.decode()
