"""Customers over HTTP."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def sara(api):
    answer = api.post("customers", {"mobile": "09121234567", "name": "سارا کریمی"})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_customer_is_created_once(api, sara):
    again = api.post("customers", {"mobile": "۰۹۱۲۱۲۳۴۵۶۷"})
    assert (again.status_code, again.json()["id"]) == (200, sara["id"])
    assert sara["totals"]["purchases"] == 0


def test_a_customer_is_looked_up_by_query_or_body(api, sara):
    by_query = api.get("customers/lookup", {"mobile": "09121234567"})
    by_body = api.post("customers/lookup", {"member_code": sara["member_code"]})
    assert by_query.json() == by_body.json() == sara
    assert api.get("customers/lookup").json()["code"] == "identity_missing"
    assert api.get("customers/lookup", {"mobile": "09129999999"}).status_code == 404
    assert api.get("customers/lookup", {"colour": "blue"}).status_code == 422


def test_a_customer_is_read_and_corrected(api, sara):
    path = f"customers/{sara['id']}"
    changed = api.patch(path, {"name": "سارا"})
    assert changed.status_code == 200, changed.content
    assert api.get(path).json()["name"] == "سارا"
    assert api.get(path).json()["mobile"] == "+989121234567"
    assert api.patch(path, {"mobile": "12"}).json()["code"] == "invalid_mobile"
    assert api.patch(path, {"status": "erased"}).status_code == 422


def test_customers_are_listed_and_searched(api, sara):
    api.post("customers", {"mobile": "09351112233", "name": "رضا"})
    first = api.get("customers", {"limit": 1}).json()
    rest = api.get("customers", {"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [row["name"] for row in first["data"] + rest["data"]] == ["رضا", "سارا کریمی"]
    assert [row["id"] for row in api.get("customers", {"search": "سار"}).json()["data"]] == [
        sara["id"]
    ]


def test_a_story_is_paged(api, sara, body):
    for number in range(3):
        api.post("purchases", body | {"external_id": str(number)})
    path = f"customers/{sara['id']}/timeline"
    first = api.get(path, {"limit": 2}).json()
    rest = api.get(path, {"limit": 2, "cursor": first["next_cursor"]}).json()
    kinds = [row["kind"] for row in first["data"] + rest["data"]]
    assert kinds.count("purchase") == 3
    assert first["data"][0]["amount"] == 900_000
    assert api.get(path, {"cursor": "nonsense"}).json()["code"] == "invalid_cursor"
