"""Any history of two gift cards agrees with plain arithmetic (capability C031; R24, R41, R43)."""

from collections.abc import Callable
from dataclasses import dataclass, field
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

from core.errors import Problem
from core.ids import new_id
from core.tenancy import acting_for
from customers.models import Purchase
from customers.operations import record_purchases, record_return
from loyalty.models import GiftCard
from loyalty.operations import sweep_business
from loyalty.operations.gift_cards import (
    NewTopUp,
    release_gift_card,
    reserve_gift_card,
    take_back_top_up,
    top_up_gift_card,
)
from loyalty.queries.gift_cards import issue_totals
from loyalty.queries.invariants import broken
from tests.founding import found
from tests.loyalty.conftest import FAR
from tests.loyalty.gift_cards.conftest import issue_cards, moved, sale_with

_PRICES = (1_000_000, 70_007)
_HOLD = timedelta(minutes=15)


@dataclass
class Plain:
    """What a card must hold by arithmetic alone."""

    left: int
    on: dict[UUID, int] = field(default_factory=dict)
    off: set[UUID] = field(default_factory=set)
    held: dict[UUID, tuple[int, datetime]] = field(default_factory=dict)
    sold: list[tuple[UUID, int, int]] = field(default_factory=list)

    def forget(self, now: datetime) -> None:
        for use, (rial, until) in list(self.held.items()):
            if until <= now:
                self.left += rial
                del self.held[use]


class Cards(RuleBasedStateMachine):
    """Two cards are topped up, held, spent, returned to and given back from, as time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.scope = acting_for(found("کافه").business_id)
        self.scope.__enter__()
        self.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
        self.issued = [issue_cards(self.now, rial) for rial in _PRICES]
        self.plain = [Plain(rial) for rial in _PRICES]
        self.bought = sum(_PRICES)

    def teardown(self) -> None:
        self.scope.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @rule(of=st.integers(0, 1), rial=st.integers(10_000, 300_000), again=st.booleans())
    def top_up(self, of: int, rial: int, *, again: bool) -> None:
        new = NewTopUp(
            code=self.issued[of].codes[0],
            external_id=str(new_id()),
            amount_rial=rial,
            paid_by="cash",
        )
        for _time in range(1 + again):
            done = top_up_gift_card(new=new, by="t", now=self.now)
        self.plain[of].on[done.id] = rial
        self.plain[of].left += rial
        self.bought += rial

    @rule(of=st.integers(0, 1), pick=st.integers(0, 99))
    def take_back(self, of: int, pick: int) -> None:
        plain = self.plain[of]
        if not plain.on:
            return
        top_up = list(plain.on)[pick % len(plain.on)]
        plain.forget(self.now)
        fits = top_up in plain.off or plain.on[top_up] <= plain.left
        refused = self._try(take_back_top_up, top_up_id=top_up, actor=None, now=self.now)
        assert refused == (None if fits else "insufficient_gift_card")
        if fits and top_up not in plain.off:
            plain.off.add(top_up)
            plain.left -= plain.on[top_up]
            self.bought -= plain.on[top_up]
        # What was let go before a refusal is undone with it; the next look at the card does it.
        sweep_business(now=self.now)

    @rule(of=st.integers(0, 1), rial=st.integers(1, 400_000))
    def hold(self, of: int, rial: int) -> None:
        plain = self.plain[of]
        sweep_business(now=self.now)
        plain.forget(self.now)
        code = self.issued[of].codes[0]
        asked: dict[str, Any] = {"code": code, "most_rial": rial, "exact": True}
        made: list[Any] = []
        refused = self._try(lambda: made.append(reserve_gift_card(**asked, now=self.now)))
        assert refused == (None if rial <= plain.left else "insufficient_gift_card")
        for use in made:
            plain.held[use.id] = (rial, self.now + _HOLD)
            plain.left -= rial

    @rule(of=st.integers(0, 1), cash=st.integers(0, 200_000), release=st.booleans())
    def settle(self, of: int, cash: int, *, release: bool) -> None:
        plain = self.plain[of]
        plain.forget(self.now)
        if not plain.held:
            return
        use, (rial, _until) = plain.held.popitem()
        if release:
            release_gift_card(use_id=use, now=self.now)
            plain.left += rial
            return
        new = sale_with(rial + cash, [(use, rial)])
        [sold] = record_purchases(purchases=[new], source="till", now=self.now)
        assert sold.error is None
        assert sold.purchase_id is not None
        plain.sold.append((sold.purchase_id, rial, rial + cash))

    @rule(of=st.integers(0, 1), pick=st.integers(0, 99), percent=st.integers(1, 100))
    def come_back(self, of: int, pick: int, percent: int) -> None:
        plain = self.plain[of]
        if not plain.sold:
            return
        purchase_id, rial, total = plain.sold[pick % len(plain.sold)]
        before = Purchase.objects.get(id=purchase_id).returned_rial
        part = (total - before) * percent // 100
        if part:
            record_return(
                purchase_id=purchase_id, external_id=str(new_id()), amount_rial=part, now=self.now
            )
            plain.left += rial * (before + part) // total - rial * before // total

    @rule(minutes=st.integers(1, 20))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def cards_and_books_say_what_arithmetic_says(self) -> None:
        sweep_business(now=self.now)
        for plain, issued in zip(self.plain, self.issued, strict=True):
            plain.forget(self.now)
            card = GiftCard.objects.get(id=issued.card_ids[0])
            assert card.balance_rial == plain.left
            told = issue_totals([issued.issue_id], self.now)[issued.issue_id]
            assert told.loaded_rial == told.held_rial + told.spent_rial
        held = sum(rial for plain in self.plain for rial, _until in plain.held.values())
        assert moved("till") == self.bought
        assert -moved("gift_cards") == sum(plain.left for plain in self.plain) + held
        assert broken(self.now + FAR) == []

    def _try(self, call: Callable[..., Any], **named: Any) -> str | None:
        try:
            with transaction.atomic():
                call(**named)
        except Problem as refusal:
            return refusal.code
        return None


@pytest.mark.django_db
def test_any_history_of_cards_topped_up_and_taken_back_is_plain_arithmetic():
    """C031."""
    run_state_machine_as_test(
        Cards,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
