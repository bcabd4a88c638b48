"""The link stands in the API's answer and on the receipt."""

from core.tenancy import acting_for
from feedback.api.parts import link_on_receipt
from tests.feedback.conftest import DAY

SALE = {
    "external_id": "inv-1",
    "channel": "pos",
    "customer": {"mobile": "09121234567"},
    "lines": [{"name": "لاته", "quantity": 1, "unit_price": 450_000}],
}


def test_the_api_answers_with_the_survey_s_address(shop, api, client):
    answer = api.post("purchases", SALE)
    assert answer.status_code == 201, answer.content
    url = answer.json()["survey"]["url"]
    assert url.endswith(f"/s/{shop.token()}/")
    assert client.get(url[url.index("/s/") :]).status_code == 200


def test_a_stranger_s_purchase_has_no_survey(shop, api):
    assert api.post("purchases", SALE | {"customer": None}).json()["survey"] is None


def test_the_receipt_shows_the_link_until_it_ends(shop, now):
    outcome = shop.sell_one(now)
    with acting_for(shop.business.id):
        assert shop.token() in link_on_receipt(outcome.purchase_id, now)["survey"]["url"]
        assert link_on_receipt(outcome.purchase_id, now + 9 * DAY) == {}
