"""The customer's page and waiting points for a shop's own app."""

from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Customer
from customers.operations import CardHint, CustomerHint
from messaging.models import Message
from tests.customers.codes.conftest import other_than, texted
from tests.loyalty.own.conftest import MOBILE, sell

CARD = CustomerHint(card=CardHint(masked_pan="603799******4431", hash="0f1e2d"))


def test_the_link_to_their_page_is_texted_once_in_an_hour(api, business, sara):
    for _n in range(2):
        answer = api.post(f"customers/{sara.id}/page-link")
        assert (answer.status_code, answer.json()) == (202, {"mobile_ends": MOBILE[-4:]})
    with acting_for(business.id):
        assert Message.objects.filter(ref_kind="own_page").count() == 1
    assert api.post(f"customers/{new_id()}/page-link").status_code == 404


def test_who_has_no_mobile_is_sent_nothing(api):
    found = api.post("customers", {"email": "s@example.com"}).json()
    answer = api.post(f"customers/{found['id']}/page-link")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_mobile")


def test_waiting_points_are_claimed_by_a_code(api, business):
    sale = sell(business, customer=CARD).purchase_id
    told = api.get(f"purchases/{sale}/claim").json()
    assert (told["waits"], told["points"] > 0) == (True, True)
    assert "/k/" in told["url"]
    sent = api.post(f"purchases/{sale}/claim-codes", {"mobile": MOBILE})
    assert (sent.status_code, sent.json()["mobile_ends"]) == (201, MOBILE[-4:])
    with acting_for(business.id):
        assert not Customer.objects.filter(mobile__isnull=False).exists()
    digits = texted(business)
    wrong = api.post(f"purchases/{sale}/claim", {"mobile": MOBILE, "code": other_than(digits)})
    assert (wrong.status_code, wrong.json()["tries_left"]) == (422, 4)
    taken = api.post(f"purchases/{sale}/claim", {"mobile": MOBILE, "code": digits})
    assert (taken.status_code, taken.json()["points"]) == (200, told["points"])
    after = api.get(f"purchases/{sale}/claim").json()
    assert (after["waits"], after["url"]) == (False, None)
    again = api.post(f"purchases/{sale}/claim-codes", {"mobile": "09350000000"})
    assert (again.status_code, again.json()["code"]) == (409, "purchase_has_owner")


def test_what_is_no_purchase_cannot_be_claimed(api):
    for method, path, body in (
        (api.get, "claim", None),
        (api.post, "claim", {"mobile": MOBILE, "code": "123456"}),
        (api.post, "claim-codes", {"mobile": MOBILE}),
    ):
        assert method(f"purchases/{new_id()}/{path}", body).status_code == 404
