"""The rules of points in plain Python, to run beside the ledger: lists and integers, no database.

It knows nothing of entries, wallets or SQL: a person has lots; what is owed is one number.
"""

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(eq=False, slots=True)
class PlainLot:
    """Points granted together."""

    points: int
    ready_at: datetime
    expires_at: datetime | None
    earned_at: datetime
    key: str
    left: int = 0
    is_ready: bool = False
    lapsed: int = 0
    lives: bool = False

    def is_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(eq=False, slots=True)
class PlainHold:
    """Points taken out for a checkout: what of which lot, in the order it was taken."""

    points: int
    ends_at: datetime
    state: str = "reserved"
    took: list[tuple[PlainLot, int]] = field(default_factory=list)
    back: int = 0
    purchase: str = ""


@dataclass(eq=False, slots=True)
class PlainSale:
    """What a purchase earned and how much of that its returns undid."""

    lot: PlainLot
    total: int
    undone: int = 0
    returned: int = 0


@dataclass(slots=True)
class PlainPerson:
    """One customer. `owed` is how far the balance is below zero."""

    cap: int
    grace: Callable[[datetime], datetime]
    owed: int = 0
    lots: list[PlainLot] = field(default_factory=list)
    sales: dict[str, PlainSale] = field(default_factory=dict)
    holds: dict[str, PlainHold] = field(default_factory=dict)
    kept_until: datetime | None = None
    claws: str = "unlimited"

    def be_active(self, until: datetime | None, now: datetime) -> None:
        """Keep what lives by activity until a later date; what is over stays over (rule R14)."""
        if until is None:
            return
        self.kept_until = max(until, self.kept_until or until)
        for lot in self.lots:
            if lot.left and not lot.is_over(now):
                self._keep(lot)

    def _keep(self, lot: PlainLot) -> None:
        if lot.lives and lot.expires_at and self.kept_until:
            lot.expires_at = max(lot.expires_at, self.kept_until)

    def balance(self, now: datetime) -> int:
        """Return what a reader is shown: as if time had done its work already."""
        then = copy.deepcopy(self)
        then.settle(now)
        return sum(lot.left for lot in then._live(now)) - then.owed

    def pending(self, now: datetime) -> int:
        return sum(lot.left for lot in self.lots if not lot.is_ready and lot.ready_at > now)

    def held_by_date(self) -> Counter[datetime | None]:
        """Return how many points lots hold for each date they end at."""
        held: Counter[datetime | None] = Counter()
        for lot in self.lots:
            held[lot.expires_at] += lot.left
        return +held

    def settle(self, now: datetime) -> None:
        """Let time do its work: what is due becomes spendable, repays, and expires."""
        waiting = [lot for lot in self.lots if not lot.is_ready and lot.ready_at <= now]
        for lot in sorted(waiting, key=lambda lot: (lot.ready_at, lot.key)):
            lot.is_ready = True
            self._repay(lot)
        for lot in self.lots:
            if lot.is_ready and lot.is_over(now):
                lot.lapsed += lot.left
                lot.left = 0

    def grant(self, lot: PlainLot, now: datetime) -> None:
        lot.left = lot.points
        lot.is_ready = lot.ready_at <= now
        self.lots.append(lot)
        if lot.is_ready:
            self._repay(lot)

    def hold(self, key: str, points: int, ends_at: datetime, now: datetime) -> bool:
        """Take points out, earliest expiry first; return whether there were enough."""
        self.release_overdue(now)
        if self.balance(now) < points:
            return False
        self.holds[key] = PlainHold(points, ends_at, took=self._take(points, now))
        return True

    def commit(self, key: str, purchase: str, ends_at: datetime, now: datetime) -> str:
        self.settle(now)
        held = self.holds[key]
        if held.state == "released":
            return "redemption_released"
        if held.state == "committed":
            return ""
        if held.state == "expired":
            if self.balance(now) < held.points:
                return "insufficient_points"
            held.took, held.back, held.ends_at = self._take(held.points, now), 0, ends_at
        held.state, held.purchase = "committed", purchase
        return ""

    def release(self, key: str, now: datetime) -> str:
        self.settle(now)
        held = self.holds[key]
        if held.state == "committed":
            return "redemption_committed"
        if held.state == "reserved":
            self._give_back(held, held.points, now)
        held.state = "released"
        return ""

    def release_overdue(self, now: datetime) -> None:
        self.settle(now)
        for held in self.holds.values():
            if held.state == "reserved" and held.ends_at <= now:
                self._give_back(held, held.points, now)
                held.state = "expired"

    def take_back(self, key: str, returned: int, now: datetime) -> None:
        """Undo a purchase up to what came back in sum: spent points home, earned ones away."""
        self.settle(now)
        sale = self.sales[key]
        for held in self.holds.values():
            if held.state == "committed" and held.purchase == key:
                due = held.points * returned // sale.total
                self._give_back(held, due - held.back, now)
        take = sale.lot.points * returned // sale.total - sale.undone
        sale.undone += take
        sale.returned = returned
        waiting_only = self.claws == "only_pending" and sale.lot.is_ready
        own = 0 if waiting_only else min(take, sale.lot.left)
        sale.lot.left -= own
        take -= own
        unused = min(take, sale.lot.lapsed)
        sale.lot.lapsed -= unused
        take -= unused
        if self.claws == "only_pending":
            return
        take -= sum(points for _lot, points in self._take(take, now))
        if self.claws == "within_balance":
            return
        self.owed += min(take, max(0, max(self.cap, self.owed) - self.owed))

    def forgive(self, now: datetime) -> int:
        """Let go of what is owed; return how much that was."""
        self.settle(now)
        forgiven, self.owed = self.owed, 0
        return forgiven

    def correct(self, lot: PlainLot | None, points: int, now: datetime) -> bool:
        """Add a lot, or take points off; return whether there were enough."""
        self.settle(now)
        if lot is not None:
            self.grant(lot, now)
        elif self.balance(now) < points:
            return False
        else:
            self._take(points, now)
        return True

    def _live(self, now: datetime) -> list[PlainLot]:
        live = [lot for lot in self.lots if lot.is_ready and lot.left and not lot.is_over(now)]
        return sorted(live, key=lambda lot: (lot.expires_at or _NEVER, lot.earned_at, lot.key))

    def _take(self, points: int, now: datetime) -> list[tuple[PlainLot, int]]:
        took = []
        for lot in self._live(now):
            part = min(points, lot.left)
            if part:
                lot.left -= part
                points -= part
                took.append((lot, part))
        return took

    def _give_back(self, held: PlainHold, points: int, now: datetime) -> None:
        for lot, part in self._next_back(held, max(0, points)):
            home = lot
            self._keep(lot)
            if lot.is_over(now):
                home = PlainLot(part, now, self.grace(now), now, "grace", is_ready=True)
                self.lots.append(home)
            home.left += part
            self._repay(home)
        held.back += max(0, points)

    @staticmethod
    def _next_back(held: PlainHold, points: int) -> Iterator[tuple[PlainLot, int]]:
        """Yield the next points to go home: the last taken first, after those gone before."""
        skip = held.back
        for lot, took in reversed(held.took):
            part = min(max(0, took - skip), points)
            skip = max(0, skip - took)
            points -= part
            if part:
                yield lot, part

    def _repay(self, lot: PlainLot) -> None:
        share = min(lot.left, self.owed)
        lot.left -= share
        self.owed -= share
