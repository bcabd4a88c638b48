"""The whole engine over any history: rules, budgets, shares, cards, coupons, merges, torn work.

On top of buying, returning, holding, spending, correcting, waiting, merging and undoing come
versions of rules beside the rate, sales with gift cards and coupons, returns by line and by amount,
work torn off at any of its statements, late jobs, seals and books. What each sale earned and what
its returns undid is computed anew by plain arithmetic (tests/loyalty/rules/plain.py).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from core.calendar import TEHRAN, business_day, week_start
from core.errors import Problem
from core.ids import new_id
from customers.models import Customer, CustomerTotals, Purchase, PurchaseLine
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewReturnLine,
    NewTender,
    merge_customers,
    record_purchases,
    record_return,
)
from loyalty.models import GiftCard, LedgerEntry, Lot, Redemption, RuleMeter, RulePoints, Wallet
from loyalty.operations import reserve_redemption, seal_ledger, sweep_business
from loyalty.operations.coupons import reserve_coupon
from loyalty.operations.gift_cards import reserve_gift_card
from loyalty.queries import wallet_view
from loyalty.queries.chain import verify
from loyalty.queries.coupons import Basket, BasketLine
from loyalty.queries.seals import exported
from tests.loyalty.coupons.conftest import make
from tests.loyalty.gift_cards.conftest import issue_cards
from tests.loyalty.merging.test_machine import PEOPLE, Merging
from tests.loyalty.rules.conftest import bonus, put
from tests.loyalty.rules.plain import Given, Line, given, undone
from tests.loyalty.sentences import computed, moved

CAKE, COFFEE = "شیرینی", "نوشیدنی"
UNIT_RIAL = 1_000
RULES = (
    bonus("times", 3, name="شیرینی سه‌برابر", when={"categories": (CAKE,)}, group="g"),
    bonus("times", 3, 2, name="سبد بزرگ", when={"least_rial": 1_000_000}, group="g"),
    bonus("rate", 1, 70_001, name="بودجه", budget_rial=60 * UNIT_RIAL),
    bonus("fixed", 5, name="سهم", customer_cap_points=12, customer_span="week"),
    bonus("fixed", 30, name="هر سومی", when={"every": 3}),
    bonus("rate", 1, 50_000, name="شیرینی", when={"categories": (CAKE,)}, budget_rial=25_000),
)
BY_KEY = {one.key: one for one in RULES}
LINES = st.lists(
    st.tuples(st.sampled_from([CAKE, COFFEE]), st.sampled_from([70_001, 400_000, 999_999])),
    min_size=1,
    max_size=3,
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


def picture() -> dict[str, list[str]]:
    """Return every row of the tables that work writes to."""
    return {
        model._meta.db_table: sorted(str([_read(value) for value in row]) for row in rows)
        for model in TABLES
        if (rows := list(model._default_manager.values_list()))
    }


def _read(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


class Whole(Merging):
    """The merging machine's three people in a shop with everything."""

    def __init__(self) -> None:
        super().__init__()
        self.in_force: Sequence[Any] = ()
        self.gave: dict[UUID, Given] = {}
        self.undone: dict[UUID, int] = {}
        self.codes = [issue_cards(self.now, rial).codes[0] for rial in (1_500_000, 300_000)]
        make(self.now, category=COFFEE, most_rial=200_000, most_uses=4)

    @rule(places=st.lists(st.integers(0, len(RULES) - 1), max_size=4, unique=True))
    def publish(self, places: list[int]) -> None:
        self.in_force = [RULES[place] for place in sorted(places)]
        put(*self.in_force, now=self.now)

    @rule(lines=LINES, person=st.sampled_from(PEOPLE), coupon=st.booleans(), card=st.integers(0, 2))
    def sell(self, lines: list[tuple[str, int]], person: str, *, coupon: bool, card: int) -> None:
        sold = [NewLine(unit_price_rial=rial, category=category) for category, rial in lines]
        holds, sold = self._with_coupon(sold, person) if coupon else ((), sold)
        total = sum(one.unit_price_rial - one.discount_rial for one in sold)
        new = NewPurchase(
            external_id=str(new_id()),
            channel="till",
            occurred_at=self.now,
            customer=CustomerHint(mobile=person),
            lines=tuple(sold),
            tenders=self._paid(total, card),
            holds=holds,
        )
        [made] = record_purchases(purchases=[new], source="till", now=self.now)
        assert made.error is None
        assert made.purchase_id is not None
        self._compare(made.purchase_id)

    @rule(pick=st.integers(0, 10**6), by_line=st.booleans(), percent=st.integers(1, 100))
    def give_back(self, pick: int, *, by_line: bool, percent: int) -> None:
        if not self.gave:
            return
        purchase_id = sorted(self.gave)[pick % len(self.gave)]
        sold = Purchase.objects.get(id=purchase_id)
        asked: dict[str, Any] = {"lines": [NewReturnLine(position=1 + percent % 3)]}
        if not by_line:
            left = sold.total_rial - sold.returned_rial
            asked = {"amount_rial": max(1, left * percent // 100)}
        number = str(new_id())
        self._try(
            lambda: record_return(
                purchase_id=purchase_id, external_id=number, now=self.now, **asked
            )
        )

    @rule(
        statement=st.integers(0, 60),
        what=st.sampled_from(["sell", "return", "hold", "merge", "sweep", "batch"]),
        pick=st.integers(0, 10**6),
    )
    def tear(self, statement: int, what: str, pick: int) -> None:
        """Begin something and lose the connection on the way: nothing of it is there."""
        before, gave, whole = picture(), dict(self.gave), False
        with suppress(Torn, Problem), transaction.atomic():
            with torn_at(statement):
                self._begin(what, pick)
            whole = True
            # What got through to its end before the connection died is given up here.
            raise Torn
        self.gave = gave
        assert picture() == before, (what, whole)

    @rule()
    def seal(self) -> None:
        seal_ledger(now=self.now)

    @invariant()
    def every_sale_earned_and_lost_what_plain_arithmetic_says(self) -> None:
        lots = {lot.id: lot for lot in Lot.objects.filter(id__in=self.gave)}
        for purchase_id, gave in self.gave.items():
            sold = Purchase.objects.get(id=purchase_id)
            rial, back = sold.total_rial, sold.returned_rial
            so_far = undone(rial, back, _lines(purchase_id), gave, BY_KEY)
            self.undone[purchase_id] = max(self.undone.get(purchase_id, 0), so_far)
            assert lots[purchase_id].earned_points == gave.points
            assert lots[purchase_id].reversed_points == self.undone[purchase_id]

    @invariant()
    def what_is_over_is_nowhere_to_be_spent(self) -> None:
        for wallet in Wallet.objects.filter(joined_to=None):
            shown = wallet_view(wallet.id, self.now).balance_points
            assert shown == self._spendable(wallet)
            held = Redemption.objects.filter(customer=wallet.id, state="reserved")
            if shown <= 0 and not held.filter(expires_at__lte=self.now).exists():
                refused = self._try(partial(self._hold_one, wallet.id))
                assert refused == "insufficient_points"

    def books_hold(self) -> None:
        """Also bring everything back that was sold here: nothing derived may be left of it."""
        for purchase_id in self.gave:
            self._try(partial(self._all_back, purchase_id))
        super().books_hold()
        for lot in Lot.objects.filter(id__in=self.gave):
            assert lot.reversed_points == lot.earned_points
        assert not RuleMeter.objects.exclude(used=0).exists() or self._bare_sales_were_judged()
        self._money_is_all_there()
        while seal_ledger(now=self.now):
            pass
        assert verify(exported()).faults == []
        for entry in LedgerEntry.objects.all():
            assert entry.data.get("lapsed") or computed(entry) == moved(entry)

    def _all_back(self, purchase_id: UUID) -> None:
        record_return(purchase_id=purchase_id, external_id=str(new_id()), now=self.now)

    def _hold_one(self, customer_id: UUID) -> None:
        reserve_redemption(customer_id=customer_id, points=1, now=self.now)

    def _money_is_all_there(self) -> None:
        held = GiftCard.objects.aggregate(rial=Sum("balance_rial"))["rial"]
        over = GiftCard.objects.filter(expires_at__lte=self.now).exists()
        assert over or held <= 1_800_000
        totals = CustomerTotals.objects.aggregate(net=Sum("gross_rial") - Sum("returned_rial"))
        sold = Purchase.objects.exclude(id__in=self.gave)
        left = sold.aggregate(net=Sum("total_rial") - Sum("returned_rial"))
        assert totals["net"] == left["net"]

    def _bare_sales_were_judged(self) -> bool:
        """Sales of the machine below have no lines; rules about none may have given on them."""
        return RulePoints.objects.exclude(purchase__in=self.gave).exists()

    def _compare(self, purchase_id: UUID) -> None:
        """Work out what a fresh sale earns from what limits had left before it."""
        sold = Purchase.objects.get(id=purchase_id)
        earlier = Purchase.objects.filter(customer=sold.customer_id, occurred_at__lte=self.now)
        room = {one.key: self._room(one, sold) for one in self.in_force if one.is_metered}
        self.gave[purchase_id] = given(
            sold.total_rial, _lines(purchase_id), self.in_force, earlier.count(), room
        )

    def _room(self, one: Any, sold: Purchase) -> int:
        """Return what a limit had left: its size less what all history but this sale took."""
        rows = RulePoints.objects.filter(key=one.key).exclude(purchase=sold.id)
        if one.budget_rial is not None:
            used = rows.aggregate(rial=Sum("budget_rial", default=0))["rial"]
            return int(one.budget_rial - used) // UNIT_RIAL
        since = week_start(business_day(self.now, TEHRAN))
        rows = rows.filter(customer=sold.customer_id, since=since)
        return int(one.customer_cap_points - rows.aggregate(n=Sum("points", default=0))["n"])

    def _with_coupon(self, sold: list[NewLine], person: str) -> tuple[tuple[UUID, ...], Any]:
        lines = tuple(BasketLine(one.unit_price_rial, one.category) for one in sold)
        customer = Customer.objects.filter(mobile=f"+98{person[1:]}").values_list("id", flat=True)
        try:
            with transaction.atomic():
                use, told = reserve_coupon(
                    code="YALDA", basket=Basket(lines=lines, customer_id=customer[0]), now=self.now
                )
        except Problem:
            return (), sold
        cut = [
            NewLine(unit_price_rial=one.unit_price_rial, category=one.category, discount_rial=off)
            for one, off in zip(sold, told.of_lines, strict=True)
        ]
        return (use.id,), cut

    def _paid(self, total: int, card: int) -> tuple[NewTender, ...]:
        """Pay half with a gift card when there is one to be had, the rest in cash."""
        tenders, left = [], total
        if card:
            with suppress(Problem), transaction.atomic():
                use = reserve_gift_card(
                    code=self.codes[card - 1], most_rial=total // 2, exact=False, now=self.now
                )
                rial, of = use.amount_rial, str(use.id)
                tenders.append(NewTender(method="gift_card", amount_rial=rial, reference=of))
                left -= rial
        return (*tenders, NewTender(method="cash", amount_rial=left))

    def _begin(self, what: str, pick: int) -> None:
        """Begin one of the things work is torn off from."""
        person, other = pick % 3, (pick // 3 + 1 + pick) % 3
        who, goes = self.everybody[person], self.everybody[other]
        begun: dict[str, Callable[[], object]] = {
            "sell": lambda: self.sell([(CAKE, 400_000)], PEOPLE[person], coupon=True, card=1),
            "batch": lambda: [self._sold(350_000, one) for one in PEOPLE],
            "return": lambda: self.give_back(pick, by_line=False, percent=60),
            "hold": lambda: reserve_redemption(customer_id=who, points=1, now=self.now),
            "merge": lambda: merge_customers(survivor_id=who, merged_id=goes, now=self.now),
            "sweep": lambda: sweep_business(now=self.now + timedelta(days=45)),
        }
        begun[what]()

    def _spendable(self, wallet: Wallet) -> int:
        """Return what lots hold that are ready and not over, after they paid what is owed."""
        owed = max(0, -wallet.balance_points)
        spendable = 0
        lots = Lot.objects.filter(customer=wallet.id, state__in=["active", "pending"])
        for lot in lots.filter(activates_at__lte=self.now).order_by("activates_at", "id"):
            pays = min(owed, lot.remaining_points)
            owed -= pays
            if lot.expires_at is None or lot.expires_at > self.now:
                spendable += lot.remaining_points - pays
        return spendable - owed


def _lines(purchase_id: UUID) -> list[Line]:
    rows = PurchaseLine.objects.filter(purchase=purchase_id).order_by("position")
    return list(rows.values_list("category", "total_rial", "returned_rial"))


@pytest.mark.django_db
def test_any_history_of_the_whole_engine_can_be_computed_anew():
    """R8, R11, R17, R18, R23, R24, R27, R43, R49, R50, R62: together, and through torn work."""
    run_state_machine_as_test(
        Whole,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
