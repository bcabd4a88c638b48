"""Purchases over HTTP: shapes, repeats, batches, returns and strangers."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from businesses.operations import hire_employee, open_branch
from core.tenancy import acting_for
from core.tenancy.prepared import Prepared
from customers.api.enrich import register_enricher, register_question, unregister_enricher
from customers.models import Customer, Purchase, PurchaseLine, Tender

pytestmark = pytest.mark.django_db

MEMBERS = {"id", "external_id", "channel", "total", "customer", "points", "tier", "rewards"}


def _nobody_answers(monkeypatch):
    monkeypatch.setattr("customers.api.enrich._enrichers", {})
    monkeypatch.setattr("customers.api.enrich._questions", {})


def _asking(what):
    return Prepared(
        f"SELECT p AS id, {what} AS what FROM unnest(%(purchases)s) p",
        business="uuid",
        purchases="uuid[]",
        now="timestamptz",
    )


def _told_as(member):
    return lambda rows: {UUID(one): {member: {"what": what}} for one, what in rows}


def test_a_sale_is_answered_in_the_documented_shape(api, body):
    answer = api.post("purchases", body)
    assert answer.status_code == 201, answer.content
    data = answer.json()
    assert set(data) == MEMBERS | {"presents", "survey"}
    assert data["total"] == 900_000
    assert data["customer"]["status"] == "active"
    assert data["customer"]["name"] == "سارا کریمی"


def test_what_nobody_answers_is_null(api, body, monkeypatch):
    _nobody_answers(monkeypatch)
    data = api.post("purchases", body).json()
    assert [data[name] for name in ("points", "tier", "rewards", "survey")] == [None] * 4


def test_apps_above_add_their_members(api, body, monkeypatch):
    _nobody_answers(monkeypatch)
    register_enricher("up", lambda ids, now: {one: {"points": {"earned": 9}} for one in ids})
    data = api.post("purchases", body).json()
    assert data["points"] == {"earned": 9}
    assert data["survey"] is None
    unregister_enricher("up")


def test_a_failing_app_above_does_not_stop_the_till(api, body, monkeypatch):
    _nobody_answers(monkeypatch)

    def broken(ids, now):
        return {one: Customer.objects.raw("SELECT nonsense")[0] for one in ids}

    register_enricher("broken", broken)
    register_enricher("up", lambda ids, now: {one: {"tier": {"name": "طلایی"}} for one in ids})
    answer = api.post("purchases", body)
    assert answer.status_code == 201
    assert answer.json()["tier"] == {"name": "طلایی"}
    assert answer.json()["points"] is None


def test_questions_of_apps_above_are_asked_together(api, body, monkeypatch):
    rows = 3
    _nobody_answers(monkeypatch)
    for number in range(rows):
        api.post("purchases", body | {"external_id": f"inv-{number}"})
    register_question("one", _asking("1"), _told_as("tier"))
    register_question("two", _asking("'two'"), _told_as("survey"))
    with CaptureQueriesContext(connection) as seen:
        data = api.get("purchases").json()["data"]
    assert [(row["tier"], row["survey"]) for row in data] == [({"what": 1}, {"what": "two"})] * rows
    assert len([one for one in seen.captured_queries if "json_agg" in one["sql"]]) == 1


def test_a_failing_question_silences_only_itself(api, body, monkeypatch):
    _nobody_answers(monkeypatch)
    register_question("broken", _asking("1 / 0"), _told_as("points"))
    register_question("up", _asking("'gold'"), _told_as("tier"))
    answer = api.post("purchases", body)
    assert answer.status_code == 201
    assert answer.json()["tier"] == {"what": "gold"}
    assert answer.json()["points"] is None


def test_the_same_sale_again_is_the_same_purchase(api, body, business):
    first, again = api.post("purchases", body), api.post("purchases", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    with acting_for(business.id):
        assert Purchase.objects.count() == 1


def test_the_same_number_with_another_body_is_a_conflict(api, body, business):
    """Rule R42."""
    api.post("purchases", body)
    body["tenders"][0]["reference"] = "another"
    answer = api.post("purchases", body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "purchase_conflict"
    with acting_for(business.id):
        assert Purchase.objects.count() == 1


def test_the_same_number_in_another_channel_is_another_sale(api, body):
    first = api.post("purchases", body).json()
    second = api.post("purchases", body | {"channel": "web"}).json()
    assert first["id"] != second["id"]
    assert first["customer"] == second["customer"]


def test_branch_and_employee_are_known_by_their_codes(api, body, business, now):
    with acting_for(business.id):
        open_branch(code="b-1", name="ونک", now=now)
        hire_employee(code="e-12", name="لیلا", now=now)
    made = api.post("purchases", body | {"branch": "b-۱", "employee": "e-12"}).json()
    seen = api.get(f"purchases/{made['id']}").json()
    assert (seen["branch"], seen["employee"]) == ("b-1", "e-12")


def test_only_the_last_four_digits_of_a_card_are_kept(api, body, business):
    """Rule R57."""
    api.post("purchases", body)
    with acting_for(business.id):
        assert Tender.objects.get().masked_pan == "****4431"


def test_a_sale_is_read_back_in_the_same_shape_with_its_parts(api, body):
    made = api.post("purchases", body).json()
    seen = api.get(f"purchases/{made['id']}").json()
    assert {name: seen[name] for name in made} == made
    assert seen["lines"][0]["attributes"] == {"table": "7"}
    assert seen["lines"][0]["quantity"] == "2"
    assert seen["tenders"][0]["card"] == {"masked_pan": "****4431"}
    assert seen["returns"] == []


def test_a_batch_judges_every_row_on_its_own(api, body):
    rows = [
        body,
        body | {"external_id": "inv-2", "branch": "nowhere"},
        {"external_id": "inv-3"},
        body | {"external_id": "inv-4"},
        body,
    ]
    answer = api.post("purchases/batch", {"purchases": rows})
    assert answer.status_code == 200, answer.content
    data = answer.json()
    assert (data["recorded"], data["replayed"], data["refused"]) == (2, 1, 2)
    assert [row["status"] for row in data["results"]] == [201, 400, 422, 201, 200]
    assert data["results"][1]["problem"]["code"] == "unknown_branch"
    assert "channel" in data["results"][2]["problem"]["errors"]
    first, last = data["results"][0]["purchase"], data["results"][4]["purchase"]
    assert first == last


def test_a_batch_is_bounded(api, body):
    rows = [body | {"external_id": str(n)} for n in range(1001)]
    answer = api.post("purchases/batch", {"purchases": rows})
    assert answer.status_code == 400
    assert answer.json()["code"] == "too_many_purchases"


def test_a_line_comes_back(api, body):
    made = api.post("purchases", body).json()
    path = f"purchases/{made['id']}/returns"
    asked = {"external_id": "r-1", "lines": [{"sku": "latte", "quantity": 1}]}
    first = api.post(path, asked)
    assert first.status_code == 201, first.content
    assert (first.json()["amount"], first.json()["left"]) == (450_000, 450_000)
    again = api.post(path, asked)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert api.post(path, asked | {"reason": "cold"}).json()["code"] == "return_conflict"


def test_strangers_are_told_that_there_is_nothing(api, other_api, body):
    made = api.post("purchases", body).json()
    customer = made["customer"]["id"]
    for path in (
        f"purchases/{made['id']}",
        f"customers/{customer}",
        f"customers/{customer}/timeline",
    ):
        assert other_api.get(path).status_code == 404, path
    assert (
        other_api.post(f"purchases/{made['id']}/returns", {"external_id": "x"}).status_code == 404
    )
    assert other_api.patch(f"customers/{customer}", {"name": "x"}).status_code == 404
    assert other_api.get("purchases").json()["data"] == []
    assert other_api.get("customers").json()["data"] == []
    assert other_api.get("customers/lookup", {"mobile": "09121234567"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_sales_costs_the_same_for_every_length(
    rows, api, body, django_assert_max_num_queries, monkeypatch
):
    _nobody_answers(monkeypatch)
    for number in range(rows):
        api.post("purchases", body | {"external_id": f"inv-{number}"})
    with django_assert_max_num_queries(2) as seen:  # the key, the sales
        data = api.get("purchases").json()["data"]
    assert len(data) == rows
    assert len(seen) == 2, [query["sql"] for query in seen.captured_queries]


def test_the_list_of_sales_is_paged_newest_first(api, body):
    for hour in range(3):
        at = f"2026-11-22T1{hour}:00:00+03:30"
        api.post("purchases", body | {"external_id": str(hour), "occurred_at": at})
    first = api.get("purchases", {"limit": 2}).json()
    assert [row["external_id"] for row in first["data"]] == ["2", "1"]
    rest = api.get("purchases", {"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [row["external_id"] for row in rest["data"]] == ["0"]
    assert rest["next_cursor"] is None


def test_nothing_is_half_written_when_a_sale_is_refused(api, body, business):
    body["tenders"][0]["amount"] = 1
    assert api.post("purchases", body).status_code == 400
    with acting_for(business.id):
        assert not Customer.objects.exists()
        assert not PurchaseLine.objects.exists()
