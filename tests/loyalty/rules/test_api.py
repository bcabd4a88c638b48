"""Rules of points over HTTP."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.operations import issue_api_key
from core.tenancy import acting_for
from loyalty.models import RuleReplay
from loyalty.operations.rules.replays import run_replay
from tests.conftest import ApiClient

RATE = {"num": 1, "den": 100_000}
MORNING = {
    "name": "صبح دو برابر",
    "effect": "times",
    "num": 2,
    "when": {"from_minute": 480, "to_minute": 720, "channels": ["till"]},
    "budget_rial": 1_000_000,
}


@pytest.fixture
def owner(api):
    """Keys of tests may do everything."""
    return api


def draft(client, *rules, rate=RATE):
    return client.post("loyalty/rule-drafts", {"rate": rate, "rules": list(rules)})


def publish(client, draft_id, **body):
    said = {"helps_customer": True, "benefit_note": "صبح‌ها خلوت است"} | body
    return client.post(f"loyalty/rule-drafts/{draft_id}/publish", said)


def test_a_draft_is_published_and_read_again(owner):
    made = draft(owner, MORNING)
    assert made.status_code == 201, made.content
    assert made.json()["status"] == "open"
    put = publish(owner, made.json()["id"])
    assert put.status_code == 200, put.content
    assert put.json()["version"] == 2
    now = owner.get("loyalty/rules").json()
    [held] = now["rules"]
    assert held["rule"]["name"] == "صبح دو برابر"
    assert held["rule"]["key"] == made.json()["rules"][0]["key"]
    assert held["given"] == {
        "purchases": 0,
        "points": 0,
        "presents": 0,
        "cost_rial": 0,
        "budget_used_rial": 0,
    }
    assert now["draft_id"] is None
    versions = owner.get("loyalty/rule-versions").json()["data"]
    assert [(one["version"], one["in_force"]) for one in versions] == [(2, True), (1, False)]
    assert versions[0]["benefit_note"] == "صبح‌ها خلوت است"


def test_a_second_draft_takes_the_place_of_the_first(owner):
    first = draft(owner, MORNING).json()
    second = draft(owner).json()
    assert second["id"] == first["id"]
    assert second["rules"] == []
    assert owner.get("loyalty/rules").json()["draft_id"] == first["id"]
    away = owner.post(f"loyalty/rule-drafts/{first['id']}/discard", {})
    assert away.json()["status"] == "discarded"
    assert publish(owner, first["id"]).status_code == 404


@pytest.mark.parametrize(
    "rule",
    [
        MORNING | {"num": 1},
        MORNING | {"effect": "fixed", "den": 2},
        MORNING | {"when": {"from_minute": 480}},
        MORNING | {"when": {"since": "2026-03-22", "until": "2026-03-21"}},
        MORNING | {"when": {"weekdays": [7]}},
        MORNING | {"name": ""},
        MORNING | {"unknown": 1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(owner, rule):
    assert draft(owner, rule).status_code == 422


def test_publishing_needs_a_sentence(owner):
    made = draft(owner, MORNING).json()
    assert publish(owner, made["id"], benefit_note="   ").json()["code"] == "benefit_missing"


def test_everyday_keys_read_rules_and_change_none(business):
    _key, secret = issue_api_key(business_id=business.id, name="صندوق", now=timezone.now())
    till = ApiClient(secret)
    assert till.get("loyalty/rules").status_code == 200
    assert draft(till, MORNING).status_code == 403


def test_versions_cost_the_same_queries_for_one_and_three(owner):
    def asked():
        with CaptureQueriesContext(connection) as seen:
            owner.get("loyalty/rule-versions")
        return len(seen)

    asked()
    one = asked()
    for _time in range(2):
        publish(owner, draft(owner, MORNING).json()["id"])
    assert asked() == one


def test_a_preview_tells_what_each_rule_gives_or_why_not(owner):
    cakes = {"name": "شیرینی", "effect": "times", "num": 3, "when": {"categories": ["شیرینی"]}}
    web = {"name": "سایت", "effect": "fixed", "num": 5, "when": {"channels": ["web"]}}
    publish(owner, draft(owner, cakes, web).json()["id"])
    basket = {
        "total": 1_000_000,
        "channel": "till",
        "lines": [
            {"sku": "c", "category": "شیرینی", "amount": 400_000},
            {"sku": "d", "category": "نوشیدنی", "amount": 600_000},
        ],
    }
    seen = owner.post("loyalty/preview", basket).json()
    assert seen["earn_points"] == 18
    assert [(one["points"], one["verdict"]) for one in seen["rules"]] == [
        (8, "applied"),
        (0, "channel"),
    ]
    assert seen["rules"][1]["why"] == "در کانال دیگری فروخته شده"


def test_a_dry_run_sets_both_side_by_side(owner, business):
    first = {"name": "اول", "effect": "fixed", "num": 7, "when": {"number": 1}}
    made = draft(owner, first).json()
    basket = {"total": 1_000_000, "mobile": "09121234567", "at": "2026-11-01T09:00:00+03:30"}
    told = owner.post(f"loyalty/rule-drafts/{made['id']}/dry-run", basket).json()
    assert (told["today"]["points"], told["draft"]["points"]) == (10, 10)
    assert told["draft"]["rules"][0]["verdict"] == "stranger"
    sold = owner.post(
        "purchases",
        {
            "external_id": "1",
            "channel": "till",
            "customer": {"mobile": "09121234567"},
            "tenders": [{"method": "cash", "amount": 1_000_000}],
        },
    ).json()
    past = {"purchase_id": sold["id"]}
    told = owner.post(f"loyalty/rule-drafts/{made['id']}/dry-run", past).json()
    assert (told["today"]["points"], told["draft"]["points"]) == (10, 17)


def test_a_replay_is_asked_for_stopped_and_told(owner, business):
    made = draft(owner, MORNING).json()
    asked = owner.post(f"loyalty/rule-drafts/{made['id']}/replay", {})
    assert asked.status_code == 201, asked.content
    again = owner.post(f"loyalty/rule-drafts/{made['id']}/replay", {})
    assert (again.status_code, again.json()["code"]) == (409, "replay_running")
    replay_id = asked.json()["id"]
    owner.post(f"loyalty/rule-replays/{replay_id}/cancel", {})
    assert owner.get(f"loyalty/rule-replays/{replay_id}").json()["status"] == "cancelled"
    asked = owner.post(f"loyalty/rule-drafts/{made['id']}/replay", {}).json()
    with acting_for(business.id):
        RuleReplay.objects.filter(id=asked["id"]).update(state="running", attempts=1)
    run_replay(business_id=business.id, replay_id=UUID(asked["id"]), clock=timezone.now)
    told = owner.get(f"loyalty/rule-replays/{asked['id']}").json()
    assert told["status"] == "done"
    assert told["report"]["purchases"] == 0
    assert told["report"]["forecast"]["enough"] is False


PRESENT = {
    "name": "کارت سپاس",
    "effect": "gift_card",
    "num": 1,
    "when": {"least_rial": 500_000},
    "present": {"worth_rial": 200_000, "days": 30},
}
SALE = {
    "external_id": "s-1",
    "channel": "till",
    "customer": {"mobile": "09121234567"},
    "lines": [{"name": "قهوه", "quantity": 1, "unit_price": 600_000}],
    "tenders": [{"method": "cash", "amount": 600_000}],
}


def test_a_present_is_told_with_the_purchase_and_its_code_to_who_asks(owner):
    """The answer that is kept for repeated calls holds no code."""
    publish(owner, draft(owner, PRESENT).json()["id"])
    sold = owner.post("purchases", SALE)
    assert sold.status_code == 201, sold.content
    [told] = sold.json()["presents"]
    assert (told["effect"], told["number"]) == ("gift_card", 1)
    assert "code" not in told
    customer = sold.json()["customer"]["id"]
    [held] = owner.get(f"customers/{customer}/presents").json()["data"]
    assert (held["worth_rial"], held["used"], held["taken_back"]) == (200_000, False, False)
    use = owner.post("gift-card-uses", {"code": held["code"], "amount": 50_000})
    assert use.status_code == 201, use.content
    preview = owner.post("loyalty/preview", {"total": 700_000, "mobile": "09121234567"}).json()
    [part] = preview["rules"]
    assert (part["presents"], part["points"], part["verdict"]) == (1, 0, "applied")


def test_a_present_that_makes_no_sense_is_refused_in_words(owner):
    for odd in (
        {"present": None},
        {"num": 2},
        {"cap_points": 5},
        {"present": {"worth_rial": 200_000, "category": "x"}},
    ):
        assert draft(owner, PRESENT | odd).status_code == 422
    nothing = draft(owner, PRESENT | {"present": {"days": 3}})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "worth_missing")


def test_the_presents_of_a_customer_cost_the_same_for_one_and_for_three(owner):
    publish(owner, draft(owner, PRESENT).json()["id"])
    asked = []
    for number in (1, 2, 3):
        sold = owner.post("purchases", SALE | {"external_id": f"s-{number}"})
        address = f"customers/{sold.json()['customer']['id']}/presents"
        owner.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert len(owner.get(address).json()["data"]) == number
        asked.append(len(queries.captured_queries))
    assert len(set(asked)) == 1


def test_r50_several_coupons_are_quoted_and_held_together(owner):
    for code, off in (("TENTH", {"percent": 10}), ("MINUS", {"off": 50_000})):
        made = {"name": code, "code": code, "last_day": "2027-03-20", "stacking": "beside"} | off
        assert owner.post("coupons", made).status_code == 201
    body = {"codes": ["MINUS", "TENTH"], "total": 1_000_000}
    told = owner.post("coupons/preview", body).json()
    assert (told["discount"], told["to_pay"], told["left_out"]) == (150_000, 850_000, [])
    assert [one["code"] for one in told["coupons"]] == ["TENTH", "MINUS"]
    held = owner.post("coupon-uses", body)
    assert held.status_code == 201, held.content
    assert len(held.json()["ids"]) == 2
    listed = owner.get("coupons").json()["data"]
    assert {one["stacking"] for one in listed} == {"beside"}
