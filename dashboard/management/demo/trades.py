"""The three businesses of the demonstration and the behaviour planted in them.

What is planted, so that a reader of the pages can check them:

* café «کافه نارنج»: many regulars; business is best on Thursday and Friday; from Mehr on the branch
  «ونک» disappoints: its customers come half as often, and its survey answers are low. Five weeks
  ago a campaign went out; of the purchases the held-out customers would have made in the two weeks
  after it, two in five never happened. Sixteen days ago an office beside the first branch moved,
  and the 36 of it who came every few days have not come since. Offices further away order online:
  with cards of one bank the gateway in front loses two tries in five, the one behind it none (see
  `rails.banks`). Two months ago it had a stall at a fair where two people sold side by side, one of
  them much better liked (see `stall`).
* clothing «پوشاک ترمه»: rare, dear purchases; Esfand (before Nowruz) sells three times as much; one
  purchase in twelve is partly returned. The last two months and a half show every rail of payment
  (see `rails`): two gateways, one silent on a morning a month ago; refunds and payouts in every
  state; deposits, debits, instalments, links, unfinished baskets, and reports that do not fit.
  Its points wait line by line for the days to return, its levels go by the Jalali year, and its
  weekend is Thursday and Friday.
* toys «اسباب‌بازی دنیای کوچک»: gifts; Mehr and Esfand are strong; a third of the customers buy once
  and never again.
"""

from dataclasses import dataclass, field
from typing import Any

from core.calendar import FRIDAY
from loyalty.enums import TierWindow


@dataclass(frozen=True, slots=True)
class Item:
    """Something sold: price in rial, and an optional attribute with its choices."""

    sku: str
    name: str
    category: str
    price_rial: int
    attribute: str = ""
    choices: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Trade:
    """A business and the habits of its customers. Visits are per year."""

    slug: str
    name: str
    vertical: str
    branches: tuple[tuple[str, str], ...]
    employees: tuple[tuple[str, str, str], ...]
    items: tuple[Item, ...]
    customers: int
    visits: float
    regularity: float
    one_timers: float
    basket: tuple[int, ...]
    busy_months: dict[int, float] = field(default_factory=dict)
    weekend: float = 1.0
    return_one_in: int = 0
    # Why somebody brings something back.
    sent_back_for: str = "سایز اندازه نبود"
    spoiled_branch: str = ""
    spoiled_from_month: int = 0
    # People of an office nearby that has moved away.
    colleagues: int = 0
    sends_offer: bool = False
    shows_rails: bool = False
    shows_banks: bool = False
    enamad_url: str = ""
    # What of the programme is other than from the beginning, days to return by category, weekend.
    terms: dict[str, Any] = field(default_factory=dict)
    return_windows: tuple[tuple[str, int], ...] = ()
    weekend_days: tuple[int, ...] = (FRIDAY,)
    # Whether what its lines tell is held against fields; the café's tills say what they like.
    has_fields: bool = False


CAFE = Trade(
    slug="narenj",
    name="کافه نارنج",
    vertical="cafe",
    branches=(("main", "کافه نارنج، تجریش"), ("vanak", "کافه نارنج، ونک")),
    employees=(("sara", "سارا محمدی", "main"), ("reza", "رضا کریمی", "vanak")),
    items=(
        Item("espresso", "اسپرسو", "قهوه", 850_000),
        Item("latte", "لاته", "قهوه", 1_150_000, "size", ("کوچک", "بزرگ")),
        Item("cappuccino", "کاپوچینو", "قهوه", 1_100_000),
        Item("tea", "چای دونفره", "نوشیدنی گرم", 900_000),
        Item("lemonade", "لیموناد", "نوشیدنی سرد", 980_000),
        Item("cheesecake", "چیزکیک", "کیک", 1_450_000),
        Item("brownie", "براونی", "کیک", 1_250_000),
        Item("breakfast", "صبحانهٔ ایرانی", "صبحانه", 3_200_000, "table", ("۳", "۵", "۷", "۹")),
        Item("panini", "پانینی", "غذا", 3_650_000),
    ),
    customers=320,
    visits=17,
    regularity=1.1,
    one_timers=0.22,
    basket=(1, 2, 2, 3),
    weekend=1.7,
    sent_back_for="سفارش اشتباه آماده شد",
    spoiled_branch="vanak",
    spoiled_from_month=7,
    colleagues=36,
    sends_offer=True,
    shows_banks=True,
)

CLOTHING = Trade(
    slug="termeh",
    name="پوشاک ترمه",
    vertical="clothing",
    branches=(("main", "پوشاک ترمه، ولیعصر"),),
    employees=(("leila", "لیلا احمدی", "main"), ("nima", "نیما صادقی", "main")),
    items=(
        Item("shirt", "پیراهن نخی", "پیراهن", 14_500_000, "size", ("S", "M", "L", "XL")),
        Item("trousers", "شلوار کتان", "شلوار", 19_800_000, "size", ("۳۸", "۴۰", "۴۲", "۴۴")),
        Item("manto", "مانتوی بهاره", "مانتو", 32_000_000, "color", ("کرم", "آبی", "مشکی")),
        Item("scarf", "شال ابریشمی", "شال", 9_800_000, "color", ("سبز", "آبی", "زرشکی")),
        Item("coat", "پالتو", "پالتو", 58_000_000, "size", ("M", "L")),
        Item("socks", "جوراب", "لباس زیر", 1_200_000),
    ),
    customers=210,
    visits=4.2,
    regularity=1.4,
    one_timers=0.35,
    basket=(1, 1, 2, 3),
    busy_months={12: 3.0, 6: 1.4, 9: 1.3},
    weekend=1.4,
    return_one_in=12,
    shows_rails=True,
    enamad_url="https://trustseal.enamad.ir/?id=0&Code=demo",
    # Coats and scarves come back so long, and so long their points wait.
    terms={
        "waits_for_returns": True,
        "tier_window": TierWindow.YEAR,
        "tier_grace_days": 20,
        "tier_revoke_days": 14,
    },
    return_windows=(("پالتو", 60), ("شال", 45)),
    weekend_days=(5, FRIDAY),
    has_fields=True,
)

TOYS = Trade(
    slug="donya",
    name="اسباب‌بازی دنیای کوچک",
    vertical="toys",
    sent_back_for="هدیه تکراری بود",
    branches=(("main", "دنیای کوچک، سعادت‌آباد"),),
    employees=(("mina", "مینا رستمی", "main"),),
    items=(
        Item("lego", "آجره ۵۰۰ تکه", "ساختنی", 24_500_000, "child_age", (6, 8, 10)),
        Item("doll", "عروسک پارچه‌ای", "عروسک", 7_800_000, "child_age", (2, 3, 4)),
        Item("puzzle", "پازل چوبی", "فکری", 5_600_000, "child_age", (3, 4, 5)),
        Item("car", "ماشین کنترلی", "وسیلهٔ نقلیه", 18_900_000, "child_age", (5, 7, 9)),
        Item("clay", "خمیر بازی", "هنری", 2_300_000, "child_age", (2, 3, 4, 5)),
        Item("board", "بازی رومیزی", "فکری", 12_400_000, "child_age", (8, 10, 12)),
    ),
    customers=190,
    visits=3.6,
    regularity=1.2,
    one_timers=0.33,
    basket=(1, 1, 1, 2),
    busy_months={12: 2.2, 7: 1.8},
    weekend=1.5,
    has_fields=True,
)

TRADES = (CAFE, CLOTHING, TOYS)

FIRST_NAMES = (
    "مریم", "فاطمه", "زهرا", "سارا", "نرگس", "الهام", "مهسا", "نازنین", "لیلا", "شیرین", "پریسا",
    "هانیه", "نگار", "سمیرا", "آرزو", "علی", "محمد", "رضا", "حسین", "امیر", "مهدی", "سعید",
    "حمید", "آرش", "بابک", "کیان", "پویا", "نیما", "فرهاد", "مجید",
)  # fmt: skip
LAST_NAMES = (
    "محمدی", "حسینی", "احمدی", "رضایی", "کریمی", "موسوی", "جعفری", "صادقی", "رحیمی", "ابراهیمی",
    "قاسمی", "اکبری", "نوری", "یزدانی", "شریفی", "زمانی", "کاظمی", "فرهادی", "سلطانی", "امینی",
    "میرزایی طباطبایی", "رستمی", "بهرامی", "حیدری", "عباسی",
)  # fmt: skip
