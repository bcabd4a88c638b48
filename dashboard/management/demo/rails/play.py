"""The shop on stage: scenes in order of time, the product's own workers looking in between."""

import heapq
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from core.calendar import TEHRAN, business_day
from core.errors import Problem
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, find_or_create
from dashboard.management.demo.rails.bank import Bank, card_number
from dashboard.management.demo.trades import Item
from loyalty.operations.memberships import step_due
from messaging.operations import send_due
from outbox.operations import deliver_due
from payments.operations import (
    Asked,
    create_payment,
    handle_callback,
    poll_due,
    start_attempt,
)

# What happens at a moment; what it returns is nobody's.
Scene = Callable[[datetime], object]
OWN_CARD: Final = ""
_TO_THE_BANK: Final = timedelta(seconds=40)
_AT_THE_BANK: Final = timedelta(seconds=90)
_FEW: Final = 20
_FIRST_CARD: Final = 500_000_000


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of the year's story, with a card of their own."""

    mobile: str
    name: str
    card: str

    @property
    def hint(self) -> CustomerHint:
        """Return how a payment names them."""
        return CustomerHint(mobile=self.mobile, name=self.name)


@dataclass(slots=True)
class Play:
    """One business, its bank, its buyers, and the scenes still to come."""

    business_id: UUID
    bank: Bank
    buyers: Sequence[Buyer]
    items: Sequence[Item]
    dice: random.Random
    _scenes: list[tuple[datetime, int, Scene]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def at(self, moment: datetime, scene: Scene) -> None:
        """Let something happen at a moment."""
        heapq.heappush(self._scenes, (moment, next(self._numbers), scene))

    def run(self, until: datetime) -> None:
        """Play every scene before a moment; scenes may bring others."""
        while self._scenes and self._scenes[0][0] < until:
            moment, _number, scene = heapq.heappop(self._scenes)
            self.bank.reach(moment)
            scene(moment)

    def work(self, now: datetime) -> None:
        """Do what workers do: money first, a few events and messages. Needs the worker's role.

        Queues are everybody's; what the other shops left there is for the real workers.
        """
        poll_due(now=now)
        step_due(now=now)
        deliver_due(now=now, limit=_FEW)
        send_due(now=now)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Act for the business in a commit of its own."""
        with acting_for(self.business_id, durable=True):
            yield

    @staticmethod
    def day(moment: datetime) -> date:
        """Return the shop's day of a moment."""
        return business_day(moment, TEHRAN)

    @staticmethod
    def noon(day: date) -> datetime:
        """Return noon of a day of the shop."""
        return datetime.combine(day, time(12), tzinfo=TEHRAN)

    def customer_id(self, buyer: Buyer, now: datetime) -> UUID:
        """Return a buyer's profile."""
        with self.acting():
            return find_or_create(customer=buyer.hint, source="demo", now=now).customer_id

    def basket(self) -> tuple[NewLine, ...]:
        """Return one to three things of the shop."""
        return tuple(
            NewLine(
                sku=item.sku,
                name=item.name,
                category=item.category,
                unit_price_rial=item.price_rial,
                attributes=(
                    {item.attribute: self.dice.choice(item.choices)} if item.choices else {}
                ),
            )
            for item in self.dice.sample(list(self.items), self.dice.choice((1, 1, 2, 3)))
        )

    def ask(
        self,
        number: str,
        buyer: Buyer,
        now: datetime,
        *,
        rial: int = 0,
        what: str = "",
        lines: Sequence[NewLine] = (),
    ) -> Asked:
        """Ask a buyer for a basket's worth, or for a sum."""
        worth = rial or sum(line.unit_price_rial for line in lines)
        with self.acting():
            return create_payment(
                external_id=number,
                amount_rial=worth,
                description=what or "، ".join(line.name for line in lines),
                customer=buyer.hint,
                lines=lines,
                now=now,
            )

    def pay(self, payment_id: UUID, card: str, now: datetime) -> bool:
        """Go to the bank, use a card and come back; tell whether a browser came back."""
        moment = now + _TO_THE_BANK
        try:
            way = start_attempt(business_id=self.business_id, payment_id=payment_id, now=moment)
        except Problem:
            return False
        back = self.bank.pay(way.url, card)
        if back is not None:
            handle_callback(token=back.token, params=back.params, now=moment + _AT_THE_BANK)
        return back is not None

    def buy(
        self, number: str, buyer: Buyer, now: datetime, *, rial: int = 0, what: str = ""
    ) -> Asked:
        """Ask, pay with the buyer's own card, come back."""
        lines = () if rial else self.basket()
        asked = self.ask(number, buyer, now, rial=rial, what=what, lines=lines)
        self.pay(asked.id, buyer.card, now)
        return asked


def buyers_of(people: Sequence[tuple[str, str]]) -> list[Buyer]:
    """Give each (mobile, name) a card."""
    return [
        Buyer(mobile, name, card_number(_FIRST_CARD + number))
        for number, (mobile, name) in enumerate(people)
    ]
