"""Headers, days and amounts as people write them."""

from datetime import date

import pytest

from core.errors import Problem
from customers.operations.imports.columns import guess_mapping
from customers.operations.imports.parsing import parse_amount, parse_day


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            ["شماره فاکتور", "تاريخ", "موبایل", "نام مشتری", "مبلغ (تومان)"],
            {"external_id", "date", "mobile", "name", "amount"},
        ),
        (
            ["Order ID", "Order Date", "Customer Name", "Phone", "Total Amount", "Qty"],
            {"external_id", "date", "name", "mobile", "amount", "quantity"},
        ),
        (
            ["کد مشتری", "شرح کالا", "تعداد", "جمع کل", "تاریخ", "شعبه", "فروشنده"],
            {"customer_id", "item", "quantity", "amount", "date", "branch", "employee"},
        ),
    ],
)
def test_columns_are_guessed_from_plain_headers(headers, expected):
    guessed = guess_mapping(headers)
    assert set(guessed) == expected
    assert set(guessed.values()) == set(headers)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1402/05/12", date(2023, 8, 3)),
        ("۱۴۰۲-۵-۱۲", date(2023, 8, 3)),
        ("14020512", date(2023, 8, 3)),
        ("2023-08-03", date(2023, 8, 3)),
        ("20230803", date(2023, 8, 3)),
        ("1403/12/30", date(2025, 3, 20)),
    ],
)
def test_days_are_read_in_both_calendars(typed, day):
    assert parse_day(typed) == day


@pytest.mark.parametrize("typed", ["", "1404/12/30", "12/05/1402", "0000-01-01", "2023-02-30", "x"])
def test_days_that_are_none_are_refused(typed):
    with pytest.raises(Problem, match="invalid_date"):
        parse_day(typed)


@pytest.mark.parametrize(
    ("typed", "unit", "rial"),
    [
        ("۱۲۵٬۰۰۰", 10, 1_250_000),
        ("125,000", 1, 125_000),
        ("125000 تومان", 1, 1_250_000),
        ("1,250,000 ریال", 10, 1_250_000),
        ("11.77", 100, 1177),
        ("12٫5", 10, 125),
        ("0", 1, 0),
    ],
)
def test_amounts_are_read_in_their_unit(typed, unit, rial):
    assert parse_amount(typed, unit) == rial


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "invalid_amount"),
        ("ده هزار", "invalid_amount"),
        ("1.5", "invalid_amount"),
        ("NaN", "invalid_amount"),
        ("Infinity", "invalid_amount"),
        ("-5", "negative_amount"),
    ],
)
def test_amounts_that_are_none_are_refused(typed, code):
    with pytest.raises(Problem, match=code):
        parse_amount(typed, 1)
