"""The ledger beside a plain model of its rules: the same numbers after any history (R8-R21, R43).

Sales, holds with their time, commits late and early, returns in parts, debts and their repayment,
corrections by one and by two people, expiry with and without the sweeper, by date and by
inactivity (R14), seals, the clock.
"""

import copy
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from businesses.models import User
from core.calendar import TEHRAN, business_day, day_start
from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint, record_purchases, record_return
from loyalty.models import Correction, LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations import (
    TierPlan,
    ask_correction,
    ask_write_off,
    commit_redemption,
    decide_correction,
    release_redemption,
    reserve_redemption,
    seal_ledger,
    sweep_business,
    update_program,
    update_tiers,
)
from loyalty.queries import wallet_view
from loyalty.queries.chain import verify
from loyalty.queries.dates import end_of_points
from loyalty.queries.invariants import broken
from loyalty.queries.seals import exported
from tests.founding import found
from tests.loyalty.conftest import FAR, sale
from tests.loyalty.plain import PlainLot, PlainPerson, PlainSale
from tests.loyalty.sentences import computed, moved

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PEOPLE = ("09120000001", "09120000002")
WHO = st.integers(0, 1)
RIAL_PER_POINT = 100_000
T = TypeVar("T")
GRACE_DAYS, HOLD = 2, timedelta(minutes=15)
AMOUNTS = st.sampled_from([3_700_002, 1_000_000, 999_999, 350_000, 99_999])
PICK = st.integers(0, 10**6)


def _grace(now: datetime) -> datetime:
    return day_start(business_day(now, TEHRAN) + timedelta(days=GRACE_DAYS + 1), TEHRAN)


class Beside(RuleBasedStateMachine):
    """Two customers and two managers, in the database and in plain Python."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.managers = [User.objects.create_user(f"m{n}@example.com", "x") for n in range(2)]
        self.scope = acting_for(found("کافه").business_id)
        self.scope.__enter__()
        self.now, self.number = START, 0
        self.pending, self.ids = 0, [UUID(int=0)] * 2

    def teardown(self) -> None:
        try:
            self.every_entry_and_seal_is_right()
        finally:
            self.scope.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    def every_entry_and_seal_is_right(self) -> None:
        assert broken(self.now + FAR) == []
        while seal_ledger(now=self.now):
            pass
        assert verify(exported()).faults == []
        for entry in LedgerEntry.objects.all():
            assert entry.data.get("lapsed") or computed(entry) == moved(entry)

    @initialize(
        pending=st.sampled_from([0, 3, 3]),
        cap=st.sampled_from([10_000, 5]),
        ends=st.sampled_from(["day", "month", "idle_day", "idle_month"]),
        claws=st.sampled_from(["unlimited", "unlimited", "within_balance", "only_pending"]),
    )
    def begin(self, pending: int, cap: int, ends: str, claws: str) -> None:
        self.pending, self.ends, self.lives = pending, ends, ends.startswith("idle")
        changes = {
            "pending_days": pending,
            "negative_cap_points": cap,
            "expiry_months": 1,
            "expiry_ends": ends,
            "grace_days": GRACE_DAYS,
            "correct_alone_points": 20,
            "clawback": claws,
        }
        update_program(changes=changes, actor=None, now=self.now)
        plans = [TierPlan(name, rial) for name, rial in (("یک", 0), ("دو", 10**7), ("سه", 10**8))]
        update_tiers(plans=plans, actor=None, now=self.now)
        self.plain = [PlainPerson(cap, _grace, claws=claws) for _ in PEOPLE]
        for who in range(2):
            self.buy(who, 1_000_000)

    @rule(who=WHO, rial=AMOUNTS)
    def buy(self, who: int, rial: int) -> None:
        new = sale(rial, customer=CustomerHint(mobile=PEOPLE[who]), at=self.now)
        [made] = record_purchases(purchases=[new], source="api", now=self.now)
        assert made.error is None
        assert made.customer_id
        assert made.purchase_id
        self.ids[who] = made.customer_id
        key, ready = str(made.purchase_id), self.now + timedelta(days=self.pending)
        lot = PlainLot(rial // RIAL_PER_POINT, ready, self._end(), self.now, key, lives=self.lives)
        self.plain[who].grant(lot, self.now)
        self.plain[who].be_active(self._end(), self.now)
        self.plain[who].sales[key] = PlainSale(lot, rial)

    @rule(who=WHO, pick=PICK, share=st.integers(1, 4))
    def give_goods_back(self, who: int, pick: int, share: int) -> None:
        key, sold = self._one_of(self.plain[who].sales, pick)
        amount = min(sold.total - sold.returned, max(1, sold.total // share))
        if not amount:
            return
        self.number += 1
        record_return(
            purchase_id=UUID(key),
            external_id=str(self.number),
            amount_rial=amount,
            now=self.now,
        )
        self.plain[who].take_back(key, sold.returned + amount, self.now)

    @rule(who=WHO, asked=st.sampled_from(["all", "all", 1, 7, 30]))
    def hold(self, who: int, asked: str | int) -> None:
        points = max(1, self.plain[who].balance(self.now)) if asked == "all" else int(asked)
        before = copy.deepcopy(self.plain[who])
        made: list[Redemption] = []
        code = self._try(
            lambda: made.append(
                reserve_redemption(customer_id=self.ids[who], points=points, now=self.now)
            )
        )
        agreed = self.plain[who].hold(
            str(made[0].id) if made else "", points, self.now + HOLD, self.now
        )
        assert (code == "") == agreed
        if code:
            self.plain[who] = before

    @precondition(lambda self: any(one.holds for one in self.plain))
    @rule(who=WHO, pick=PICK, onto=PICK, ending=st.sampled_from(["commit", "spend", "release"]))
    def finish(self, who: int, pick: int, onto: int, ending: str) -> None:
        plain = self.plain[who]
        if not plain.holds:
            return
        key, _held = self._one_of(plain.holds, pick)
        sold = self._one_of(plain.sales, onto)[0] if ending == "spend" else ""
        before = copy.deepcopy(plain)
        if ending == "release":
            code = self._try(lambda: release_redemption(redemption_id=UUID(key), now=self.now))
            expected = plain.release(key, self.now)
        else:
            paid = UUID(sold) if sold else None
            code = self._try(
                lambda: commit_redemption(redemption_id=UUID(key), purchase_id=paid, now=self.now)
            )
            fresh = plain.holds[key].state in {"reserved", "expired"}
            expected = plain.commit(key, sold, self.now + HOLD, self.now)
            if fresh and not expected:
                plain.be_active(self._end(), self.now)
        assert code == expected
        if code:
            self.plain[who] = before

    @rule(who=WHO, pick=PICK, later=st.sampled_from([0, 3, 3]))
    def regret(self, who: int, pick: int, later: int) -> None:
        """Spend everything, bring back what earned it, buy again, perhaps wait: a debt repaid."""
        before = set(self.plain[who].holds)
        self.hold(who, "all")
        for key in set(self.plain[who].holds) - before:
            place = list(self.plain[who].holds).index(key)
            self.finish(who, place, 0, "commit")
        self.buy(who, 350_000)
        self.give_goods_back(who, pick, 1)
        self.the_database_and_the_model_say_the_same()
        self.now += timedelta(days=later)
        self.hold(who, "all")

    @rule(who=WHO, points=st.sampled_from([-7, 3, 20, 40, -21, 300]), agreed=st.booleans())
    def correct(self, who: int, points: int, agreed: bool) -> None:
        before = copy.deepcopy(self.plain[who])
        code = self._try(lambda: self._correction(who, points, agreed))
        if abs(points) > 20 and not agreed:
            assert code == ""
            return
        lots = Lot.objects.filter(customer=self.ids[who], origin="adjustment")
        newest = lots.order_by("-id").values_list("id", flat=True).first()
        lot = None
        if points > 0:
            lot = PlainLot(points, self.now, self._end(), self.now, str(newest), lives=self.lives)
        enough = self.plain[who].correct(lot, abs(points), self.now)
        assert enough == (code == "")
        if code:
            assert code == "insufficient_points"
            self.plain[who] = before

    @rule(who=WHO)
    def forgive(self, who: int) -> None:
        before = copy.deepcopy(self.plain[who])
        owed = self.plain[who].forgive(self.now)
        made: list[Correction] = []
        code = self._try(lambda: made.append(self._write_off(who)))
        assert code == ("" if owed else "nothing_owed")
        if made:
            assert made[0].points == owed
        if code or made[0].state == "waiting":
            self.plain[who] = before

    def _write_off(self, who: int) -> Correction:
        asker = self.managers[0]
        return ask_write_off(customer_id=self.ids[who], reason="بخشش", actor=asker, now=self.now)

    def _correction(self, who: int, points: int, agreed: bool) -> None:
        asker, second = self.managers
        asked = ask_correction(
            customer_id=self.ids[who], points=points, reason="آزمون", actor=asker, now=self.now
        )
        if asked.state != "waiting":
            return
        assert abs(points) > 20
        own = self._try(
            lambda: decide_correction(
                correction_id=asked.id, approve=True, actor=asker, now=self.now
            )
        )
        assert own == "second_person_needed"
        decide_correction(correction_id=asked.id, approve=agreed, actor=second, now=self.now)

    @rule(
        span=st.sampled_from(
            [timedelta(minutes=16), timedelta(days=1), timedelta(days=3), timedelta(days=33)]
        ),
        swept=st.booleans(),
    )
    def wait(self, span: timedelta, swept: bool) -> None:
        self.now += span
        while swept and sweep_business(now=self.now):
            pass
        for plain in self.plain if swept else ():
            plain.release_overdue(self.now)
            plain.settle(self.now)

    @rule()
    def seal(self) -> None:
        seal_ledger(now=self.now)

    @invariant()
    def the_database_and_the_model_say_the_same(self) -> None:
        for plain, customer in zip(self.plain, self.ids, strict=True):
            wallet = Wallet.objects.get(id=customer)
            live = Lot.objects.filter(customer=customer, remaining_points__gt=0)
            held: Counter[datetime | None] = Counter()
            for expires_at, left in live.values_list("expires_at", "remaining_points"):
                held[expires_at] += left
            assert held == plain.held_by_date()
            assert max(0, -wallet.balance_points) == plain.owed
            shown = wallet_view(customer, self.now)
            assert shown.balance_points == plain.balance(self.now)
            assert shown.pending_points == plain.pending(self.now)

    @invariant()
    def each_hold_and_each_return_stands_where_the_model_has_it(self) -> None:
        rows = {str(row.id): row for row in Redemption.objects.all()}
        lots = {str(lot.id): lot for lot in Lot.objects.filter(origin="purchase")}
        for plain in self.plain:
            for key, held in plain.holds.items():
                assert (rows[key].state, rows[key].returned_points) == (held.state, held.back)
            for key, sold in plain.sales.items():
                assert lots[key].reversed_points == sold.undone

    def _end(self) -> datetime | None:
        return end_of_points(business_day(self.now, TEHRAN), 1, TEHRAN, self.ends)

    @staticmethod
    def _one_of(things: dict[str, T], pick: int) -> tuple[str, T]:
        return list(things.items())[pick % len(things)]

    @staticmethod
    def _try(act: Callable[[], object]) -> str:
        """Do it, or return the code of the refusal; whatever was half done is undone."""
        code = ""
        try:
            with transaction.atomic():
                act()
        except Problem as refusal:
            code = refusal.code
        return code


@pytest.mark.django_db
def test_ledger_and_model_agree_after_any_history():
    """R14 with the others: by date and by inactivity."""
    run_state_machine_as_test(
        Beside,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
