"""How numbers, money and days are written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import TEHRAN
from core.text import latin_digits
from dashboard.web import words
from dashboard.web.forms import TomanField, Whole

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rial", "shown"),
    [
        (0, "۰"),
        (12_345_670, "۱٬۲۳۴٬۵۶۷"),
        (15, "۱٫۵"),
        (None, "—"),
        (-50_000, "\u2066−۵٬۰۰۰\u2069"),
    ],
)
def test_rial_is_shown_as_toman(rial, shown):
    assert words.toman(rial) == shown


@pytest.mark.parametrize(
    ("ratio", "places", "shown"),
    [
        (2 / 420, 0, "کمتر از ۱٪"),
        (0.0004, 1, "کمتر از ۰٫۱٪"),
        (0, 0, "۰٪"),
        (0.006, 0, "۱٪"),
        (None, 0, "—"),
    ],
)
def test_a_part_that_is_something_is_not_shown_as_nothing(ratio, places, shown):
    """C038: two newcomers of 420 were told as «۰٪»."""
    assert words.percent(ratio, places) == shown


@given(rial=st.integers(min_value=0, max_value=10**15))
def test_no_rial_is_lost_in_showing_toman(rial):
    shown = latin_digits(words.toman(rial)).replace("٬", "").replace("٫", ".")
    whole, _point, rest = shown.partition(".")
    assert int(whole) * 10 + int(rest or 0) == rial


def test_amounts_of_notes_are_rounded_and_say_their_size():
    assert words.toman_short(64_000_000) == "۶٫۴ میلیون"
    assert words.toman_short(25_000_000_000) == "۲٫۵ میلیارد"
    assert words.toman_short(999_990) == "۹۹٬۹۹۹"


def test_shares_are_percentages():
    assert words.percent(0.374) == "۳۷٫۴٪"
    assert words.percent(1) == "۱۰۰٪"
    assert words.percent(None) == "—"


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("long", "۲ آذر ۱۴۰۵"),
        ("short", "۱۴۰۵/۰۹/۰۲"),
        ("day", "۲ آذر"),
        ("month", "آذر ۱۴۰۵"),
        ("week", "دوشنبه ۲ آذر ۱۴۰۵"),
    ],
)
def test_days_are_jalali(style, shown):
    assert words.day(date(2026, 11, 23), style) == shown


def test_a_moment_is_told_in_the_business_zone():
    with timezone.override(TEHRAN):
        assert words.moment(NOW) == "۲ آذر ۱۴۰۵، ۱۳:۳۰"
        assert words.day(datetime(2026, 11, 22, 21, 0, tzinfo=UTC)) == "۲ آذر ۱۴۰۵"


@pytest.mark.parametrize(
    ("since", "shown"),
    [
        (timedelta(seconds=20), "همین حالا"),
        (timedelta(minutes=3), "۳ دقیقه پیش"),
        (timedelta(hours=4), "امروز ۰۹:۳۰"),
        (timedelta(hours=20), "دیروز"),
        (timedelta(days=47), "۴۷ روز پیش"),
        (timedelta(days=500), "۲۰ تیر ۱۴۰۴"),
    ],
)
def test_how_long_ago(since, shown):
    with timezone.override(TEHRAN):
        assert words.ago(NOW - since, NOW) == shown


def test_english_readers_get_their_own_digits_and_days():
    with override("en"):
        assert words.toman(12_345_670) == "1,234,567"
        assert words.percent(0.374) == "37.4%"
        assert words.day(date(2026, 11, 23)) == "23 November 2026"


def test_identifiers_stay_left_to_right_and_nobody_is_nameless():
    assert words.code("inv-12") == "\u2066inv-12\u2069"  # as it has to be typed
    assert words.code("12/7-4") == "\u2066۱۲/۷-۴\u2069"
    assert words.code(None) == ""
    assert words.initials("علی‌اکبر کاظمی‌نژاد") == "ع\u200cک"
    assert words.initials("") == "؟"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("0", "نه کمتر از ۱۰."), ("12000", "نه بیشتر از ۱٬۰۰۰."), ("ده", "یک عدد بنویسید، مثل ۱۲.")],
)
def test_a_number_beyond_its_limit_is_told_in_the_readers_digits(typed, said):
    with pytest.raises(ValidationError) as wrong:
        Whole(min_value=10, max_value=1000).clean(typed)
    assert wrong.value.messages == [said]


@pytest.mark.parametrize(
    ("typed", "said"), [("0", "نه کمتر از ۱ تومان."), ("12000", "نه بیشتر از ۱٬۰۰۰ تومان.")]
)
def test_an_amount_beyond_its_limit_is_told_with_its_unit(typed, said):
    with pytest.raises(ValidationError) as wrong:
        TomanField(max_value=1000).clean(typed)
    assert wrong.value.messages == [said]


def test_a_number_is_shown_with_separators_and_read_again():
    shown = Whole().prepare_value(12_000)
    assert shown == "۱۲٬۰۰۰"
    assert Whole().clean(shown) == 12_000
