"""What is known of the banks' rails, by date. A new circular is one line more, never a change.

Sources: FT-DOC is the open-banking gateway's own document of PAYA cycles; SCHED is a third-party
scheduler that clears each cycle two hours later; LIM-1 and LIM-2 are the press on the central
bank's ceilings, which gives no day, so that the beginning of a year stands for it. Where two
disagree the later arrival is told, because money that comes early disappoints nobody.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Final


class Rail(StrEnum):
    """A way for a customer to send money."""

    PAYA = "paya"
    SATNA = "satna"
    POL = "pol"
    CARD = "card"
    INTERNAL = "internal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cycle:
    """Handed in by `until`, cleared at `cleared`, on one working day."""

    until: time
    cleared: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """How a rail works from `valid_from` on. `cap_rial` is one order's, `day_rial` one person's.

    Without cycles money arrives `takes` after it was sent, if that is between `opens` and
    `closes`; `holidays` tells whether it runs on days when banks are closed.
    """

    rail: Rail
    valid_from: date
    source: str
    floor_rial: int = 0
    cap_rial: int | None = None
    day_rial: int | None = None
    cycles: tuple[Cycle, ...] = ()
    takes: timedelta = timedelta()
    opens: time = time(0)
    closes: time = time(23, 59, 59)
    holidays: bool = False


_1402: Final = date(2023, 3, 21)
_1404: Final = date(2025, 3, 21)
_ESFAND_1404: Final = date(2026, 2, 20)
_CREDIT: Final = timedelta(hours=1)
_CYCLES: Final = tuple(
    Cycle(until=time(until, 45), cleared=time(cleared, 45))
    for until, cleared in ((2, 4), (9, 11), (12, 14), (17, 19))
)
RULES: Final = (
    Rule(
        rail=Rail.PAYA,
        valid_from=_1402,
        source="LIM-1, SCHED",
        cap_rial=1_000_000_000,
        cycles=_CYCLES,
        takes=_CREDIT,
    ),
    Rule(
        rail=Rail.PAYA,
        valid_from=_1404,
        source="LIM-1, SCHED",
        cap_rial=2_000_000_000,
        cycles=_CYCLES,
        takes=_CREDIT,
    ),
    Rule(
        rail=Rail.SATNA,
        valid_from=_1402,
        source="LIM-1",
        floor_rial=500_000_000,
        takes=_CREDIT,
        opens=time(8),
        closes=time(13, 30),
    ),
    Rule(
        rail=Rail.SATNA,
        valid_from=_1404,
        source="LIM-1",
        floor_rial=1_000_000_000,
        takes=_CREDIT,
        opens=time(8),
        closes=time(13, 30),
    ),
    Rule(
        rail=Rail.POL,
        valid_from=_1402,
        source="LIM-2",
        cap_rial=500_000_000,
        day_rial=500_000_000,
        takes=timedelta(minutes=2),
        opens=time(5, 30),
        holidays=True,
    ),
    Rule(
        rail=Rail.POL,
        valid_from=_ESFAND_1404,
        source="LIM-2 (press)",
        cap_rial=1_000_000_000,
        day_rial=1_000_000_000,
        takes=timedelta(minutes=2),
        opens=time(5, 30),
        holidays=True,
    ),
    Rule(
        rail=Rail.CARD,
        valid_from=_1402,
        source="LIM-2",
        cap_rial=100_000_000,
        day_rial=100_000_000,
        takes=timedelta(minutes=2),
        holidays=True,
    ),
    Rule(
        rail=Rail.CARD,
        valid_from=_1404,
        source="LIM-2",
        cap_rial=150_000_000,
        day_rial=150_000_000,
        takes=timedelta(minutes=2),
        holidays=True,
    ),
    Rule(
        rail=Rail.INTERNAL,
        valid_from=_1402,
        source="accounts of one bank",
        takes=timedelta(minutes=5),
        holidays=True,
    ),
)
# All a person may send without going to the bank: 2 bn a day (bankmellat.ir, 5290).
PERSON_DAY_RIAL: Final = 2_000_000_000

# Official holidays of 1405. Days of the lunar calendar from Dey on are reckoned, and may move by
# one with the moon; a business corrects them itself.
HOLIDAYS: Final[dict[date, str]] = {
    date(2026, 3, 21): "نوروز و عید فطر",
    date(2026, 3, 22): "نوروز",
    date(2026, 3, 23): "نوروز",
    date(2026, 3, 24): "نوروز",
    date(2026, 4, 1): "روز جمهوری اسلامی",
    date(2026, 4, 2): "روز طبیعت",
    date(2026, 4, 14): "شهادت امام صادق",
    date(2026, 5, 27): "عید قربان",
    date(2026, 6, 4): "عید غدیر و ۱۴ خرداد",
    date(2026, 6, 5): "۱۵ خرداد",
    date(2026, 6, 24): "تاسوعا",
    date(2026, 6, 25): "عاشورا",
    date(2026, 8, 4): "اربعین",
    date(2026, 8, 12): "۲۸ صفر",
    date(2026, 8, 13): "شهادت امام رضا",
    date(2026, 8, 21): "شهادت امام حسن عسکری",
    date(2026, 8, 30): "۱۷ ربیع‌الاول",
    date(2026, 11, 13): "شهادت حضرت فاطمه",
    date(2026, 12, 23): "ولادت امام علی",
    date(2027, 1, 6): "مبعث",
    date(2027, 1, 24): "نیمهٔ شعبان",
    date(2027, 2, 11): "۲۲ بهمن",
    date(2027, 3, 1): "شهادت امام علی",
    date(2027, 3, 10): "عید فطر",
    date(2027, 3, 11): "عید فطر",
    date(2027, 3, 20): "ملی شدن صنعت نفت",
}
