"""Past purchases over HTTP (C010): the dry run first, then start, progress, refused rows."""

import base64
from uuid import uuid4

import pytest
from django.utils import timezone

from core.tenancy import acting_for
from customers.models import ImportJob, Purchase
from customers.operations import run_import
from customers.operations.imports import run as running

FILE = """شماره فاکتور,تاریخ,موبایل,مبلغ (تومان)
1001,1405/08/01,09121234567,125000
1002,1405/08/02,09121234568,90000
1003,1405/13/02,09121234569,90000
"""


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sent(text=FILE, **more):
    content = base64.b64encode(text.encode()).decode()
    return {"file_name": "sales.csv", "content": content, "unit": "toman"} | more


def work(business, job_id):
    now = timezone.now()
    with acting_for(business.id):
        running.claim_import(job_id=job_id, now=now)
        run_import(business_id=business.id, job_id=job_id, clock=lambda: now)


def test_c010_a_dry_run_first_then_start_progress_and_refused_rows(api, business):
    made = api.post("imports", sent())
    assert made.status_code == 201, made.json()
    told = made.json()
    assert (told["status"], told["rows"], told["unit_rial"]) == ("checked", 3, 10)
    assert (told["report"]["purchases"], told["report"]["refused"]) == (2, 1)
    with acting_for(business.id):
        assert Purchase.objects.count() == 0
    started = api.post(f"imports/{told['id']}/start", {})
    assert (started.status_code, started.json()["status"]) == (202, "queued")
    assert api.post(f"imports/{told['id']}/start", {}).json()["code"] == "import_started"
    work(business, told["id"])
    done = api.get(f"imports/{told['id']}").json()
    assert (done["status"], done["done"], done["recorded"], done["refused"]) == ("done", 3, 2, 1)
    errors = api.get(f"imports/{told['id']}/errors").json()
    assert [one["row"] for one in errors["data"]] == [4]
    assert errors["data"][0]["cells"][0] == "1003"
    assert errors["next_after"] is None
    assert [one["id"] for one in api.get("imports").json()["data"]] == [told["id"]]


def test_the_same_file_again_records_nothing_twice(api, business):
    for _time in range(2):
        made = api.post("imports", sent(start=True)).json()
        work(business, made["id"])
    assert api.get(f"imports/{made['id']}").json()["replayed"] == 2
    with acting_for(business.id):
        assert Purchase.objects.count() == 2


def test_columns_nobody_can_guess_are_asked_for(api):
    made = api.post("imports", sent("a,b,c\n1,1405/08/01,900\n")).json()
    assert (made["status"], made["headers"], made["report"]) == ("uploaded", ["a", "b", "c"], {})
    columns = {"external_id": "a", "date": "b", "amount": "c"}
    path = f"imports/{made['id']}/columns"
    read = api.post(path, {"columns": columns, "unit": "rial"}).json()
    assert (read["status"], read["report"]["total_rial"]) == ("checked", 900)
    assert api.post(path, {"columns": {"date": "x"}, "unit": "rial"}).status_code in {400, 422}
    assert api.post(f"imports/{made['id']}/cancel", {}).json()["status"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (sent(content="نه"), "invalid_content"),
        (sent() | {"file_name": "sales.pdf"}, "unknown_file_type"),
        (sent("a,b\n1,2\n", start=True), "column_missing"),
    ],
)
def test_what_is_wrong_is_said_and_leaves_nothing_behind(api, business, tmp_path, body, code):
    refused = api.post("imports", body)
    assert refused.json()["code"] == code
    with acting_for(business.id):
        assert not ImportJob.objects.exists()
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_a_stranger_finds_nothing(other_api, api):
    made = api.post("imports", sent()).json()
    assert other_api.get(f"imports/{made['id']}").status_code == 404
    assert api.get(f"imports/{uuid4()}/errors").status_code == 404
