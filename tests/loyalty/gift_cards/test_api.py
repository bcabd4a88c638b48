"""Gift cards over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import ApiRequest
from core.tenancy import acting_for
from loyalty.models import GiftCard, GiftCardUse

BOUGHT = {"name": "تولد سارا", "amount": 1_000_000, "paid_by": "cash"}


@pytest.fixture
def code(api):
    return api.post("gift-cards", BOUGHT).json()["cards"][0]["code"]


def test_codes_are_told_once_and_stored_nowhere(api, business):
    """The same call again is answered without them, and the log holds none."""
    first = api.post("gift-cards", {**BOUGHT, "count": 3}, key="k1")
    assert first.status_code == 201
    codes = [card["code"] for card in first.json()["cards"]]
    assert len(set(codes)) == 3
    assert {len(code) for code in codes} == {19}
    again = api.post("gift-cards", {**BOUGHT, "count": 3}, key="k1")
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert [card["code"] for card in again.json()["cards"]] == [None] * 3
    assert [card["id"] for card in again.json()["cards"]] == [
        card["id"] for card in first.json()["cards"]
    ]
    with acting_for(business.id):
        assert GiftCard.objects.count() == 3
        kept = b"".join(bytes(row.answer or b"") for row in ApiRequest.objects.all())
    assert not any(code.encode() in kept for code in codes)


def test_a_card_pays_for_a_sale_and_gets_its_part_back(api, code):
    """R24 by the API alone: look, hold, sell, return."""
    assert api.post("gift-cards/lookup", {"code": code}).json() | {"ends_with": ""} == {
        "ends_with": "",
        "status": "active",
        "kind": "sold",
        "balance": 1_000_000,
        "expires_at": None,
    }
    held = api.post("gift-card-uses", {"code": code, "amount": 400_000})
    assert held.status_code == 201
    use = held.json()
    assert (use["status"], use["left_on_card"]) == ("reserved", 600_000)
    sale = {
        "external_id": "s1",
        "channel": "pos",
        "customer": {"mobile": "09121234567"},
        "tenders": [
            {"method": "gift_card", "amount": 400_000, "reference": use["id"]},
            {"method": "pos", "amount": 600_000},
        ],
    }
    sold = api.post("purchases", sale)
    assert sold.status_code == 201
    assert sold.json()["points"]["earned"] == 10
    api.post(f"purchases/{sold.json()['id']}/returns", {"external_id": "r1", "amount": 500_000})
    seen = api.get(f"gift-card-uses/{use['id']}").json()
    assert (seen["status"], seen["returned"], seen["left_on_card"]) == (
        "committed",
        200_000,
        800_000,
    )


@pytest.mark.parametrize(
    ("amount", "exact", "status", "held"),
    [(2_000_000, False, 201, 1_000_000), (2_000_000, True, 409, None)],
)
def test_holding_takes_what_there_is_unless_it_must_be_exact(
    api, code, amount, exact, status, held
):
    answer = api.post("gift-card-uses", {"code": code, "amount": amount, "exact": exact})
    assert answer.status_code == status
    if held:
        assert answer.json()["amount"] == held
    else:
        assert answer.json()["code"] == "insufficient_gift_card"
        assert answer.json()["available_rial"] == 1_000_000


def test_released_money_is_back(api, code, business):
    use = api.post("gift-card-uses", {"code": code, "amount": 5_000}).json()
    for _twice in range(2):
        done = api.post(f"gift-card-uses/{use['id']}/release")
        assert (done.status_code, done.json()["status"]) == (200, "released")
    with acting_for(business.id):
        assert GiftCard.objects.get().balance_rial == 1_000_000
        assert GiftCardUse.objects.get().state == "released"


@pytest.mark.parametrize(
    ("typed", "status", "problem"),
    [("x", 422, "invalid_gift_code"), ("", 422, "invalid_gift_code")],
)
def test_a_code_that_is_none_is_told_apart_from_an_unknown_one(api, code, typed, status, problem):
    answer = api.post("gift-cards/lookup", {"code": typed})
    assert (answer.status_code, answer.json()["code"]) == (status, problem)


def test_another_business_does_not_know_the_code(api, other_api, code):
    for path, body in (
        ("gift-cards/lookup", {"code": code}),
        ("gift-card-uses", {"code": code, "amount": 5}),
    ):
        answer = other_api.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_list_tells_what_became_of_an_issue(api, code):
    use = api.post("gift-card-uses", {"code": code, "amount": 400_000}).json()
    tender = {"method": "gift_card", "amount": 400_000, "reference": use["id"]}
    api.post("purchases", {"external_id": "1", "channel": "pos", "tenders": [tender]})
    [row] = api.get("gift-cards").json()["data"]
    assert (row["used"], row["held"], row["spent"]) == (1, 600_000, 400_000)
    taken = api.post(f"gift-cards/{row['id']}/take-back")
    assert (taken.status_code, taken.json()["code"]) == (409, "gift_cards_used")


def test_a_list_of_three_costs_the_queries_of_one(api):
    counts = []
    for _row in range(3):
        api.post("gift-cards", BOUGHT)
        with CaptureQueriesContext(connection) as seen:
            api.get("gift-cards")
        counts.append(len(seen))
    assert counts[0] == counts[2]


def test_a_card_is_topped_up_and_the_top_up_taken_back(api, other_api, code):
    """C031 by the API alone: put on, asked again, listed, taken back, refused once spent."""
    body = {"code": code, "external_id": "t1", "amount": 400_000, "paid_by": "pos"}
    first = api.post("gift-card-top-ups", body)
    assert first.status_code == 201
    done = first.json()
    assert (done["status"], done["amount"], done["left_on_card"]) == ("done", 400_000, 1_400_000)
    assert api.post("gift-card-top-ups", body).json() == done
    other = api.post("gift-card-top-ups", body | {"amount": 500_000})
    assert (other.status_code, other.json()["code"]) == (409, "top_up_differs")
    path = f"gift-card-top-ups/{done['id']}"
    assert api.get(path).json() == done
    assert api.get("gift-cards").json()["data"][0]["topped_up"] == 400_000
    for address in (path, f"{path}/take-back"):
        stranger = other_api.post(address) if "take" in address else other_api.get(address)
        assert stranger.status_code == 404
    held = api.post("gift-card-uses", {"code": code, "amount": 1_000_001}).json()
    refused = api.post(f"{path}/take-back")
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_gift_card")
    api.post(f"gift-card-uses/{held['id']}/release")
    for _twice in range(2):
        taken = api.post(f"{path}/take-back")
        assert (taken.status_code, taken.json()["status"]) == (200, "taken_back")
        assert taken.json()["left_on_card"] == 1_000_000
    [row] = api.get("gift-card-top-ups").json()["data"]
    assert row == taken.json()


@pytest.mark.parametrize(
    ("wrong", "code_of"),
    [
        ({"paid_by": "link"}, "invalid_body"),
        ({"amount": 9_999}, "invalid_top_up"),
        ({"code": "x"}, "invalid_gift_code"),
    ],
)
def test_a_top_up_that_makes_no_sense_is_refused(api, code, wrong, code_of):
    """C031."""
    body = {"code": code, "external_id": "t1", "amount": 400_000, "paid_by": "pos"} | wrong
    answer = api.post("gift-card-top-ups", body)
    assert (answer.status_code, answer.json()["code"]) == (422, code_of)


def test_a_list_of_three_top_ups_costs_the_queries_of_one(api, code):
    """C031."""
    counts = []
    for number in range(3):
        body = {"code": code, "external_id": str(number), "amount": 10_000, "paid_by": "cash"}
        api.post("gift-card-top-ups", body)
        with CaptureQueriesContext(connection) as seen:
            api.get("gift-card-top-ups")
        counts.append(len(seen))
    assert counts[0] == counts[2]
