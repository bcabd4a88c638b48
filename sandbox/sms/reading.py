"""Reading the dialect's form fields, or refusing them with the documented status."""

import re
from typing import Final

from core.text import latin_digits
from sandbox.sms.centre import Letter

_MOBILE: Final = re.compile(r"(?:\+98|0098|98|0)?(9\d{9})")
_SENDER: Final = re.compile(r"\d{3,20}")
_MAX_RECEPTORS: Final = 200
_MAX_LENGTH: Final = 900
DEFAULT_SENDER: Final = "2000660110"

INCOMPLETE: Final = 400
BAD_KEY: Final = 403
BAD_RECEPTOR: Final = 411
BAD_SENDER: Final = 412
BAD_MESSAGE: Final = 413
TOO_MANY: Final = 414
BAD_DATE: Final = 417
NO_CREDIT: Final = 418

MESSAGES: Final = {
    200: "تایید شد",
    INCOMPLETE: "پارامترها ناقص هستند",
    402: "عملیات ناموفق بود",
    BAD_KEY: "کد شناسائی API-Key معتبر نمی‌باشد",
    404: "متدی با این نام پیدا نشده است",
    409: "سرور قادر به پاسخگوئی نیست بعدا تلاش کنید",
    BAD_RECEPTOR: "دریافت کننده نامعتبر است",
    BAD_SENDER: "ارسال کننده نامعتبر است",
    BAD_MESSAGE: "پیام خالی است و یا طول پیام بیش از حد مجاز می‌باشد",
    TOO_MANY: "حجم درخواست بیشتر از حد مجاز است",
    BAD_DATE: "تاریخ ارسال اشتباه است و فرمت آن صحیح نمی‌باشد",
    NO_CREDIT: "اعتبار حساب شما کافی نمی‌باشد",
    451: "فراخوانی بیش از حد در بازه زمانی مشخص IP محدود شده",
    501: "فقط امکان ارسال پیام تست به شماره صاحب حساب کاربری وجود دارد",
}


class Rejection(Exception):
    """The centre's no, by its status number."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def api_key(value: str) -> str:
    """Return the key from the address; one that starts with «bad» is not known."""
    if value.startswith("bad"):
        raise Rejection(BAD_KEY)
    return value


def local_mobile(value: str) -> str | None:
    """Return an Iranian mobile as 09…, or None."""
    found = _MOBILE.fullmatch(latin_digits(value.strip()))
    return None if found is None else f"0{found[1]}"


def letters(fields: dict[str, str], key: str, *, now: int) -> list[Letter]:
    """Return one checked letter per receptor; raise Rejection."""
    receptors, message = _receptors(fields), _message(fields)
    sender = fields.get("sender") or DEFAULT_SENDER
    if not _SENDER.fullmatch(sender):
        raise Rejection(BAD_SENDER)
    due_at = _due_at(fields, now)
    return [
        Letter(
            api_key=key,
            sender=sender,
            receptor=receptor,
            body=message,
            local_id=local_id,
            due_at=due_at,
        )
        for receptor, local_id in zip(receptors, _local_ids(fields, len(receptors)), strict=True)
    ]


def split(fields: dict[str, str], name: str) -> list[str]:
    """Return a comma-separated field; raise Rejection if it is missing."""
    values = [part.strip() for part in fields.get(name, "").split(",") if part.strip()]
    if not values:
        raise Rejection(INCOMPLETE)
    return values


def _receptors(fields: dict[str, str]) -> list[str]:
    given = split(fields, "receptor")
    if len(given) > _MAX_RECEPTORS:
        raise Rejection(TOO_MANY)
    mobiles = [mobile for mobile in map(local_mobile, given) if mobile is not None]
    if len(mobiles) != len(given):
        raise Rejection(BAD_RECEPTOR)
    return mobiles


def _message(fields: dict[str, str]) -> str:
    if "message" not in fields:
        raise Rejection(INCOMPLETE)
    message = fields["message"]
    if not message.strip() or len(message) > _MAX_LENGTH:
        raise Rejection(BAD_MESSAGE)
    return message


def _due_at(fields: dict[str, str], now: int) -> int:
    date = fields.get("date")
    if not date:
        return now
    if not date.isdecimal() or int(date) < now:
        raise Rejection(BAD_DATE)
    return int(date)


def _local_ids(fields: dict[str, str], count: int) -> list[str | None]:
    given = [part.strip() for part in fields.get("localid", "").split(",") if part.strip()]
    if not given:
        return [None] * count
    if len(given) != count:
        raise Rejection(INCOMPLETE)
    return list(given)
