"""Leads over HTTP: a site's form, a program that calls people, and what came of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.ids import new_id

FORM = {
    "customer": {"mobile": "0912 123 4567", "name": "سارا"},
    "source": "صفحهٔ تماس",
    "wants": "نوبت برای شنبه",
    "consented": True,
}


def bought(api, mobile="09121234567"):
    sale = {
        "external_id": str(new_id()),
        "channel": "pos",
        "customer": {"mobile": mobile},
        "tenders": [{"method": "cash", "amount": 600_000}],
    }
    return api.post("purchases", sale).json()


def test_a_form_is_sent_followed_up_and_becomes_a_customer(api):
    made = api.post("leads", FORM)
    assert made.status_code == 201
    lead = made.json()["lead"]
    assert (lead["kind"], lead["source"], lead["stage"]) == ("form", "صفحهٔ تماس", "new")
    assert api.post("leads", FORM).status_code == 200
    called = {"step": "contacted", "next_at": "2099-01-01T10:00:00+03:30"}
    told = api.post(f"leads/{lead['id']}/follow-ups", called).json()
    assert (told["stage"], told["bought"]) == ("contacted", None)
    [row] = api.get("leads?state=open").json()["data"]
    assert row["id"] == lead["id"]
    bought(api)
    told = api.get(f"leads/{lead['id']}").json()
    assert (told["bought"]["net"], told["bought"]["purchases"]) == (600_000, 1)
    assert api.get("leads?state=open").json()["data"] == []
    assert len(api.get("leads?state=bought").json()["data"]) == 1
    [fate] = api.get("reports/leads").json()["sources"]
    assert (fate["leads"], fate["bought"], fate["source"]) == (1, 1, "صفحهٔ تماس")
    again = api.post("leads", FORM).json()
    assert (again["lead"], again["customer_id"]) == (None, lead["customer_id"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customer": {"name": "سارا"}}, "lead_without_contact"),
        ({"customer": {"mobile": "12"}}, "invalid_mobile"),
        ({"consented": False, "next_at": "2099-01-01T10:00:00+03:30"}, "lead_without_consent"),
        ({"next_at": "2001-01-01T10:00:00+03:30"}, "invalid_moment"),
        ({"owner": "nobody"}, "unknown_employee"),
        ({"wants": "x" * 501}, "invalid_text"),
        ({"source": "x" * 61}, "invalid_lead_source"),
        ({"kind": "link"}, "invalid_lead_source"),
        ({"kind": "moon"}, "invalid_body"),
    ],
)
def test_what_is_wrong_is_said(api, change, code):
    answer = api.post("leads", FORM | change)
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] == code
    assert api.get("leads").json()["data"] == []


def test_questions_that_make_no_sense_are_refused(api):
    assert api.get("leads?state=married").json()["code"] == "invalid_state"
    assert api.get("leads?source=x").status_code == 404
    assert api.get("reports/leads?since=yesterday").json()["code"] == "invalid_day"
    far = api.get("reports/leads?since=0001-01-01&until=9999-12-31")
    assert (far.status_code, far.json()["sources"]) == (200, [])


def test_sources_are_named_and_changed(api):
    made = api.post("lead-sources", {"kind": "link", "title": "ویترین", "cost": 1_000}).json()
    assert (len(made["code"]), made["cost"], made["is_open"]) == (8, 1_000, True)
    closed = api.patch(f"lead-sources/{made['id']}", {"is_open": False}).json()
    assert (closed["is_open"], closed["title"]) == (False, "ویترین")
    assert [one["id"] for one in api.get("lead-sources").json()["data"]] == [made["id"]]


def test_somebody_is_given_to_look_after_them(api):
    lead = api.post("leads", FORM).json()["lead"]
    assert api.patch(f"leads/{lead['id']}", {"owner": ""}).json()["owner"] is None
    refused = api.patch(f"leads/{lead['id']}", {"owner": "nobody"})
    assert refused.json()["code"] == "unknown_employee"


def test_the_list_asks_the_same_for_one_and_for_three(api):
    counts = []
    for n in range(3):
        api.post("leads", FORM | {"customer": {"mobile": f"0912000000{n}"}})
        with CaptureQueriesContext(connection) as asked:
            assert len(api.get("leads").json()["data"]) == n + 1
        counts.append(len(asked))
    assert counts[0] == counts[2]
