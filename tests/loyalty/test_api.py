"""Points over HTTP: receipts, wallets, previews, redemptions, and outsiders."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_for
from loyalty.models import Redemption, Wallet
from loyalty.operations import update_program

BODY = {
    "external_id": "inv-1001",
    "channel": "pos",
    "customer": {"mobile": "09121234567", "name": "سارا"},
    "lines": [{"sku": "latte", "name": "لاته", "quantity": 2, "unit_price": 15_450_000}],
    "tenders": [{"method": "pos", "amount": 30_900_000}],
}


@pytest.fixture
def purchase(api):
    answer = api.post("purchases", BODY)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_purchase_answers_with_points_tier_and_rewards(purchase):
    assert purchase["points"] == {
        "earned": 309,
        "pending": 0,
        "balance": 309,
        "value_rial": 309_000,
    }
    assert purchase["tier"]["name"] == "نقره‌ای"
    assert purchase["tier"]["needed_to_rise"] == 100_000_000 - 30_900_000
    assert [r["available"] for r in purchase["rewards"]] == [True, False, False]


def test_a_stranger_s_points_are_shown_as_pending(api):
    body = {name: value for name, value in BODY.items() if name != "customer"}
    points = api.post("purchases", body).json()["points"]
    assert points == {"earned": 309, "pending": 309, "balance": 0, "value_rial": 0}


def test_a_batch_asks_for_points_as_often_as_one_sale(api, purchase):
    def asked(path, body):
        with CaptureQueriesContext(connection) as captured:
            answer = api.post(path, body)
        return answer, sum("loyalty_" in query["sql"] for query in captured)

    rows = [BODY | {"external_id": f"b-{n}"} for n in range(20)]
    many, of_many = asked("purchases/batch", {"purchases": rows})
    _one, of_one = asked("purchases", BODY | {"external_id": "c"})
    balances = [row["purchase"]["points"]["balance"] for row in many.json()["results"]]
    assert len(set(balances)) == 1
    assert of_many == of_one


def test_the_wallet_shows_the_next_expiry_and_the_ledger(api, purchase):
    customer = purchase["customer"]["id"]
    wallet = api.get(f"customers/{customer}/wallet").json()
    assert (wallet["balance"], wallet["value_rial"], wallet["negative"]) == (309, 309_000, False)
    assert wallet["next_expiry"]["points"] == 309
    assert wallet["tier"]["needed_to_stay"] == 0
    entries = api.get(f"customers/{customer}/wallet/entries").json()["data"]
    assert [(one["kind"], one["points"]) for one in entries] == [("earn", 309)]
    assert "۳۰۹ امتیاز" in entries[0]["explanation"]


def test_the_explanation_follows_the_language(api, purchase):
    path = f"/api/v1/customers/{purchase['customer']['id']}/wallet/entries"
    headers = {"Authorization": f"Bearer {api.key}", "Accept-Language": "en"}
    [entry] = api.client.get(path, headers=headers).json()["data"]
    assert entry["explanation"].startswith("309 points for a purchase of 3,090,000 toman")


def test_hold_commit_and_return(api, purchase):
    customer = purchase["customer"]["id"]
    held = api.post("redemptions", {"customer_id": customer, "points": 100})
    assert held.status_code == 201, held.content
    data = held.json()
    assert (data["status"], data["value_rial"], data["balance"]) == ("reserved", 100_000, 209)
    done = api.post(f"redemptions/{data['id']}/commit", {"purchase_id": purchase["id"]}).json()
    assert (done["status"], done["balance"]) == ("committed", 209)
    assert api.get(f"redemptions/{data['id']}").json()["status"] == "committed"
    api.post(f"purchases/{purchase['id']}/returns", {"external_id": "r-1"})
    after = api.get(f"customers/{customer}/wallet").json()
    assert (after["balance"], after["value_rial"]) == (0, 0)
    assert api.get(f"redemptions/{data['id']}").json()["returned_points"] == 100


def test_hold_and_release_by_mobile_for_a_reward(api, purchase):
    reward = purchase["rewards"][0]
    held = api.post("redemptions", {"mobile": "09121234567", "reward_id": reward["id"]}).json()
    assert (held["points"], held["value_rial"]) == (reward["cost_points"], reward["value_rial"])
    released = api.post(f"redemptions/{held['id']}/release")
    assert (released.json()["status"], released.json()["balance"]) == ("released", 309)


def test_too_few_points_are_a_conflict_not_a_fault(api, purchase):
    """Rule R41."""
    body = {"customer_id": purchase["customer"]["id"], "points": 310}
    answer = api.post("redemptions", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_points")
    assert answer.json()["available_points"] == 309


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"points": 5}, "not_found"),
        ({"mobile": "09121234567"}, "points_or_reward"),
        ({"mobile": "09121234567", "points": 5, "reward_id": str(uuid4())}, "points_or_reward"),
        ({"mobile": "09121234567", "reward_id": str(uuid4())}, "reward_unavailable"),
        ({"mobile": "09129999999", "points": 5}, "not_found"),
        ({"customer_id": str(uuid4()), "points": 5}, "not_found"),
    ],
)
def test_bad_redemptions_say_what_is_wrong(api, business, purchase, body, code):
    answer = api.post("redemptions", body)
    assert answer.json()["code"] == code
    assert not _held(business)


@pytest.mark.parametrize("points", [0, -1, 1.5, "5", 10**18, None])
def test_points_are_whole_and_positive(api, business, purchase, points):
    answer = api.post("redemptions", {"mobile": "09121234567", "points": points})
    assert answer.status_code in {400, 422}, answer.content
    assert not _held(business)


def test_a_commit_for_somebody_else_s_purchase_is_refused(api, purchase):
    held = api.post("redemptions", {"mobile": "09121234567", "points": 5}).json()
    other = api.post(
        "purchases", BODY | {"external_id": "x", "customer": {"mobile": "09120000002"}}
    )
    for purchase_id in (other.json()["id"], str(uuid4())):
        answer = api.post(f"redemptions/{held['id']}/commit", {"purchase_id": purchase_id})
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_purchase")


def test_a_preview_for_known_and_unknown(api, purchase):
    known = api.post("loyalty/preview", {"mobile": "09121234567", "total": 1_090_000}).json()
    assert (known["earn_points"], known["spendable_points"]) == (13, 309)
    unknown = api.post("loyalty/preview", {"total": 1_090_000}).json()
    assert (unknown["earn_points"], unknown["spendable_points"]) == (10, 0)
    part = api.post("loyalty/preview", {"total": 1_090_000, "eligible": 500_000}).json()
    assert part["earn_points"] == 5


def test_outsiders_find_nothing(api, other_api, purchase):
    held = api.post("redemptions", {"mobile": "09121234567", "points": 5}).json()
    customer = purchase["customer"]["id"]
    for path in (
        f"customers/{customer}/wallet",
        f"customers/{customer}/wallet/entries",
        f"redemptions/{held['id']}",
    ):
        assert other_api.get(path).status_code == 404
    for path in ("commit", "release"):
        assert other_api.post(f"redemptions/{held['id']}/{path}").status_code == 404
    body = {"customer_id": customer, "points": 1}
    assert other_api.post("redemptions", body).status_code == 404


def test_pending_points_show_on_the_receipt(api, business, now):
    with acting_for(business.id):
        update_program(changes={"pending_days": 3}, actor=None, now=now)
    points = api.post("purchases", BODY).json()["points"]
    assert (points["pending"], points["balance"]) == (309, 0)
    with acting_for(business.id):
        assert Wallet.objects.get().window_ends_at > now + timedelta(days=300)


def _held(business):
    with acting_for(business.id):
        return Redemption.objects.exists()


def test_tiers_and_rewards_are_listed(api, purchase):
    listed = api.get("tiers").json()["data"]
    assert [(one["name"], one["customers"]) for one in listed] == [
        ("برنزی", 0),
        ("نقره‌ای", 1),
        ("طلایی", 0),
    ]
    assert listed[1]["multiplier"] == {"num": 5, "den": 4}
    anybody = api.get("rewards").json()["data"]
    theirs = api.get("rewards", {"customer": purchase["customer"]["id"]}).json()["data"]
    assert [one["available"] for one in anybody] == [False, False, False]
    assert [one["available"] for one in theirs] == [True, False, False]
    assert api.get("rewards", {"customer": "x"}).json()["code"] == "invalid_customer"
    assert api.get("rewards", {"customer": str(uuid4())}).status_code == 404
