"""The whole engine over any history: rules, budgets, shares, cards, coupons, merges, torn work.

On top of buying, returning, holding, spending, correcting, waiting, merging and undoing come
versions of rules beside the rate, sales with gift cards and coupons, returns by line and by amount,
work torn off at any of its statements, late jobs, seals and books. What each sale earned and what
its returns undid is computed anew by plain arithmetic (tests/loyalty/rules/plain.py), and so is
which lots are spent and where points go back to.

Every version is sold under at once, several baskets in one call, so that groups, caps, budgets and
shares meet in each history and not by luck.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from core.calendar import TEHRAN, business_day, day_start, week_start
from core.errors import Problem
from core.ids import new_id
from core.tenancy import active_business_id
from customers.models import Customer, CustomerTotals, Purchase
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewReturnLine,
    merge_customers,
    record_purchases,
    record_return,
)
from customers.queries.invariants import broken as customers_broken
from loyalty.models import (
    CustomerTier,
    LedgerEntry,
    Lot,
    Redemption,
    RuleMeter,
    RulePoints,
    Wallet,
)
from loyalty.operations import (
    commit_redemption,
    release_redemption,
    reserve_redemption,
    seal_ledger,
    sweep_business,
)
from loyalty.operations.coupons import reserve_coupon
from loyalty.queries import coupons, wallet_view
from loyalty.queries.chain import verify
from loyalty.queries.seals import exported
from tests.loyalty.conftest import FAR
from tests.loyalty.coupons.conftest import make
from tests.loyalty.merging.test_machine import PEOPLE, Merging
from tests.loyalty.rules.conftest import RATE, put
from tests.loyalty.rules.plain import Given, Sold, given, undone
from tests.loyalty.sentences import computed, moved
from tests.loyalty.whole import (
    BASKETS,
    BY_KEY,
    CAKE,
    COFFEE,
    GRACE_DAYS,
    LEDGER,
    LINES,
    UNIT_RIAL,
    VERSION,
    Basket,
    Took,
    Torn,
    Version,
    end_of,
    goods_of,
    lines_of,
    picture,
    room_of,
    spendable,
    torn_at,
)
from tests.loyalty.whole_cards import Cards


class Whole(Cards):
    """The merging machine's three people in a shop with everything."""

    def __init__(self) -> None:
        super().__init__()
        self.in_force: Sequence[Any] = ()
        self.rate = RATE
        self.gave: dict[UUID, Given] = {}
        self.undone: dict[UUID, int] = {}
        make(self.now, category=COFFEE, most_rial=200_000, most_uses=4)

    @initialize(
        target=Merging.purchases,
        pending=st.sampled_from([0, 0, 3]),
        cap=st.sampled_from([10_000, 5]),
        version=VERSION,
        baskets=BASKETS,
    )
    def found(self, pending: int, cap: int, version: Version, baskets: list[Basket]):
        made = super().found(pending, cap)
        self.publish(version, baskets)
        return made

    @rule(version=VERSION, baskets=BASKETS)
    def publish(self, version: Version, baskets: list[Basket]) -> None:
        """Put other rules into force, and sell under them at once."""
        self.in_force, self.rate = version
        put(*self.in_force, now=self.now, rate=self.rate)
        self._record([self._sale(goods_of(lines), person) for lines, person in baskets])

    @rule(lines=LINES, person=st.sampled_from(PEOPLE), coupon=st.booleans(), card=st.integers(0, 2))
    def sell(self, lines: list[tuple[str, int]], person: str, *, coupon: bool, card: int) -> None:
        sold = goods_of(lines)
        holds, sold = self._with_coupon(sold, person) if coupon else ((), sold)
        self._record([self._sale(sold, person, card, holds)])

    @rule(target=Merging.holds, points=st.sampled_from([1, 7, 20, 33]), person=st.integers(0, 2))
    def hold(self, points: int, person: int):
        made: Any = super().hold(points, person)
        for held in made.values:
            self._took_what_ends_first(held)
        return made

    @rule(person=st.integers(0, 2), points=st.sampled_from([11, 40]))
    def forget(self, person: int, points: int) -> None:
        """Hold points and come back when their date has passed."""
        made: Any = self.hold(points, person)
        for held in made.values:
            self.now += timedelta(days=40)
            self._try(partial(release_redemption, redemption_id=held, now=self.now))

    @rule(person=st.integers(0, 2), lines=LINES, points=st.sampled_from([5, 13]))
    def regret(self, person: int, lines: list[tuple[str, int]], points: int) -> None:
        """Spend points on a purchase and bring it back in two parts."""
        [purchase_id] = self._record([self._sale(goods_of(lines), PEOPLE[person])])
        sold = Purchase.objects.get(id=purchase_id)
        owner: list[Any] = list(Customer.objects.order_by("id").values_list("id", flat=True))
        made: Any = self.hold(points, owner.index(sold.customer_id))
        for held in made.values:
            spend = partial(commit_redemption, redemption_id=held, purchase_id=purchase_id)
            spend(now=self.now)
            for part in (sold.total_rial // 3, sold.total_rial // 2):
                self._back(purchase_id, amount_rial=part)
                back = Purchase.objects.get(id=purchase_id).returned_rial
                home = Redemption.objects.get(id=held).returned_points
                assert home == points * back // sold.total_rial

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
        self._try(partial(self._back, purchase_id, **asked))

    @rule(
        statement=st.integers(0, 60),
        what=st.sampled_from(["sell", "return", "hold", "merge", "sweep", "batch", "top up"]),
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
    def both_ledgers_hold(self) -> None:
        """Ask every invariant of the ledger at once, planned once."""
        values = {"business": active_business_id(), "now": self.now + FAR}
        assert LEDGER.rows(values) == []
        assert customers_broken(self.now) == []

    @invariant()
    def every_sale_earned_and_lost_what_plain_arithmetic_says(self) -> None:
        lots = {lot.id: lot for lot in Lot.objects.filter(id__in=self.gave)}
        lines = lines_of(self.gave)
        for sold in Purchase.objects.filter(id__in=self.gave):
            gave = self.gave[sold.id]
            so_far = undone(sold.total_rial, sold.returned_rial, lines[sold.id], gave, BY_KEY)
            self.undone[sold.id] = max(self.undone.get(sold.id, 0), so_far)
            assert lots[sold.id].earned_points == gave.points
            assert lots[sold.id].reversed_points == self.undone[sold.id]

    @invariant()
    def what_came_back_can_be_spent(self) -> None:
        """Points go home into lots that are not over, where they are into lots of grace."""
        back = LedgerEntry.objects.filter(kind="release").values_list("at", "lot__expires_at")
        assert not [at for at, ends in back if ends is not None and ends <= at]
        for made, ends in Lot.objects.filter(origin="grace").values_list("earned_at", "expires_at"):
            last = business_day(made, TEHRAN) + timedelta(days=GRACE_DAYS)
            assert ends == day_start(last + timedelta(days=1), TEHRAN)

    @invariant()
    def what_is_over_is_nowhere_to_be_spent(self) -> None:
        waiting = Lot.objects.filter(state__in=["active", "pending"], activates_at__lte=self.now)
        lots = list(waiting.order_by("activates_at", "id"))
        for wallet in Wallet.objects.filter(joined_to=None):
            shown = wallet_view(wallet.id, self.now).balance_points
            assert shown == spendable(wallet, lots, self.now)
            held = Redemption.objects.filter(customer=wallet.id, state="reserved")
            if shown <= 0 and not held.filter(expires_at__lte=self.now).exists():
                refused = self._try(partial(self._hold_one, wallet.id))
                assert refused == "insufficient_points"

    def books_hold(self) -> None:
        """Also bring everything back that was sold here: nothing derived may be left of it."""
        for purchase_id in self.gave:
            self._try(partial(self._back, purchase_id))
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

    def _back(self, purchase_id: UUID, **asked: Any) -> None:
        number = str(new_id())
        record_return(purchase_id=purchase_id, external_id=number, now=self.now, **asked)

    def _hold_one(self, customer_id: UUID) -> None:
        reserve_redemption(customer_id=customer_id, points=1, now=self.now)

    def _money_is_all_there(self) -> None:
        self._cards_are_full_again()
        totals = CustomerTotals.objects.aggregate(net=Sum("gross_rial") - Sum("returned_rial"))
        sold = Purchase.objects.exclude(id__in=self.gave)
        left = sold.aggregate(net=Sum("total_rial") - Sum("returned_rial"))
        assert totals["net"] == left["net"]

    def _bare_sales_were_judged(self) -> bool:
        """Sales of the machine below have no lines; rules about none may have given on them."""
        return RulePoints.objects.exclude(purchase__in=self.gave).exists()

    def _sale(
        self, sold: Sequence[NewLine], person: str, card: int = 0, holds: tuple[UUID, ...] = ()
    ) -> NewPurchase:
        """Return a sale of this moment; the next is a second later, so that all have an order."""
        self.now += timedelta(seconds=1)
        total = sum(one.unit_price_rial - one.discount_rial for one in sold)
        return NewPurchase(
            external_id=str(new_id()),
            channel="till",
            occurred_at=self.now,
            customer=CustomerHint(mobile=person),
            lines=tuple(sold),
            tenders=self._paid(total, card),
            holds=holds,
        )

    def _record(self, sales: Sequence[NewPurchase]) -> list[UUID]:
        tiers: dict[UUID | None, Fraction] = {
            held.id: Fraction(held.tier.multiplier_num, held.tier.multiplier_den)
            for held in CustomerTier.objects.select_related("tier")
        }
        made = record_purchases(purchases=sales, source="till", now=self.now)
        assert [one.error for one in made] == [None] * len(sales)
        ids = [one.purchase_id for one in made if one.purchase_id]
        self._compare(ids, tiers)
        return ids

    def _compare(self, fresh: Sequence[UUID], tiers: Mapping[UUID | None, Fraction]) -> None:
        """Work out what fresh sales earn, one after the other, from what limits had left.

        `tiers` are the factors their buyers had before.
        """
        purchases = {one.id: one for one in Purchase.objects.all()}
        lines = lines_of(fresh)
        gave = [
            Took(key, customer, since, points, rial)
            for of, key, customer, since, points, rial in RulePoints.objects.values_list(
                "purchase_id", "key", "customer_id", "since", "points", "budget_rial"
            )
            if of not in fresh
        ]
        for sold in (purchases[one] for one in fresh):
            number = sum(
                one.customer_id == sold.customer_id and one.occurred_at <= sold.occurred_at
                for one in purchases.values()
            )
            week = week_start(business_day(sold.occurred_at, TEHRAN))
            room = {one.key: room_of(one, sold.customer_id, week, gave) for one in self.in_force}
            left = {key: points for key, points in room.items() if points is not None}
            factor = tiers.get(sold.customer_id, Fraction(1))
            whole = Sold(sold.total_rial, lines[sold.id], number, factor)
            self.gave[sold.id] = given(whole, self.in_force, self.rate, left)
            gave += [
                Took(key, sold.customer_id, week, points, points * UNIT_RIAL)
                for key, points in self.gave[sold.id].by_rules.items()
            ]

    def _took_what_ends_first(self, redemption_id: UUID) -> None:
        """Check rule R10: nothing that could be spent ends before what was taken."""
        held = Redemption.objects.get(id=redemption_id)
        took = LedgerEntry.objects.filter(kind="redeem", redemption=held)
        assert sum(-entry.points for entry in took) == held.points
        latest = max(end_of(lot) for lot in Lot.objects.filter(id__in=took.values("lot")))
        live = Lot.objects.filter(customer=held.customer_id, state="active", remaining_points__gt=0)
        assert all(
            latest <= end_of(lot)
            for lot in live
            if lot.expires_at is None or lot.expires_at > self.now
        )

    def _with_coupon(self, sold: list[NewLine], person: str) -> tuple[tuple[UUID, ...], Any]:
        lines = tuple(coupons.BasketLine(one.unit_price_rial, one.category) for one in sold)
        customer = Customer.objects.filter(mobile=f"+98{person[1:]}").values_list("id", flat=True)
        try:
            with transaction.atomic():
                use, told = reserve_coupon(
                    code="YALDA",
                    basket=coupons.Basket(lines=lines, customer_id=customer[0]),
                    now=self.now,
                )
        except Problem:
            return (), sold
        cut = [
            NewLine(unit_price_rial=one.unit_price_rial, category=one.category, discount_rial=off)
            for one, off in zip(sold, told.of_lines, strict=True)
        ]
        return (use.id,), cut

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
            "top up": lambda: self._top_up(pick % 2, 400_000, pick),
            "sweep": lambda: sweep_business(now=self.now + timedelta(days=45)),
        }
        begun[what]()


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
