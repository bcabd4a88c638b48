"""One spelling for what people type in many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import latin_digits, normalise, normalise_code, persian_digits, search_key


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("علي", "علی"),
        ("كافه", "کافه"),
        ("مريـــم", "مریم"),
        ("  سارا   محمدی ", "سارا محمدی"),
        ("می\u200c\u200cروم", "می\u200cروم"),
        ("می \u200c روم", "می روم"),
        ("\u200fرضا\u200e", "رضا"),
        ("a\u00a0b", "a b"),
    ],
)
def test_normalise(typed: str, tidy: str) -> None:
    assert normalise(typed) == tidy


def test_digits() -> None:
    assert latin_digits("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩") == "01234567890123456789"
    assert persian_digits(1405) == "۱۴۰۵"
    assert normalise_code(" ۰۹۱۲ ") == "0912"


def test_search_key_is_the_same_for_spellings_of_one_name() -> None:
    spellings = ["آرزو کاظمي", "ارزو كاظمی", "  آرزو  کاظمی", "آرزو\u200cکاظمی", "آرزُو کاظمی"]
    assert {search_key(name) for name in spellings} == {"ارزو کاظمی"}


@given(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert search_key(search_key(text)) == search_key(text)
