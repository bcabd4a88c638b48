"""How numbers, money and days are written for the reader's language.

Persian gets Persian digits, toman and the Jalali calendar; English gets Latin digits, toman and
the Gregorian calendar. Everything here takes whole rial, whole points, aware datetimes or dates.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from core.calendar import MONTH_NAMES, jalali, weekday_name
from core.money import RIAL_PER_TOMAN
from core.text import persian_digits

_LATIN: Final = re.compile("[A-Za-z]")
_MILLION: Final = 1_000_000
_BILLION: Final = 1_000_000_000
_DAYS_PER_YEAR: Final = 365
_MINUTE: Final = 60
_SIGNS: Final = ("-", "+")
_HOUR: Final = 3600
_DAY_HOURS: Final = 24


def reads_persian() -> bool:
    """Tell whether the active language is Persian."""
    return (get_language() or "fa").startswith("fa")


def digits(text: object) -> str:
    """Return text with the reader's digits and separators; a sign stays left of its number."""
    plain = str(text)
    if plain[:1] in _SIGNS:
        plain = f"\u2066{plain.replace('-', '−', 1)}\u2069"
    if not reads_persian():
        return plain
    return persian_digits(plain.replace(",", "٬").replace(".", "٫"))


def code(text: object) -> str:
    """Return an identifier kept left to right inside any sentence.

    Bare numbers are in the reader's digits; one with Latin letters is as it has to be typed.
    """
    shown = str(text or "")
    if reads_persian() and not _LATIN.search(shown):
        shown = persian_digits(shown)
    return f"\u2066{shown}\u2069" if shown else ""


def aside(text: object) -> str:
    """Return foreign words isolated, so that they do not turn the sentence around them."""
    return f"\u2068{text}\u2069" if text else ""


def number(value: float | Decimal | None, places: int = 0) -> str:
    """Return a number with separators; at most `places` decimals, trailing zeros dropped."""
    if value is None:
        return "—"
    text = f"{value:,.{places}f}"
    return digits(text.rstrip("0").rstrip(".") if places else text)


def whole_toman(rial: float) -> int:
    """Return rial rounded to whole toman, for means: nobody pays a tenth of one."""
    return round(rial / RIAL_PER_TOMAN) * RIAL_PER_TOMAN


def signed(value: int) -> str:
    """Return a whole number with its sign, for movements: +28, -12."""
    return digits(f"{value:+,}")


def toman(rial: int | None) -> str:
    """Return rial as toman without the unit's name; odd rials become a decimal."""
    if rial is None:
        return "—"
    whole, rest = divmod(abs(rial), RIAL_PER_TOMAN)
    sign = "-" if rial < 0 else ""
    return digits(f"{sign}{whole:,}" + (f".{rest}" if rest else ""))


def signed_toman(rial: int) -> str:
    """Return a change in toman; what adds says so."""
    return toman(rial) if rial <= 0 else f"\u2066+{toman(rial)}\u2069"


def toman_short(rial: int | None) -> str:
    """Return a rounded amount for notes and charts: «۶٫۴ میلیون»."""
    if rial is None:
        return "—"
    amount = Decimal(rial) / RIAL_PER_TOMAN
    if abs(amount) >= _BILLION:
        return gettext("%(amount)s billion") % {"amount": number(amount / _BILLION, 1)}
    if abs(amount) >= _MILLION:
        return gettext("%(amount)s million") % {"amount": number(amount / _MILLION, 1)}
    return number(amount)


def toman_about(rial: int) -> str:
    """Return an estimate as toman to three digits: more would say more than is known."""
    amount = rial // RIAL_PER_TOMAN
    return number(round(amount, min(0, 3 - len(str(abs(amount))))))


def percent(ratio: float | Decimal | None, places: int = 1) -> str:
    """Return a ratio as a percentage: 0.374 → «۳۷٫۴٪»."""
    if ratio is None:
        return "—"
    sign = "٪" if reads_persian() else "%"
    if ratio > 0 and not round(ratio * 100, places):
        # Something is not nothing: two of four hundred are no «0 %».
        return gettext("less than %(percent)s") % {"percent": number(10**-places, places) + sign}
    return number(ratio * 100, places) + sign


def day(moment: date | datetime | None, style: str = "long") -> str:
    """Return a day in a style.

    long «۲ آذر ۱۴۰۵», short «۱۴۰۵/۰۹/۰۲», day «۲ آذر», month «آذر ۱۴۰۵», week «یکشنبه ۱ آذر ۱۴۰۵».
    """
    if moment is None:
        return "—"
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment).date()
    return _persian_day(moment, style) if reads_persian() else _english_day(moment, style)


def _persian_day(moment: date, style: str) -> str:
    j = jalali(moment)
    month = MONTH_NAMES[j.month - 1]
    texts = {
        "short": f"{j.year:04}/{j.month:02}/{j.day:02}",
        "day": f"{j.day} {month}",
        "month": f"{month} {j.year}",
        "week": f"{weekday_name(moment)} {j.day} {month} {j.year}",
    }
    return persian_digits(texts.get(style, f"{j.day} {month} {j.year}"))


def _english_day(moment: date, style: str) -> str:
    formats = {"short": "Y-m-d", "day": "j M", "month": "M Y", "week": "l j F Y"}
    return date_format(moment, formats.get(style, "j F Y"))


def clock(moment: datetime | None) -> str:
    """Return the hour and minute in the active zone."""
    return "—" if moment is None else digits(f"{timezone.localtime(moment):%H:%M}")


def moment(instant: datetime | None) -> str:
    """Return a day and an hour: «۲ آذر ۱۴۰۵، ۱۰:۳۰»."""
    if instant is None:
        return "—"
    return gettext("%(day)s, %(hour)s") % {"day": day(instant), "hour": clock(instant)}


def ago(instant: date | datetime | None, now: datetime) -> str:
    """Return how long since: «۳ دقیقه پیش», «دیروز», «۴۷ روز پیش»; a date after a year."""
    if instant is None:
        return "—"
    if isinstance(instant, datetime):
        seconds = (now - instant).total_seconds()
        if seconds < _HOUR:
            return _minutes_ago(int(seconds // _MINUTE))
    today = timezone.localtime(now).date()
    then = timezone.localtime(instant).date() if isinstance(instant, datetime) else instant
    return _days_ago((today - then).days, instant)


def _minutes_ago(minutes: int) -> str:
    if minutes < 1:
        return gettext("just now")
    text = ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes)
    return text % {"n": number(minutes)}


def _days_ago(days: int, instant: date | datetime) -> str:
    if days > _DAYS_PER_YEAR:
        return day(instant)
    if days <= 0 and isinstance(instant, datetime):
        return gettext("today %(hour)s") % {"hour": clock(instant)}
    if days <= 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": number(days)}


def left(until: datetime, now: datetime) -> str:
    """Return how much time is left: «۱۲ روز مانده», «۵ ساعت مانده», «۴۰ دقیقه مانده»."""
    minutes = max(int((until - now).total_seconds() // _MINUTE), 0)
    hours = minutes // _MINUTE
    if hours >= 2 * _DAY_HOURS:
        days = hours // _DAY_HOURS
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": number(days)}
    if hours:
        return ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": number(hours)}
    return ngettext("%(n)s minute left", "%(n)s minutes left", minutes) % {"n": number(minutes)}


def initials(name: str) -> str:
    """Return two letters for a face, «؟» for nobody."""
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "؟" if reads_persian() else "?"
    first, last = words[0][0], words[-1][0]
    return first if len(words) == 1 else f"{first}\u200c{last}"
