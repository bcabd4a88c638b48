"""Fields of sales over HTTP, and sales held against them (capability C016)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from businesses.operations import issue_api_key
from tests.conftest import ApiClient

pytestmark = pytest.mark.django_db
FIELD = {"key": "table", "kind": "text", "title_fa": "میز", "title_en": "Table"}


def test_c016_a_field_is_defined_changed_and_listed(api):
    made = api.post("context-fields", FIELD)
    assert made.status_code == 201, made.content
    again = api.post("context-fields", FIELD)
    assert (again.status_code, again.json()["code"]) == (409, "context_field_taken")
    path = f"context-fields/{made.json()['id']}"
    assert api.patch(path, {"title_fa": "جا"}).json()["title_fa"] == "جا"
    assert api.patch(path, {"kind": "number"}).status_code == 422
    assert api.post("context-fields/preset", {"vertical": "cafe"}).json() == {"added": 5}
    newest = api.get("context-fields", {"limit": 1}).json()
    assert api.get("context-fields", {"cursor": newest["next_cursor"]}).json()["data"]


def test_c016_a_refusal_names_the_field_in_persian_and_english(api, body):
    api.post("context-fields/preset", {"vertical": "cafe"})
    assert api.post("purchases", body).status_code == 201
    wrong = body | {"external_id": "inv-2", "context": {"guests": "3"}}
    refused = api.post("purchases", wrong)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_context")
    assert list(refused.json()["errors"]) == ["context.guests"]
    assert "چند نفر" in refused.json()["detail"]
    english = api.post("purchases", wrong, HTTP_ACCEPT_LANGUAGE="en").json()
    assert english["detail"] == "«Guests» (guests) is a whole number, not in quotes."
    typo = api.post("purchases", wrong | {"context": {"tabel": "7"}}).json()
    assert "table, menu_item" in typo["errors"]["context.tabel"][0]


def test_c016_a_first_field_holds_at_once_though_there_was_none_a_moment_ago(api, body):
    """That a business has none is remembered, so that its sales ask nothing."""
    free = body | {"context": {"tabel": "7"}}
    assert api.post("purchases", free).status_code == 201
    field = api.post("context-fields", FIELD).json()
    assert api.post("purchases", free | {"external_id": "inv-2"}).status_code == 400
    path = f"context-fields/{field['id']}"
    assert api.patch(path, {"is_active": False}).status_code == 200
    assert api.post("purchases", free | {"external_id": "inv-3"}).status_code == 201
    assert api.patch(path, {"is_active": True}).status_code == 200
    assert api.post("purchases", free | {"external_id": "inv-4"}).status_code == 400


def test_c016_a_batch_judges_each_row(api, body):
    api.post("context-fields/preset", {"vertical": "cafe"})
    rows = [body | {"external_id": "a"}, body | {"external_id": "b", "context": {"x": 1}}]
    results = api.post("purchases/batch", {"purchases": rows}).json()["results"]
    assert [one["status"] for one in results] == [201, 400]
    assert results[1]["problem"]["code"] == "invalid_context"


def test_c016_a_till_reads_the_fields_and_only_settings_change_them(api, business):
    _key, plaintext = issue_api_key(
        business_id=business.id,
        name="till",
        now=timezone.now(),
        scopes=["purchases:read", "purchases:write"],
    )
    till = ApiClient(plaintext)
    assert till.get("context-fields").status_code == 200
    assert till.post("context-fields", FIELD).status_code == 403
    assert till.post("context-fields/preset", {"vertical": "toys"}).status_code == 403


def test_c016_the_list_costs_the_same_for_one_and_for_three(api):
    api.post("context-fields", FIELD)
    one = _queries(api)
    for key in ("guests", "size"):
        api.post("context-fields", FIELD | {"key": key})
    assert _queries(api) == one


def _queries(api):
    with CaptureQueriesContext(connection) as asked:
        assert api.get("context-fields").status_code == 200
    return len(asked)
