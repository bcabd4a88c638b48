"""Past purchases from files: columns, dry run, batches, kills, repeats, refused rows."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from core.errors import NotFound, Problem
from core.tenancy import acting_for
from customers.models import (
    Customer,
    CustomerTotals,
    ImportJob,
    ImportRowError,
    Purchase,
    PurchaseLine,
)
from customers.operations import (
    cancel_import,
    check_import,
    claim_due_import,
    map_import,
    queue_import,
    run_import,
    upload_import,
)
from customers.operations.imports import run as running
from customers.operations.purchases.record import record_purchases
from customers.queries import import_errors_csv
from customers.queries import import_job as find_job

ROWS = 1046
CDNOW = Path(__file__).parents[1] / "data" / "cdnow_first_300.csv"

PERSIAN = """شماره فاکتور,تاریخ,ساعت,موبایل,نام مشتری,مبلغ (تومان)
۱۰۰۱,۱۴۰۵/۰۸/۰۱,۱۰:۱۵,۰۹۱۲۱۲۳۴۵۶۷,سارا كريمي,"۱۲۵٬۰۰۰"
1002,1405/08/02,,9121234567,,"90,000 تومان"
1003,2026-10-25T09:00:00,,ندارد,,1250000 ریال
"""


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def clock(now):
    return lambda: now


def import_job(job_id):
    job = find_job(job_id)
    assert job is not None
    return job


@pytest.fixture
def upload(acting, now):
    """Return `upload(text, name)`: a job for the file's text or bytes."""

    def run(content, name="history.csv"):
        data = content if isinstance(content, bytes) else content.encode()
        return upload_import(file_name=name, chunks=[data], now=now)

    return run


@pytest.fixture
def carry_out(acting, now, clock):
    """Return `carry_out(job)`: queue, claim and run it to its end."""

    def run(job, **options):
        queue_import(job_id=job.id, now=now)
        running.claim_import(job_id=job.id, now=now)
        return run_import(business_id=acting.id, job_id=job.id, clock=clock, **options)

    return run


pytestmark = pytest.mark.django_db


def test_a_persian_file_is_understood(upload, carry_out, now):
    job = upload(PERSIAN)
    assert job.unit_rial == 10
    progress = carry_out(job)
    assert (progress.recorded, progress.refused) == (3, 0)
    rows = Purchase.objects.order_by("external_id")
    assert [row.external_id for row in rows] == ["1001", "1002", "1003"]
    assert [row.total_rial for row in rows] == [1_250_000, 900_000, 1_250_000]
    assert rows[0].occurred_at == datetime(2026, 10, 23, 6, 45, tzinfo=UTC)
    assert [row.customer_id is None for row in rows] == [False, False, True]
    customer = Customer.objects.get()
    assert (customer.name, customer.mobile) == ("سارا کریمی", "+989121234567")
    assert CustomerTotals.objects.get().purchase_days == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1256"])
def test_any_usual_encoding_is_read(encoding, upload):
    text = "تاريخ;مبلغ;همراه\n1402/05/12;1000;09121234567\n"
    job = upload(text.encode(encoding))
    assert set(job.mapping) == {"date", "amount", "mobile"}


def test_a_workbook_is_read(upload, carry_out):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["تاریخ", "مبلغ", "موبایل", "شماره فاکتور"])
    sheet.append([datetime(2026, 5, 1, 12, 30), 150000.0, 9121234567, 77])  # noqa: DTZ001
    out = io.BytesIO()
    book.save(out)
    progress = carry_out(upload(out.getvalue(), "history.xlsx"))
    assert progress.recorded == 1
    purchase = Purchase.objects.get()
    assert (purchase.external_id, purchase.total_rial) == ("77", 150_000)
    assert purchase.occurred_at == datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "empty_file"),
        (b"\n\n", "a.csv", "empty_file"),
        (b"x", "a.pdf", "unknown_file_type"),
        (b"not a zip", "a.xlsx", "unreadable_file"),
    ],
)
def test_files_that_are_none_are_refused_and_not_kept(content, name, code, upload, tmp_path):
    with pytest.raises(Problem, match=code):
        upload(content, name)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not ImportJob.objects.exists()


def test_the_dry_run_reports_and_writes_nothing(upload, acting, now):
    text = PERSIAN + "1004,1404/12/30,,09121234567,,5\n1005,1405/08/03,,123,,5\n"
    job = check_import(business_id=acting.id, job_id=upload(text).id, now=now)
    report = job.report
    assert (report["rows"], report["purchases"], report["refused"]) == (5, 3, 2)
    assert (report["customers"], report["without_customer"]) == (1, 1)
    assert report["total_rial"] == 3_400_000
    assert {error["code"] for error in report["errors"]} == {"invalid_date", "invalid_mobile"}
    assert report["examples"][0]["row"] == 5  # as a spreadsheet numbers it
    assert report["preview"][0]["total_rial"] == 1_250_000
    assert not Purchase.objects.exists()
    assert job.state == "checked"


def test_the_dry_run_agrees_with_the_import(upload, carry_out, acting, now):
    job = check_import(business_id=acting.id, job_id=upload(CDNOW.read_bytes()).id, now=now)
    map_import(job_id=job.id, mapping=job.mapping, unit_rial=100, now=now)
    report = check_import(business_id=acting.id, job_id=job.id, now=now).report
    progress = carry_out(job)
    assert progress.recorded == report["purchases"] == ROWS
    assert Customer.objects.count() == report["customers"] == 300


def test_cdnow_is_imported_with_its_published_sums(upload, carry_out, now):
    job = upload(CDNOW.read_bytes())
    map_import(job_id=job.id, mapping=job.mapping, unit_rial=100, now=now)
    carry_out(job)
    with CDNOW.open() as file:
        rows = list(csv.DictReader(file))
    days = {(row["customer_id"], row["date"]) for row in rows}
    cents = sum(round(float(row["dollars"]) * 100) for row in rows)
    totals = CustomerTotals.objects.all()
    assert sum(one.purchases for one in totals) == len(rows)
    assert sum(one.purchase_days for one in totals) == len(days)
    assert sum(one.gross_rial for one in totals) == cents
    assert PurchaseLine.objects.count() == len(rows)


def test_the_same_file_twice_changes_nothing(upload, carry_out):
    carry_out(upload(PERSIAN))
    before = list(CustomerTotals.objects.values())
    progress = carry_out(upload(PERSIAN))
    assert (progress.recorded, progress.replayed, progress.refused) == (0, 3, 0)
    assert list(CustomerTotals.objects.values()) == before


def test_a_file_without_invoice_numbers_may_be_sent_twice_too(upload, carry_out):
    text = "date,amount,mobile\n2026-01-01,5,09121234567\n2026-01-01,5,09121234567\n"
    assert carry_out(upload(text)).recorded == 2
    assert carry_out(upload(text)).replayed == 2


def test_rows_of_one_invoice_become_one_purchase(upload, carry_out):
    text = (
        "invoice,date,amount,item,qty,mobile\n"
        "1,2026-01-01,100,latte,2,09121234567\n"
        "1,2026-01-01,50,cake,1,09121234567\n"
        "\n"
        "2,2026-01-02,70,tea,1,09121234567\n"
        "2,2026-01-02,oops,tea,1,09121234567\n"
        "3,2026-01-03,30,tea,1,09121234567\n"
    )
    progress = carry_out(upload(text))
    assert (progress.rows, progress.recorded, progress.refused) == (6, 3, 2)
    first = Purchase.objects.get(external_id="1")
    lines = PurchaseLine.objects.filter(purchase_id=first.id).order_by("position")
    assert first.total_rial == 150
    assert [(line.name, line.total_rial) for line in lines] == [("latte", 100), ("cake", 50)]
    assert not Purchase.objects.filter(external_id="2").exists()
    codes = dict(ImportRowError.objects.values_list("row", "code"))
    assert codes == {5: "invoice_incomplete", 6: "invalid_amount"}


def test_a_killed_import_goes_on_where_it_stopped(
    upload, carry_out, acting, now, clock, monkeypatch
):
    monkeypatch.setattr(running, "MAX_BATCH", 100)
    job = upload(CDNOW.read_bytes())
    map_import(job_id=job.id, mapping=job.mapping, unit_rial=100, now=now)
    real, calls = record_purchases, []

    def dies_on_the_third(**facts):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(**facts)

    monkeypatch.setattr(running, "record_purchases", dies_on_the_third)
    with pytest.raises(KeyboardInterrupt):
        carry_out(job)
    assert import_job(job.id).rows_done == 200
    assert Purchase.objects.count() == 200
    rest = run_import(business_id=acting.id, job_id=job.id, clock=clock)
    assert (rest.rows, rest.recorded, rest.replayed) == (ROWS - 200, ROWS - 200, 0)
    done = import_job(job.id)
    assert (done.state, done.rows_done, done.rows_recorded) == ("done", ROWS, ROWS)
    assert Purchase.objects.count() == ROWS


def test_a_long_import_is_handed_back_and_taken_up_again(
    upload, carry_out, acting, now, clock, monkeypatch
):
    monkeypatch.setattr(running, "MAX_BATCH", 300)
    job = upload(CDNOW.read_bytes())
    map_import(job_id=job.id, mapping=job.mapping, unit_rial=100, now=now)
    assert not carry_out(job, budget_s=0).finished
    assert import_job(job.id).due_at == now
    while not run_import(business_id=acting.id, job_id=job.id, clock=clock, budget_s=0).finished:
        pass
    assert import_job(job.id).rows_recorded == ROWS


def test_a_cancelled_import_stops_and_keeps_what_is_recorded(
    upload, carry_out, acting, now, clock, monkeypatch
):
    monkeypatch.setattr(running, "MAX_BATCH", 100)
    job = upload(CDNOW.read_bytes())
    map_import(job_id=job.id, mapping=job.mapping, unit_rial=100, now=now)
    carry_out(job, budget_s=0)
    cancel_import(job_id=job.id, now=now)
    assert run_import(business_id=acting.id, job_id=job.id, clock=clock).rows == 0
    assert import_job(job.id).state == "cancelled"
    assert Purchase.objects.count() == 100


def test_refused_rows_can_be_downloaded_without_formulas(upload, carry_out):
    text = "date,amount,name\nwhen?,5,=cmd()\n2026-01-01,7,\n"
    job = upload(text)
    progress = carry_out(job)
    assert (progress.recorded, progress.refused) == (1, 1)
    lines = "".join(import_errors_csv(import_job(job.id)))
    assert lines.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"))))
    assert rows[0] == ["row", "code", "message", "date", "amount", "name"]
    assert rows[1][:2] == ["2", "invalid_date"]
    assert not rows[1][-1].startswith("=")


def test_a_column_that_is_not_there_is_refused(upload, now):
    job = upload(PERSIAN)
    with pytest.raises(Problem, match="unknown_column"):
        map_import(job_id=job.id, mapping={"date": "nope"}, unit_rial=1, now=now)
    with pytest.raises(Problem, match="column_missing"):
        map_import(job_id=job.id, mapping={"date": "تاریخ"}, unit_rial=1, now=now)


def test_an_import_is_started_once(upload, now):
    job = upload(PERSIAN)
    queue_import(job_id=job.id, now=now)
    with pytest.raises(Problem, match="import_started"):
        queue_import(job_id=job.id, now=now)


def test_files_and_jobs_are_walled_off(business, other_business, now, tmp_path):
    with acting_for(business.id):
        job = upload_import(file_name="../../a.csv", chunks=[PERSIAN.encode()], now=now)
        assert (tmp_path / str(business.id) / "imports" / f"{job.id}.csv").exists()
    with acting_for(other_business.id):
        assert find_job(job.id) is None
        with pytest.raises(NotFound):
            queue_import(job_id=job.id, now=now)


@pytest.mark.usefixtures("committed")
def test_the_worker_claims_due_imports_of_every_business_once(
    business, other_business, as_role, now
):
    for one in (business, other_business):
        with acting_for(one.id):
            job = upload_import(file_name="a.csv", chunks=[PERSIAN.encode()], now=now)
            queue_import(job_id=job.id, now=now)
    with as_role("vafa_worker"):
        claims = [claim for _ in range(3) if (claim := claim_due_import(now=now))]
        assert sorted(claim[0] for claim in claims) == sorted([business.id, other_business.id])
        later = now + running.LEASE
        assert claim_due_import(now=later) in claims  # its worker is gone
        for business_id, job_id in claims:
            progress = run_import(business_id=business_id, job_id=job_id, clock=lambda: now)
            assert progress.recorded == 3
        assert claim_due_import(now=later) is None


def test_the_command_imports_and_prints_its_figures(business, capsys):
    call_command("import_purchases", business=business.slug, file=CDNOW, unit=100)
    printed = capsys.readouterr().out
    assert f"rows {ROWS}, recorded {ROWS}" in printed
    assert "rows/s" in printed
    with acting_for(business.id):
        assert Customer.objects.count() == 300
