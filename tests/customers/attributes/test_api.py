"""Attributes over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import acting_for
from customers.models import ProfileView

pytestmark = pytest.mark.django_db
DEFINITION = {"key": "job", "kind": "text", "title_fa": "شغل", "title_en": "Job"}


@pytest.fixture
def sara(api):
    return api.post("customers", {"mobile": "09121234567", "name": "سارا کریمی"}).json()


def test_an_attribute_is_defined_changed_and_listed(api):
    made = api.post("attribute-definitions", DEFINITION)
    assert made.status_code == 201, made.content
    assert made.json()["privacy"] == "personal"
    again = api.post("attribute-definitions", DEFINITION)
    assert (again.status_code, again.json()["code"]) == (409, "attribute_taken")
    path = f"attribute-definitions/{made.json()['id']}"
    assert api.patch(path, {"title_fa": "حرفه"}).json()["title_fa"] == "حرفه"
    assert api.patch(path, {"kind": "number"}).status_code == 422
    newest = api.get("attribute-definitions", {"limit": 1}).json()
    assert [one["key"] for one in newest["data"]] == ["job"]
    assert api.get("attribute-definitions", {"cursor": newest["next_cursor"]}).json()["data"]


def test_values_are_told_with_the_customer_and_kept_as_versions(api, sara):
    api.post("attribute-definitions", DEFINITION)
    path = f"customers/{sara['id']}"
    assert sara["attributes"] == {}
    told = api.patch(path, {"attributes": {"job": "نجار"}})
    assert told.json()["attributes"] == {"job": "نجار"}
    api.post(f"{path}/attributes", {"values": {"job": "بنا"}, "source": "import"})
    (held,) = api.get(f"{path}/attributes").json()["data"]
    assert (held["value"], held["source"], held["kind"]) == ("نجار", "customer", "text")
    assert api.patch(path, {"attributes": {"job": None}}).json()["attributes"] == {}
    said = api.get(f"{path}/attributes/versions", {"key": "job"}).json()["data"]
    assert [(one["value"], one["source"]) for one in said] == [
        (None, "customer"),
        ("بنا", "import"),
        ("نجار", "customer"),
    ]


def test_each_kind_is_told_as_its_own(api, sara):
    listed = [{"code": "a", "title_fa": "الف"}, {"code": "b", "title_fa": "ب"}]
    kinds = {
        "text": "نجار",
        "number": 42,
        "yes_no": False,
        "choice": "a",
        "choices": ["a", "b"],
        "day": "1370-12-30",
        "month": "1402-05",
    }
    for kind in kinds:
        more = {"choices": listed} if kind.startswith("choice") else {}
        made = api.post(
            "attribute-definitions", {"key": kind, "kind": kind, "title_fa": kind} | more
        )
        assert made.status_code == 201, made.content
    told = api.patch(f"customers/{sara['id']}", {"attributes": kinds})
    assert told.json()["attributes"] == kinds
    for kind, wrong in (("number", "42"), ("yes_no", 1), ("text", True), ("month", "1402-13")):
        refused = api.patch(f"customers/{sara['id']}", {"attributes": {kind: wrong}})
        assert refused.json()["code"] == "invalid_attribute", (kind, refused.content)
        assert list(refused.json()["errors"]) == [kind]


def test_sensitive_ones_are_told_only_where_they_are_asked_for(api, sara, business):
    api.post("attribute-definitions", DEFINITION | {"privacy": "sensitive"})
    path = f"customers/{sara['id']}"
    assert api.patch(path, {"attributes": {"job": "نجار"}}).json()["attributes"] == {}
    with acting_for(business.id):
        before = ProfileView.objects.count()
    (held,) = api.get(f"{path}/attributes").json()["data"]
    assert held["value"] == "نجار"
    with acting_for(business.id):
        assert ProfileView.objects.count() == before + 1


def test_an_unknown_key_changes_nothing(api, sara):
    path = f"customers/{sara['id']}"
    refused = api.patch(path, {"name": "مریم", "attributes": {"nothing": 1}})
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_attribute")
    assert api.get(path).json()["name"] == "سارا کریمی"


def test_lists_cost_the_same_for_one_and_for_three(api, sara):
    api.post("attribute-definitions", DEFINITION)
    api.patch(f"customers/{sara['id']}", {"attributes": {"job": "نجار"}})
    addresses = (
        "customers",
        "attribute-definitions",
        f"customers/{sara['id']}/attributes",
        f"customers/{sara['id']}/attributes/versions",
    )
    one = [_queries(api, address) for address in addresses]
    for number in range(2):
        api.post("attribute-definitions", DEFINITION | {"key": f"job_{number}"})
        api.patch(f"customers/{sara['id']}", {"attributes": {f"job_{number}": "نجار"}})
        other = api.post("customers", {"mobile": f"0935111223{number}"}).json()
        api.patch(f"customers/{other['id']}", {"attributes": {"job": "نجار"}})
    assert [_queries(api, address) for address in addresses] == one


def _queries(api, address):
    with CaptureQueriesContext(connection) as asked:
        assert api.get(address).status_code == 200
    return len(asked)


def test_tastes_and_drift_are_told_with_their_evidence(api, sara, body):
    for number in range(3):
        made = api.post("purchases", body | {"external_id": str(number)})
        assert made.status_code == 201, made.content
    tastes = api.get(f"customers/{sara['id']}/tastes").json()["data"]
    assert {one["key"]: (one["value"], one["purchases"]) for one in tastes} == {
        "favourite_table": ("7", 3),
        "favourite_item": ("لاته", 3),
        "usual_time": ("morning", 3),
        "usual_spend": (50000, 3),
    }
    assert {(one["share"], one["inferred"]) for one in tastes} == {(1.0, True)}
    drift = api.get(f"customers/{sara['id']}/drift").json()["data"]
    assert {one["state"] for one in drift} == {"too_few"}
    assert {one["recent"] for one in drift} == {3}
