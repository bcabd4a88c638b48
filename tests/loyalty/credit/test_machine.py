"""Any history of a customer's store credit is plain arithmetic (issue 4 §2; R8, R10, R24, R43)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.calendar import TEHRAN
from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Purchase
from customers.operations import record_purchases, record_return
from loyalty.operations import sweep_business
from loyalty.operations.credit import credit_return, hold_store_credit
from loyalty.operations.gift_cards import release_gift_card
from loyalty.queries.credit import credit_of
from loyalty.queries.credit_owed import credit_bridge
from loyalty.queries.invariants import broken
from tests.founding import found
from tests.loyalty.conftest import FAR
from tests.loyalty.credit.conftest import filled, known, sale_by_credit, switch_on
from tests.loyalty.gift_cards.conftest import moved

_HOLD = timedelta(minutes=15)
_GRACE = timedelta(days=31)


@dataclass
class Filling:
    """One filling as arithmetic knows it."""

    left: int
    owed: bool
    ends: datetime | None


@dataclass
class Held:
    """Rial taken of fillings for a sale."""

    parts: list[tuple[UUID, int, int]]
    until: datetime


class Credit(RuleBasedStateMachine):
    """It is filled, held, spent, returned to and from, let go, as days pass and fillings end."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.scope = acting_for(found("کافه").business_id)
        self.scope.__enter__()
        self.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
        switch_on(self.now)
        self.sara = known(self.now)
        self.fillings: list[Filling] = []
        self.cards: dict[UUID, int] = {}
        self.held: list[Held] = []
        self.sold: list[tuple[UUID, list[tuple[int, int]], int]] = []
        self.ended = 0

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @rule(rial=st.integers(1, 500_000), gift=st.booleans(), months=st.sampled_from([None, 1, 3]))
    def fill(self, rial: int, months: int | None, *, gift: bool) -> None:
        switch_on(self.now, months=months)
        row = filled(self.sara, self.now, rial, paid_by="nothing" if gift else "cash")
        self._add(row, owed=not gift)

    @rule(rial=st.integers(1, 700_000), cash=st.integers(0, 200_000), release=st.booleans())
    def spend(self, rial: int, cash: int, *, release: bool) -> None:
        self._expire()
        live = [one for one in self.fillings if one.left]
        there = sum(one.left for one in live)
        asked: dict[str, Any] = {"customer_id": self.sara, "most_rial": rial, "exact": True}
        if rial > there:
            with pytest.raises(Problem) as caught, transaction.atomic():
                hold_store_credit(**asked, now=self.now)
            assert caught.value.code == "insufficient_store_credit"
            return
        uses = hold_store_credit(**asked, now=self.now)
        parts = self._take(rial)
        told = [(self.cards[use.card_id], use.amount_rial) for use in uses]
        assert told == parts
        if release:
            until = self.now + _HOLD
            ids = [use.id for use in uses]
            each = zip(ids, parts, strict=True)
            self.held.append(Held([(use, at, part) for use, (at, part) in each], until))
            return
        [sold] = record_purchases(
            purchases=[sale_by_credit(rial + cash, uses)], source="till", now=self.now
        )
        assert sold.error is None
        assert sold.purchase_id is not None
        self.sold.append((sold.purchase_id, parts, rial + cash))

    @rule()
    def let_go(self) -> None:
        self._expire()
        if not self.held:
            return
        for use, at, part in self.held.pop().parts:
            release_gift_card(use_id=use, now=self.now)
            self.fillings[at].left += part
        sweep_business(now=self.now)

    @rule(pick=st.integers(0, 99), percent=st.integers(1, 100), as_credit=st.booleans())
    def come_back(self, pick: int, percent: int, *, as_credit: bool) -> None:
        self._expire()
        if not self.sold:
            return
        purchase_id, parts, total = self.sold[pick % len(self.sold)]
        before = Purchase.objects.get(id=purchase_id).returned_rial
        part = (total - before) * percent // 100
        if not part:
            return
        asked: dict[str, Any] = {
            "purchase_id": purchase_id,
            "external_id": str(new_id()),
            "amount_rial": part,
            "now": self.now,
        }
        row = None
        if as_credit:
            _back, row = credit_return(**asked, by="t")
        else:
            record_return(**asked)
        for at, rial in parts:
            home = rial * (before + part) // total - rial * before // total
            self._home(self.fillings[at], home)
        paid = sum(rial for _at, rial in parts)
        in_money = part - (paid * (before + part) // total - paid * before // total)
        assert (row.amount_rial if row else 0) == (in_money if as_credit else 0)
        if row is not None:
            self._add(row, owed=True)

    @rule(minutes=st.integers(1, 20), days=st.sampled_from([0, 0, 0, 20, 45]))
    def wait(self, minutes: int, days: int) -> None:
        self.now += timedelta(minutes=minutes, days=days)

    @invariant()
    def credit_and_books_say_what_arithmetic_says(self) -> None:
        sweep_business(now=self.now)
        self._expire()
        told = credit_of(self.sara, self.now)
        owed = sum(one.left for one in self.fillings if one.owed)
        assert told.owed_rial == owed
        assert told.balance_rial == sum(one.left for one in self.fillings)
        held = sum(
            rial for hold in self.held for _use, at, rial in hold.parts if self.fillings[at].owed
        )
        assert -moved("store_credit") == owed + held
        today = self.now.astimezone(TEHRAN).date()
        bridge = credit_bridge(today - timedelta(days=30), today, TEHRAN)
        assert bridge.closing.owed_rial == owed
        assert broken(self.now + FAR) == []

    def _add(self, row: Any, *, owed: bool) -> None:
        self.cards[row.card_id] = len(self.fillings)
        self.fillings.append(Filling(row.amount_rial, owed, row.card.expires_at))

    def _take(self, rial: int) -> list[tuple[int, int]]:
        far = datetime.max.replace(tzinfo=UTC)
        order = sorted(
            (at for at, one in enumerate(self.fillings) if one.left),
            key=lambda at: (self.fillings[at].ends or far, self.fillings[at].owed, at),
        )
        parts = []
        for at in order:
            part = min(rial, self.fillings[at].left)
            if part:
                self.fillings[at].left -= part
                parts.append((at, part))
            rial -= part
        return parts

    def _home(self, one: Filling, rial: int) -> None:
        if not rial:
            return
        if one.ends is not None and one.ends <= self.now:
            local = self.now.astimezone(TEHRAN).date() + _GRACE
            one.ends = datetime(local.year, local.month, local.day, tzinfo=TEHRAN)
        one.left += rial

    def _expire(self) -> None:
        for hold in [one for one in self.held if one.until <= self.now]:
            for _use, at, rial in hold.parts:
                self.fillings[at].left += rial
            self.held.remove(hold)
        for one in self.fillings:
            if one.ends is not None and one.ends <= self.now:
                one.left = 0


@pytest.mark.django_db
def test_any_history_of_store_credit_is_plain_arithmetic():
    """Issue 4 §2, ADR 70."""
    run_state_machine_as_test(
        Credit,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
