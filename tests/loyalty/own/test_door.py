"""The door of the customer's own page: who gets in, and for how long (complaint 4.6)."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Customer, OneTimeCode
from customers.operations import send_code, update_customer
from customers.queries.own_page import page_token, sign
from loyalty.web.own.session import COOKIE
from messaging.models import Message
from tests.customers.codes.conftest import other_than, texted
from tests.loyalty.own.conftest import MOBILE, age_codes, told

pytestmark = pytest.mark.django_db


def messages_of(business):
    with acting_for(business.id):
        return Message.objects.filter(purpose="otp").count()


def test_a_mobile_and_a_code_open_the_page(sara, enter, door):
    browser = enter()
    page = browser.get(door)
    assert page.status_code == 200
    assert "سلام، سارا کریمی" in told(page)
    assert page["Cache-Control"].startswith("max-age=0")
    assert "noindex" in page["X-Robots-Tag"]


def test_the_cookie_is_for_this_address_and_two_hours(sara, business, door):
    browser = Client()
    browser.post(door, {"mobile": MOBILE})
    answer = browser.post(door, {"mobile": MOBILE, "code": texted(business)})
    cookie = answer.cookies[COOKIE]
    assert (cookie["path"], cookie["max-age"]) == (door, 7200)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "sessionid" not in answer.cookies


def test_after_two_hours_it_is_closed(sara, business, enter, door):
    browser = enter()
    with acting_for(business.id):
        past = timezone.now() - timedelta(hours=2, seconds=1)
        OneTimeCode.objects.update(finished_at=past, sent_at=past, expires_at=timezone.now())
    assert "سارا" not in told(browser.get(door))


def test_the_page_of_one_shop_opens_nothing_of_another(
    sara, enter, business, other_business, owner_client
):
    browser = enter()
    other = f"/c/{other_business.slug}/"
    browser.cookies[COOKIE]["path"] = "/"
    assert 'name="mobile"' in told(browser.get(other))
    assert browser.get(f"{other}history/")["Location"] == other
    assert browser.get(f"/b/{business.slug}/today/").status_code == 302


def test_a_forged_or_foreign_cookie_opens_nothing(sara, business, door):
    browser = Client()
    for value in (
        "x",
        signing.dumps([business.id.hex, new_id().hex], salt="vafa.own_page"),
        signing.dumps([business.id.hex, new_id().hex], salt="else"),
    ):
        browser.cookies[COOKIE] = value
        assert 'name="mobile"' in told(browser.get(door))


def test_a_code_for_spending_opens_no_page(sara, business, door):
    with acting_for(business.id):
        send_code(customer_id=sara.id, purpose="spend", now=timezone.now())
    answer = Client().post(door, {"mobile": MOBILE, "code": texted(business)})
    assert answer.status_code == 422


def test_whether_a_number_is_known_cannot_be_told(sara, business, door):
    """Known or not: the same words when asking, asking again and typing wrong, to the end."""
    unknown, answers = "09129999999", {}
    for mobile in (MOBILE, unknown):
        browser = Client()
        said = [browser.post(door, {"mobile": mobile}) for _time in range(2)]
        guess = {"mobile": mobile, "code": "000000"}
        said += [browser.post(door, guess) for _try in range(6)]
        for _more in range(7):
            age_codes(business)
            said.append(browser.post(door, {"mobile": mobile}))
        answers[mobile] = [
            (one.status_code, one.context["wrong"], one.context["asks_code"]) for one in said
        ]
    assert answers[MOBILE] == answers[unknown]
    assert answers[unknown][-1][0] == 422
    with acting_for(business.id):
        assert not Message.objects.filter(address="+989129999999").exists()
        assert Customer.objects.count() == 1


def test_nonsense_is_no_mobile(sara, door):
    for typed in ("", "12", "\x00", "+4915112345678", "۰" * 500):
        answer = Client().post(door, {"mobile": typed})
        assert answer.status_code == 422
        assert not answer.context["asks_code"]


def test_the_link_asks_for_a_code_and_tells_four_digits_only(sara, business, door):
    with acting_for(business.id):
        address = f"/me/{page_token(sara.id)}/"
    browser = Client()
    page = browser.get(address)
    assert "۴۵۶۷" in told(page)
    assert "سارا" not in told(page)
    assert messages_of(business) == 0
    assert browser.post(address).status_code == 200
    wrong = browser.post(address, {"code": other_than(texted(business))})
    assert wrong.status_code == 422
    answer = browser.post(address, {"code": texted(business)})
    assert answer["Location"] == door
    assert "سارا" in told(browser.get(door))


def test_a_link_we_did_not_sign_leads_nowhere(sara, business):
    with acting_for(business.id):
        good = page_token(sara.id)
    assert Client().get(f"/me/{good[:-1]}{'A' if good[-1] != 'A' else 'B'}/").status_code == 404
    assert Client().get(f"/me/{sign('else', business.id, sara.id)}/").status_code == 404
    nobody = sign("customers.page", business.id, new_id())
    assert Client().get(f"/me/{nobody}/").status_code == 404


def test_a_mobile_given_up_closes_the_page(sara, business, enter, door):
    browser = enter()
    with acting_for(business.id):
        update_customer(customer_id=sara.id, mobile="09351112233", now=timezone.now())
    assert "سارا" not in told(browser.get(door))


def test_signing_out_closes_it_here(sara, enter, door):
    browser = enter()
    assert browser.post(f"{door}out/")["Location"] == door
    assert 'name="mobile"' in told(browser.get(door))


def test_without_an_open_page_everything_inside_leads_to_the_door(sara, door):
    browser = Client()
    for inner in ("history/", "code/"):
        assert browser.get(f"{door}{inner}")["Location"] == door
    for inner in ("preferences/", "out/"):
        assert browser.post(f"{door}{inner}")["Location"] == door
        assert browser.get(f"{door}{inner}").status_code == 405


def test_the_shop_texts_the_link_once_an_hour(sara, business, owner_client, other_owner_client):
    address = f"/b/{business.slug}/customers/{sara.id}/page-link/"
    for _time in range(2):
        assert owner_client.post(address).status_code == 302
    assert other_owner_client.post(address).status_code == 404
    with acting_for(business.id):
        (message,) = Message.objects.filter(ref_kind="own_page")
        token = page_token(sara.id)
    assert f"/me/{token}/" in message.body
    assert message.purpose == "transactional"


def test_the_door_is_persian_until_somebody_chooses(business, door):
    browser = Client()
    asks_english = {"Accept-Language": "en-GB,en;q=0.9"}
    page = browser.get(door, headers=asks_english)
    assert 'lang="fa"' in told(page)
    assert page["Content-Language"] == "fa"
    browser.post("/language/", {"language": "en", "next": door})
    assert 'lang="en"' in told(browser.get(door))
    assert "Send me a code" in told(browser.get(door))
