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
    assert held["given"] == {"purchases": 0, "points": 0, "cost_rial": 0, "budget_used_rial": 0}
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
