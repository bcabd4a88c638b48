"""What the machine of the whole engine sells, keeps in mind and tears at."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import connection
from hypothesis import strategies as st

from core.tenancy.prepared import Prepared
from customers.models import PurchaseLine
from customers.operations import (
    NewLine,
)
from loyalty.models import (
    Lot,
    Wallet,
)
from loyalty.queries.books.rules import BOOK_RULES
from loyalty.queries.invariants import _RULES
from loyalty.queries.rules.document import Rate
from tests.loyalty.merging.test_machine import PEOPLE
from tests.loyalty.rules.conftest import bonus
from tests.loyalty.rules.plain import Line

CAKE, COFFEE = "شیرینی", "نوشیدنی"
UNIT_RIAL = 1_000
GRACE_DAYS = 30
# Three of a group, each of them the best of some basket; caps, budgets and shares that run out.
RULES = (
    bonus(
        "times",
        3,
        name="شیرینی سه‌برابر",
        when={"categories": (CAKE,)},
        group="g",
        funder="قنادی",
    ),
    bonus("fixed", 7, name="هفت امتیاز", group="g"),
    bonus("times", 3, 2, name="سبد بزرگ", when={"least_rial": 1_000_000}, group="g"),
    bonus("rate", 1, 70_001, name="بودجه", budget_rial=60 * UNIT_RIAL, cap_points=9),
    bonus("fixed", 5, name="سهم", customer_cap_points=12, customer_span="week", funder="پخش"),
    bonus("fixed", 30, name="هر سومی", when={"every": 3}, funder="قنادی"),
    bonus("rate", 1, 50_000, name="شیرینی", when={"categories": (CAKE,)}, budget_rial=25_000),
)
BY_KEY = {one.key: one for one in RULES}
LINES = st.lists(
    st.tuples(st.sampled_from([CAKE, COFFEE]), st.sampled_from([70_001, 400_000, 999_999])),
    min_size=1,
    max_size=3,
)
VERSION = st.builds(
    lambda left_out, least, most, by_line, best_for: (
        [one for place, one in enumerate(RULES) if place not in left_out],
        Rate(
            num=1,
            den=100_000,
            minimum_rial=least,
            cap_points=most,
            by_line=by_line,
            best_for=best_for,
        ),
    ),
    st.sets(st.integers(0, len(RULES) - 1), max_size=2),
    st.sampled_from([0, 0, 500_000]),
    st.sampled_from([None, None, 60, 25]),
    st.sampled_from([False, False, True]),
    st.sampled_from(["customer", "customer", "margin"]),
)
BASKETS = st.lists(st.tuples(LINES, st.sampled_from(PEOPLE)), min_size=3, max_size=5)
# The nightly questions to the ledger, in one statement: rule and row.
LEDGER = Prepared(
    " UNION ALL ".join(
        f"SELECT '{rule.replace(chr(39), '')}', id::text FROM ({sql}) q (id)"
        for rule, sql in (_RULES | BOOK_RULES).items()
    ),
    business="uuid",
    now="timestamptz",
)
# Every row of these tables is in the picture that torn work must leave as it was.
TABLES = [
    model
    for name in ("customers", "loyalty", "outbox", "payments")
    for model in apps.get_app_config(name).get_models()
]


class Torn(Exception):
    """Power lost, connection cut, process killed: here, in the middle."""


@contextmanager
def torn_at(statement: int) -> Iterator[None]:
    """Let the connection die before its n-th statement."""
    left = statement

    def execute(run: Callable[..., Any], *asked: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Torn
        return run(*asked)

    with connection.execute_wrapper(execute):
        yield


def picture() -> dict[str, str]:
    """Return a digest of every row of each table that work writes to. One statement."""
    digests = " UNION ALL ".join(
        f"SELECT '{table}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        for table in (model._meta.db_table for model in TABLES)
    )
    with connection.cursor() as cursor:
        cursor.execute(digests)
        return dict(cursor.fetchall())


class Took(NamedTuple):
    """What a rule gave of its limits once."""

    key: UUID
    customer_id: UUID | None
    since: date | None
    points: int
    rial: int


Basket = tuple[list[tuple[str, int]], str]
Version = tuple[list[Any], Rate]


def goods_of(lines: Sequence[tuple[str, int]]) -> list[NewLine]:
    return [NewLine(unit_price_rial=rial, category=category) for category, rial in lines]


def lines_of(purchase_ids: Collection[UUID]) -> dict[UUID, list[Line]]:
    found: dict[UUID, list[Line]] = {one: [] for one in purchase_ids}
    rows = PurchaseLine.objects.filter(purchase__in=purchase_ids).order_by("position")
    told = rows.values_list("purchase_id", "category", "total_rial", "returned_rial")
    for one, category, rial, back in told:
        found[one].append((category, rial, back))
    return found


def room_of(one: Any, customer_id: UUID | None, week: date, gave: Sequence[Took]) -> int | None:
    """Return what a limit has left: its size less what all history took; None without a limit."""
    if one.budget_rial is not None:
        used = sum(took.rial for took in gave if took.key == one.key)
        return int(one.budget_rial - used) // UNIT_RIAL
    if one.customer_cap_points is None:
        return None
    mine = (one.key, customer_id, week)
    used = sum(took.points for took in gave if (took.key, took.customer_id, took.since) == mine)
    return int(one.customer_cap_points - used)


def end_of(lot: Lot) -> tuple[bool, datetime | None, datetime, UUID]:
    return lot.expires_at is None, lot.expires_at, lot.earned_at, lot.id


def spendable(wallet: Wallet, lots: Sequence[Lot], now: datetime) -> int:
    """Return what lots hold that are ready and not over, after they paid what is owed."""
    owed = max(0, -wallet.balance_points)
    points = 0
    for lot in (one for one in lots if one.customer_id == wallet.id):
        pays = min(owed, lot.remaining_points)
        owed -= pays
        if lot.expires_at is None or lot.expires_at > now:
            points += lot.remaining_points - pays
    return points - owed
