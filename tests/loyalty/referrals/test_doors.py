"""Bringing a friend over HTTP, on the owner's pages, at the till and behind the link."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.ids import new_id
from core.tenancy import acting_for
from loyalty.models import Referral
from loyalty.operations.referrals import referral_code_for
from tests.customers.codes.conftest import other_than, texted
from tests.loyalty.referrals.conftest import ANNA, FRIEND, OFFER, offer

BODY = {
    "open": True,
    "referrer_points": 50,
    "friend_points": 20,
    "least": 500_000,
    "wait_days": 7,
    "budget": 10_000_000,
}


def sale(mobile, **more):
    return {
        "external_id": str(new_id()),
        "channel": "pos",
        "customer": {"mobile": mobile},
        "tenders": [{"method": "cash", "amount": 600_000}],
        **more,
    }


def anna_by(api):
    return api.post("purchases", sale(ANNA)).json()["customer"]["id"]


def test_a_friend_is_brought_by_the_api_alone(api):
    assert api.get("referral-offer").status_code == 404
    told = api.post("referral-offer", BODY).json()
    assert (told["reserved"], told["rewarded"], told["on_the_way"]) == (0, 0, 0)
    anna = anna_by(api)
    code = api.post(f"customers/{anna}/referral-code").json()["code"]
    assert api.post(f"customers/{anna}/referral-code").json()["code"] == code
    assert api.post("purchases", sale(FRIEND, referral_code="NOBODY22")).status_code == 422
    friend = api.post("purchases", sale(FRIEND, referral_code=code)).json()["customer"]["id"]
    [row] = api.get(f"referrals?referrer={anna}").json()["data"]
    assert (row["customer_id"], row["status"], row["reason"]) == (friend, "running", None)
    assert api.get(f"referrals?customer={anna}").json()["data"] == []
    again = api.post("referrals", {"code": code, "customer_id": friend}).json()
    assert again["id"] == row["id"]
    assert api.get("referral-offer").json()["on_the_way"] == 1
    refused = api.post("referrals", {"code": code, "customer_id": anna}).json()
    assert (refused["status"], refused["reason"]) == ("refused", "self")


def test_an_offer_below_what_is_promised_is_refused(api):
    api.post("referral-offer", BODY)
    code = api.post(f"customers/{anna_by(api)}/referral-code").json()["code"]
    api.post("purchases", sale(FRIEND, referral_code=code))
    answer = api.post("referral-offer", BODY | {"budget": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_referral_offer")


def test_the_owner_makes_an_offer_and_sees_who_brought_whom(owner_client, business, api):
    page = f"/b/{business.slug}/referrals/"
    assert "هنوز پاداشی برای معرفی نیست" in owner_client.get(page).content.decode()
    typed = {"referrer_points": "۵۰", "friend_points": "20", "least": "۵۰٬۰۰۰", "wait_days": "7"}
    assert owner_client.post(f"{page}offer/", typed | {"least": ""}).status_code == 422
    assert owner_client.post(f"{page}offer/", typed | {"is_open": "on"}).status_code == 302
    anna = anna_by(api)
    person = f"/b/{business.slug}/customers/{anna}/"
    assert owner_client.post(f"{person}referral-code/").status_code == 302
    with acting_for(business.id):
        code = referral_code_for(customer_id=anna, now=timezone.now())
    assert code in owner_client.get(person).content.decode()
    api.post("purchases", sale(FRIEND, referral_code=code))
    shown = owner_client.get(page).content.decode()
    assert "هنوز برگشتنی است" in shown
    assert anna in shown


def test_the_list_asks_the_same_for_one_friend_and_for_three(owner_client, business, api):
    with acting_for(business.id):
        offer(timezone.now())
    anna = anna_by(api)
    code = api.post(f"customers/{anna}/referral-code").json()["code"]
    counts = []
    for n in range(3):
        api.post("purchases", sale(f"0912444000{n}", referral_code=code))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert owner_client.get(f"/b/{business.slug}/referrals/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_the_till_takes_a_code_and_the_receipt_says_what_comes(owner_client, business, api):
    till = f"/b/{business.slug}/till/"
    assert "referral_code" not in owner_client.get(till).content.decode()
    with acting_for(business.id):
        offer(timezone.now())
    code = api.post(f"customers/{anna_by(api)}/referral-code").json()["code"]
    assert "referral_code" in owner_client.get(till).content.decode()
    typed = {
        "sale_id": str(new_id()),
        "mobile": FRIEND,
        "amount": "60000",
        "method": "cash",
        "branch": "main",
    }
    wrong = owner_client.post(till, typed | {"referral_code": "XXXXXXXX"})
    assert (wrong.status_code, "این کدِ معرفی مالِ کسی نیست" in wrong.content.decode()) == (422, True)
    done = owner_client.post(till, typed | {"referral_code": code.lower()}, follow=True)
    assert "معرف:" in done.content.decode()
    with acting_for(business.id):
        assert Referral.objects.get().friend_points == OFFER["friend_points"]


def test_the_link_shows_the_offer_and_nothing_of_anybody(client, business, api):
    with acting_for(business.id):
        offer(timezone.now())
    code = api.post(f"customers/{anna_by(api)}/referral-code").json()["code"]
    shown = client.get(f"/r/{business.slug}-{code}/")
    assert code in shown.content.decode()
    assert ANNA not in shown.content.decode()
    assert client.get(f"/r/{business.slug}-{code}/qr.svg")["Content-Type"] == "image/svg+xml"
    assert client.get(f"/r/{business.slug}-NOBODY22/").status_code == 404
    with acting_for(business.id):
        offer(timezone.now(), is_open=False)
    closed = client.get(f"/r/{business.slug}-{code}/").content.decode()
    # The switch of languages leads back to this address.
    assert code not in closed.split("<h1")[1].split("<footer")[0]


def test_behind_the_link_a_friend_says_who_they_are_by_a_texted_code(client, business, api):
    """C073: a wrong code counts for nothing; the right one brings the holder of the mobile."""
    with acting_for(business.id):
        offer(timezone.now())
    code = api.post(f"customers/{anna_by(api)}/referral-code").json()["code"]
    link = f"/r/{business.slug}-{code}/"
    assert client.post(link, {"mobile": "12"}).status_code == 400
    assert "شش رقمی" in client.post(link, {"mobile": FRIEND}).content.decode()
    digits = texted(business)
    wrong = client.post(link, {"mobile": FRIEND, "digits": other_than(digits)})
    assert wrong.status_code == 422
    with acting_for(business.id):
        assert not Referral.objects.exists()
    done = client.post(link, {"mobile": FRIEND, "digits": digits})
    assert "می‌داند چه کسی شما را آورد" in done.content.decode()
    assert client.post(link, {"mobile": FRIEND, "digits": digits}).status_code == 422
    friend = api.post("purchases", sale(FRIEND)).json()["customer"]["id"]
    [row] = api.get(f"referrals?customer={friend}").json()["data"]
    assert (row["source"], row["status"]) == ("link", "waiting")
