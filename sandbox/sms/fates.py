"""What becomes of a message, by the clock and by magic receptor."""

from dataclasses import dataclass
from typing import Final

QUEUED: Final = 1
SCHEDULED: Final = 2
SENT: Final = 5
UNKNOWN_ID: Final = 100

STATUS_TEXTS: Final = {
    QUEUED: "در صف ارسال",
    SCHEDULED: "زمان‌بندی شده",
    4: "ارسال شده به مخابرات",
    SENT: "ارسال شده به مخابرات",
    6: "خطا در ارسال",
    10: "رسیده به گیرنده",
    11: "نرسیده به گیرنده",
    13: "لغو شده",
    14: "مسدود شده؛ گیرنده پیامک تبلیغاتی نمی‌خواهد",
    UNKNOWN_ID: "شناسهٔ پیامک نامعتبر است",
}
_LEAVES_QUEUE_AFTER: Final = 2
_USUAL_SECONDS: Final = 5
_THIRTY_HOURS: Final = 30 * 3600
_NEVER: Final = 10**12


@dataclass(frozen=True, slots=True)
class Fate:
    """The last status a message reaches, how long that takes, and what shows until then."""

    last: int
    meaning: str
    after_seconds: int = _USUAL_SECONDS
    meanwhile: int = SENT


USUAL: Final = Fate(10, "به گیرنده می‌رسد (هر شمارهٔ دیگر هم)")
# By the last two digits of a receptor 0999000000xx.
FATES: Final = {
    1: USUAL,
    2: Fate(11, "به گیرنده نمی‌رسد"),
    3: Fate(14, "گیرنده پیامک تبلیغاتی را بسته است"),
    4: Fate(6, "خطا در ارسال"),
    5: Fate(13, "لغو می‌شود"),
    13: Fate(10, "گزارش رسیدن پس از ۳۰ ساعت می‌آید", after_seconds=_THIRTY_HOURS),
    14: Fate(10, "برای همیشه در صف می‌ماند", after_seconds=_NEVER, meanwhile=QUEUED),
}


def status_at(fate: Fate, *, sent_at: int, due_at: int, now: int) -> int:
    """Return the status a message has now; times are virtual seconds."""
    if now < due_at:
        return SCHEDULED if due_at > sent_at else QUEUED
    age = now - due_at
    if age >= fate.after_seconds:
        return fate.last
    return QUEUED if age < _LEAVES_QUEUE_AFTER else fate.meanwhile
