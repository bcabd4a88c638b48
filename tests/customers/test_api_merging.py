"""Suggestions and merges over HTTP."""

from uuid import uuid4

import pytest

from core.tenancy import acting_for
from customers.models import Customer
from customers.operations import CardHint, CustomerHint
from tests.customers.conftest import sale

CARD = CardHint(hash="family", masked_pan="603799******4431")


@pytest.fixture
def pair(acting, record_one):
    """Return two customers who paid with one card."""
    hints = [CustomerHint(mobile=mobile, card=CARD) for mobile in ("09121111111", "09122222222")]
    return [str(record_one(sale(customer=hint)).customer_id) for hint in hints]


def test_suggestions_are_listed_with_their_reason(api, pair):
    answer = api("get", "customers/merge-suggestions").json()
    [row] = answer["data"]
    assert {row["first"]["id"], row["second"]["id"]} == set(pair)
    assert (row["state"], row["because"], row["times"]) == ("open", ["card"], 1)
    assert api("get", "customers/merge-suggestions?state=refused").json()["data"] == []
    assert api("get", "customers/merge-suggestions?state=x").json()["code"] == "invalid_state"


def test_a_pair_is_accepted_and_taken_apart(api, pair):
    [row] = api("get", "customers/merge-suggestions").json()["data"]
    body = {"survivor_id": pair[1]}
    path = f"customers/merge-suggestions/{row['id']}/accept"
    made = api("post", path, body, key=str(uuid4()))
    assert made.status_code == 201
    merge = made.json()
    assert (merge["survivor_id"], merge["merged_id"]) == (pair[1], pair[0])
    assert merge["can_be_undone"]
    assert api("get", f"customers/{pair[0]}").json()["id"] == pair[1]
    assert api("post", path, body, key=str(uuid4())).json()["code"] == "suggestion_decided"
    undone = api("post", f"customers/merges/{merge['id']}/undo", {}, key=str(uuid4()))
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    [listed] = api("get", "customers/merges").json()["data"]
    assert (listed["id"], listed["can_be_undone"]) == (merge["id"], False)
    assert api("get", f"customers/{pair[0]}").json()["id"] == pair[0]


def test_a_pair_is_refused(api, pair):
    [row] = api("get", "customers/merge-suggestions").json()["data"]
    path = f"customers/merge-suggestions/{row['id']}/refuse"
    assert api("post", path, {}, key=str(uuid4())).status_code == 204
    assert api("get", "customers/merge-suggestions").json()["data"] == []


def test_profiles_are_merged_without_a_suggestion_and_only_once(api, pair, business):
    body = {"survivor_id": pair[0], "merged_id": pair[1], "reason": "خودش گفت"}
    key = str(uuid4())
    first = api("post", "customers/merges", body, key=key)
    assert (first.status_code, first.json()["reason"]) == (201, "خودش گفت")
    assert api("post", "customers/merges", body, key=key).json() == first.json()
    again = api("post", "customers/merges", body, key=str(uuid4()))
    assert (again.status_code, again.json()["code"]) == (409, "customer_closed")
    with acting_for(business.id):
        assert Customer.objects.filter(status="merged").count() == 1


def test_an_old_id_is_corrected_and_read_as_the_survivor(api, pair):
    body = {"survivor_id": pair[0], "merged_id": pair[1]}
    api("post", "customers/merges", body, key=str(uuid4()))
    changed = api("patch", f"customers/{pair[1]}", {"name": "سارا"}, key=str(uuid4()))
    assert (changed.json()["id"], changed.json()["name"]) == (pair[0], "سارا")
    story = api("get", f"customers/{pair[1]}/timeline").json()["data"]
    assert "merged" in {row["kind"] for row in story}
    assert api("get", f"customers/{pair[1]}/wallet").json()["customer_id"] == pair[0]
    assert len(api("get", f"customers/{pair[1]}/wallet/entries").json()["data"]) >= 2
