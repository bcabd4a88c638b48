"""Statements as banks write them: CSV, Excel and MT940, twice, broken, in toman."""

import io
from datetime import datetime

import pytest
from django.urls import reverse
from openpyxl import Workbook

from core.calendar import TEHRAN
from core.errors import Problem
from core.tenancy import acting_for
from payments.enums import BookAccount, PaymentState
from payments.enums.deposits import StatementState
from payments.models import BankRow, StatementError
from payments.operations import poll_due
from payments.operations.statements import (
    check_statement,
    map_statement,
    queue_statement,
    run_statement,
    upload_statement,
)

HEADERS = "تاریخ,ساعت,شرح,برداشت,واریز,شماره پیگیری,شناسه واریز,مانده"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def take(till, content, name="صورت‌حساب.csv", unit=1, *, sure=False, run=True):
    with acting_for(till.business.id):
        row = upload_statement(
            account_id=till.account.id, file_name=name, chunks=[content], now=till.now
        )
        map_statement(statement_id=row.id, mapping=row.mapping, unit_rial=unit)
    checked = check_statement(business_id=till.business.id, statement_id=row.id)
    assert checked.state == StatementState.CHECKED
    with acting_for(till.business.id):
        queue_statement(statement_id=row.id, sure=sure, now=till.now)
    if run:
        run_statement(business_id=till.business.id, statement_id=row.id, now=till.now)
    with acting_for(till.business.id):
        row.refresh_from_db()
    return row


def csv(*lines):
    return "\n".join([HEADERS, *lines]).encode()


def test_a_persian_statement_pays_and_queues(till):
    invoice = till.invoice(2_500_000)
    digits = till.identifier(payment_id=invoice.id).digits
    content = csv(
        f'۱۴۰۵/۰۹/۰۲,۱۱:۲۰,واریز پایا,۰,"۲,۵۰۰,۰۰۰",۸۸۱,{digits},۹۰۰',
        "1405/09/02,11:25,نقدی,,400000,882,,1300",
        "1405/09/02,11:30,کارمزد,15000,,883,,1285",
        "1405/13/02,11:30,,,1,884,,",
        "1405/09/02,11:30,,,x,885,,",
    )
    row = take(till, content)
    assert (row.state, row.rows_new, row.rows_failed) == (StatementState.DONE, 3, 2)
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    assert till.book(BookAccount.UNMATCHED) == -400_000
    assert till.book(BookAccount.BANK) == 2_900_000
    with acting_for(till.business.id):
        first = BankRow.objects.get(bank_reference="881")
        refused = list(StatementError.objects.order_by("line").values_list("line", "code"))
    assert first.at == datetime(2026, 11, 23, 11, 20, tzinfo=TEHRAN)
    assert refused == [(5, "invalid_date"), (6, "invalid_amount")]
    assert till.wrongs() == []
    again = take(till, content)
    assert (again.rows_new, again.rows_known) == (0, 3)


def test_a_workbook_in_toman_with_gregorian_days(till):
    invoice = till.invoice(2_500_000)
    digits = till.identifier(payment_id=invoice.id).digits
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Date", "Credit", "Reference", "Deposit ID"])
    sheet.append([datetime(2026, 11, 23, 14, 5), 250_000, "R1", digits])  # noqa: DTZ001
    out = io.BytesIO()
    book.save(out)
    row = take(till, out.getvalue(), "bank.xlsx", unit=10)
    assert row.rows_new == 1
    assert till.payment(invoice.id).state == PaymentState.SETTLED


def test_an_mt940_statement(till):
    invoice = till.invoice(2_500_000)
    digits = till.identifier(payment_id=invoice.id).digits
    content = (
        ":20:STMT\n:25:0170000000100324200001\n:28C:1/1\n:60F:C261122IRR1000,\n"
        f":61:2611231123C2500000,NTRFNONREF//B77\n:86:VARIZ {digits}\n"
        ":61:2611231123D15000,NCHGNONREF//B78\n:86:FEE\n"
        ":62F:C261123IRR2486000,\n-"
    )
    row = take(till, content.encode(), "bank.sta")
    assert (row.rows_new, row.rows_failed) == (2, 0)
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    with acting_for(till.business.id):
        amounts = sorted(BankRow.objects.values_list("amount_rial", flat=True))
    assert amounts == [-15_000, 2_500_000]


def test_an_mt940_statement_in_parts_says_itself_who_paid_and_for_what(till, owner_client):
    """C011: nobody has to say which part of an entry is which; the page calls them in Persian."""
    invoice = till.invoice(2_500_000)
    digits = till.identifier(payment_id=invoice.id).digits
    content = (
        ":20:STMT\n:25:0170000000100324200001\n:28C:1/1\n:60F:C261122IRR1000,\n"
        ":61:2611231123C2500000,NTRFNONREF//B77\n"
        f":86:166?00VARIZ?20{digits}?32SARA KARIMI\n:62F:C261123IRR2501000,\n-"
    )
    with acting_for(till.business.id):
        row = upload_statement(
            account_id=till.account.id,
            file_name="again.sta",
            chunks=[content.encode()],
            now=till.now,
        )
    address = reverse("dashboard:statement", args=[till.business.slug, row.id])
    said = owner_client.get(address).content.decode()
    assert '<option value="source_name" selected>از</option>' in said
    assert '<option value="amount" selected>مبلغ (برداشت با علامت منفی)</option>' in said
    assert ">source_name<" not in said
    take(till, content.encode(), "bank.sta")
    assert till.payment(invoice.id).state == PaymentState.SETTLED
    with acting_for(till.business.id):
        [heard] = BankRow.objects.all()
    assert (heard.source_name, heard.description) == ("SARA KARIMI", digits)


def test_a_wrong_unit_is_stopped_before_anything_is_written(till):
    invoice = till.invoice(2_500_000)
    digits = till.identifier(payment_id=invoice.id).digits
    content = csv(f"1405/09/02,11:20,,,250000,881,{digits},")
    with pytest.raises(Problem, match="unit_suspect"):
        take(till, content, unit=1)
    assert till.rows() == 0
    take(till, content, unit=1, sure=True)
    assert till.payment(invoice.id).state == PaymentState.CREATED
    assert "tenfold" in till.alerts()


def test_the_unit_is_asked_not_guessed(till):
    with acting_for(till.business.id):
        row = upload_statement(
            account_id=till.account.id,
            file_name="a.csv",
            chunks=[csv("1405/09/02,,,,1,1,,")],
            now=till.now,
        )
        assert row.unit_rial is None
        with pytest.raises(Problem, match="invalid_unit"):
            map_statement(statement_id=row.id, mapping=row.mapping, unit_rial=None)
        with pytest.raises(Problem, match="column_missing"):
            map_statement(statement_id=row.id, mapping={"date": "تاریخ"}, unit_rial=1)
        with pytest.raises(Problem, match="statement_unchecked"):
            queue_statement(statement_id=row.id, now=till.now)


def test_equal_lines_are_two_and_a_killed_run_goes_on(till, monkeypatch, as_role):
    monkeypatch.setattr("payments.operations.statements.run.BATCH", 2)
    line = "1405/09/02,11:20,نقدی,,400000,,,"
    content = csv(line, line, line, "1405/09/02,11:21,نقدی,,500000,,,")
    died = {"after": 1}

    def dying(**how):
        if died["after"] == 0:
            raise KeyboardInterrupt
        died["after"] -= 1

    with monkeypatch.context() as patch:
        patch.setattr("payments.operations.statements.run.run_deposit", dying)
        with pytest.raises(KeyboardInterrupt):
            take(till, content)
    later = till.now.replace(hour=12)
    with as_role("vafa_worker"):
        poll_due(now=later)
    assert till.rows() == 4
    assert till.book(BookAccount.BANK) == 1_700_000
    till.now = later
    assert till.wrongs() == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF", "unknown_file_type"),
        ("a.csv", b"", "empty_file"),
        ("a.sta", b"hello", "unreadable_file"),
    ],
)
def test_files_that_are_none(till, name, content, code):
    with pytest.raises(Problem, match=code), acting_for(till.business.id):
        upload_statement(account_id=till.account.id, file_name=name, chunks=[content], now=till.now)
