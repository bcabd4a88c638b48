"""What the SMS with a code says: one part, in Persian, with the digits phones pick up."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.text import persian_digits
from customers.enums import CodePurpose
from messaging.queries import sms_parts

_LEAST_NAME: Final = 4


def sms_text(*, purpose: CodePurpose, digits: str, shop: str, points: int | None) -> str:
    """Return the text of the SMS; the shop's name is cut where it would need a second part."""
    with override(settings.LANGUAGE_CODE):
        text = _WORDS[purpose](digits, points)
    name = shop
    while sms_parts(f"{name}\n{text}") > 1 and len(name) > _LEAST_NAME:
        name = f"{name[:-2].rstrip()}…"
    return f"{name}\n{text}"


def _page(digits: str, _points: int | None) -> str:
    return _("Code to open your page: %(code)s\nTell it to nobody.") % {"code": digits}


def _claim(digits: str, _points: int | None) -> str:
    return _("Code to take your points: %(code)s\nTell it to nobody.") % {"code": digits}


def _verify(digits: str, _points: int | None) -> str:
    return _("Code to show who you are: %(code)s\nTell it to nobody.") % {"code": digits}


def _spend(digits: str, points: int | None) -> str:
    if points is None:
        return _("Code to spend points or credit: %(code)s\nOnly for the till.") % {"code": digits}
    amount = persian_digits(f"{points:,}".replace(",", "٬"))
    words = _("Code to spend %(points)s points: %(code)s\nOnly for the till.")
    return words % {"code": digits, "points": amount}


_WORDS: Final = {
    CodePurpose.PAGE: _page,
    CodePurpose.CLAIM: _claim,
    CodePurpose.SPEND: _spend,
    CodePurpose.VERIFY: _verify,
}
