"""Reports as providers export them: Persian headers and digits, Jalali days, toman."""

from datetime import date

import pytest

from core.calendar import TEHRAN
from core.errors import Problem
from payments.operations.books import read_report, report_columns
from payments.providers.contract import LineKind

DAY = date(2026, 11, 23)


@pytest.fixture
def file(tmp_path):
    def written(text, name="report.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def _read(path, unit_rial=1):
    return read_report(path, day=DAY, unit_rial=unit_rial, zone=TEHRAN)


def test_english_headers(file):
    path = file("date,authority,ref_id,amount,fee\n2026-11-23,A1,77,900000,9000\n")
    (line,) = _read(path)
    assert (line.reference, line.provider_ref) == ("A1", "77")
    assert (line.amount_rial, line.fee_rial, line.kind) == (900_000, 9_000, LineKind.PAYMENT)
    assert report_columns(path)["reference"] == "authority"


def test_persian_headers_digits_and_toman(file):
    (line,) = _read(
        file(
            "تاریخ;شناسه پرداخت;مبلغ (تومان);کارمزد;تاریخ تسویه\n"
            "۱۴۰۵/۰۹/۰۲;۱۲۳;۹۰٬۰۰۰;۹۰۰;۱۴۰۵/۰۹/۰۳\n"
        ),
        unit_rial=10,
    )
    assert (line.reference, line.amount_rial, line.fee_rial) == ("123", 900_000, 9_000)
    assert line.at.date() == DAY
    assert line.settled_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("استرداد وجه", LineKind.REFUND),
        ("settlement", LineKind.SETTLEMENT),
        ("کارمزد", LineKind.FEE),
        ("", LineKind.PAYMENT),
    ],
)
def test_kinds(file, said, kind):
    (line,) = _read(file(f"type,token,amount\n{said},t,-5000\n"))
    assert (line.kind, line.amount_rial) == (kind, 5_000)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,colour\na,b\n", "report_columns_missing"),
        ("token,amount\n,5\n", "report_rows_refused"),
        ("token,amount\nt,12.5\n", "report_rows_refused"),
        ("token,amount\nt,\n", "report_rows_refused"),
        ("", "empty_file"),
    ],
)
def test_what_cannot_be_read_is_refused_whole(file, text, code):
    with pytest.raises(Problem) as refusal:
        _read(file(text))
    assert refusal.value.code == code
