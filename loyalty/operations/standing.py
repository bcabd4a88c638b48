"""Customers moving between tiers: up at once, down only when their window is over (rule R29)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from core.tenancy.prepared import Prepared
from core.text import normalise
from loyalty.enums import TierFall, TierWindow
from loyalty.events import TierChanged
from loyalty.models import CustomerTier, Tier, Wallet
from loyalty.queries.fresh_tiers import Rises, risen_from
from loyalty.queries.programme import Terms, terms
from loyalty.queries.standing import held_tier, tier_for
from loyalty.queries.windows import (
    Counted,
    began_of,
    counted_since,
    first_purchases,
    next_look,
)
from outbox.operations import publish

BATCH: Final = 500
# Asked in the sale of whoever may rise: nearly always nobody.
_DUE: Final = Prepared(
    """
SELECT id FROM loyalty_wallet WHERE business_id = %(business)s AND id = ANY(%(customers)s::uuid[])
    AND (%(rolls)s OR window_ends_at <= %(now)s)
""",
    business="uuid",
    customers="uuid[]",
    rolls="boolean",
    now="timestamptz",
)
_JUDGED: Final = ("qualifying_rial", "window_ends_at", "grace_until", "grace_rial")


def promote(wallet: Wallet, current: Terms, now: datetime) -> None:
    """Raise the customer of a locked wallet to the tier what counts reached, if higher."""
    look_at([wallet], current, now)
    reached, held = tier_for(wallet.qualifying_rial), held_tier(wallet.id)
    if reached and reached.position > (held.tier.position if held else _lowest()):
        stand(wallet.id, reached, now, is_upgrade=True, before=risen_from(held, current, now))


@operation
def grant_tier(
    *,
    customer_id: UUID,
    tier_id: UUID,
    until: datetime,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Put a customer into a tier by hand until a day; evaluation leaves it alone (rule R32).

    Raises NotFound for another business's tier, Problem `reason_missing` or `invalid_date`.
    """
    tier = Tier.objects.filter(id=tier_id).first()
    if tier is None:
        raise NotFound(_("There is no such tier."))
    why = normalise(reason)
    if not why:
        raise Problem("reason_missing", _("Say why the tier is granted."))
    if until <= now:
        raise Problem("invalid_date", _("Give a day in the future."))
    held = held_tier(customer_id)
    up = tier.position > (held.tier.position if held else _lowest())
    stand(customer_id, tier, now, is_upgrade=up, granted_until=until, reason=why)
    data = {"tier": tier.name, "reason": why}
    record_audit(action="tier.granted", subject=str(customer_id), data=data, actor=actor, now=now)


@operation
def close_windows(*, now: datetime) -> int:
    """Judge customers whose tier window or days of grace are over; return how many."""
    current = terms()
    if current is None:
        return 0
    ended = Wallet.objects.select_for_update(skip_locked=True).filter(
        Q(window_ends_at__lte=now) | Q(grace_until__lte=now), joined_to=None, left_at=None
    )
    wallets = list(ended.order_by("id")[:BATCH])
    look_at(wallets, current, now)
    return len(wallets)


def look_at_due(customer_ids: Collection[UUID], current: Terms, now: datetime) -> None:
    """Bring what counts for customers up to now, as the sweeper will: their wallets are locked."""
    values = {
        "business": active_business_id(),
        "customers": list(customer_ids),
        "rolls": current.window.rolls,
        "now": now,
    }
    due = [row[0] for row in _DUE.rows(values)]
    if due:
        look_at(list(Wallet.objects.filter(id__in=due).order_by("id")), current, now)


def look_at(wallets: Sequence[Wallet], current: Terms, now: datetime) -> None:
    """Judge locked wallets whose window or grace is over; where it rolls, count anew in any case.

    A sweeper that comes late changes nothing: what was bought since an end is in the next window.
    """
    rolls = current.window.rolls
    due = [one for one in wallets if rolls or _is_due(one, now)]
    if not due:
        return
    ids = [one.id for one in due]
    counted = counted_since({one.id: _since(one, current, now) for one in due})
    yearly = current.tier_window == TierWindow.ANNIVERSARY
    judge = _Judge(
        current=current,
        now=now,
        held={one.id: one for one in _held(ids)},
        firsts=first_purchases(ids) if yearly else {},
    )
    for one in due:
        bought = counted.get(one.id, [])
        if rolls:
            judge.roll(one, bought)
        else:
            judge.close(one, bought)
    Wallet.objects.bulk_update(due, _JUDGED)


def _is_due(wallet: Wallet, now: datetime) -> bool:
    in_grace = wallet.grace_until is not None and wallet.grace_until <= now
    return in_grace or wallet.window_ends_at <= now


def _since(wallet: Wallet, current: Terms, now: datetime) -> datetime:
    """Return from when on purchases are asked for: with days of grace from the window's start."""
    if current.window.rolls or wallet.grace_until is not None:
        return began_of(wallet, current.window, now)
    return wallet.window_ends_at


def _between(wallet: Wallet, bought: Counted, current: Terms) -> int:
    """Return what was bought from the end of the window before to the end of the days of grace."""
    began, until = current.window.began(wallet.window_ends_at), wallet.grace_until
    return sum(rial for at, rial in bought if until is not None and began <= at < until)


def _held(ids: Collection[UUID]) -> list[CustomerTier]:
    return list(CustomerTier.objects.select_related("tier").filter(id__in=ids))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges wallets by one programme at one moment; what was decided is written to them."""

    current: Terms
    now: datetime
    held: dict[UUID, CustomerTier]
    firsts: Mapping[UUID, datetime]

    def close(self, wallet: Wallet, bought: Counted) -> None:
        """Judge each window and days of grace that are over, in their order."""
        while True:
            until, end = wallet.grace_until, wallet.window_ends_at
            if until is not None and until <= min(end, self.now):
                self._end_grace(wallet, _between(wallet, bought, self.current))
            elif end <= self.now:
                self._close(wallet, bought)
            else:
                break
        self._lacks(wallet, wallet.qualifying_rial)  # enough in the new window already: it rises

    def _close(self, wallet: Wallet, bought: Counted) -> None:
        """Judge what a window came to, and begin the next with what was bought since."""
        end = wallet.window_ends_at
        since = sum(rial for at, rial in bought if at >= end)
        total = max(0, wallet.qualifying_rial - since)
        wallet.window_ends_at, wallet.qualifying_rial = self._next_end(wallet), since
        if not self._lacks(wallet, total):
            wallet.grace_until, wallet.grace_rial = None, 0
        elif wallet.grace_until is None:
            self._begin_grace(wallet, end, total)
        else:
            wallet.grace_rial += total

    def roll(self, wallet: Wallet, bought: Counted) -> None:
        """Judge what counts now of the last days; the next look is when the oldest falls out."""
        total = sum(rial for _at, rial in bought)
        wallet.qualifying_rial = total
        due, wallet.window_ends_at = (
            wallet.window_ends_at,
            next_look(self.current.window, bought, self.now),
        )
        if not self._lacks(wallet, total):
            wallet.grace_until, wallet.grace_rial = None, 0
        elif due <= self.now and wallet.grace_until is None:
            self._begin_grace(wallet, due, total)
            wallet.grace_rial = 0  # what counts is counted anew
        if wallet.grace_until is not None and wallet.grace_until <= self.now:
            self._end_grace(wallet, total)

    def _next_end(self, wallet: Wallet) -> datetime:
        first = self.firsts.get(wallet.id)
        day = None if first is None else business_day(first, self.current.zone)
        return self.current.window.end(wallet.window_ends_at, day)

    def _lacks(self, wallet: Wallet, total: int) -> bool:
        """Tell whether a sum is too little for the tier held; a higher one is given at once."""
        held = self.held.get(wallet.id)
        if held is None or self._by_hand(held) or (earned := tier_for(total)) is None:
            return False
        if earned.position > held.tier.position:
            self._move(wallet, held, earned)
        return earned.position < held.tier.position

    def _by_hand(self, held: CustomerTier) -> bool:
        return held.granted_until is not None and held.granted_until > self.now

    def _begin_grace(self, wallet: Wallet, end: datetime, total: int) -> None:
        if self.current.tier_grace_days:
            wallet.grace_until = end + timedelta(days=self.current.tier_grace_days)
            wallet.grace_rial = total
        else:
            self._fall(wallet, total)

    def _end_grace(self, wallet: Wallet, more: int) -> None:
        """Judge once more with what was bought in the days of grace."""
        total = wallet.grace_rial + more
        wallet.grace_until, wallet.grace_rial = None, 0
        if self._lacks(wallet, total):
            self._fall(wallet, total)

    def _fall(self, wallet: Wallet, total: int) -> None:
        held, earned = self.held[wallet.id], tier_for(total)
        if earned is None or self.current.tier_fall == TierFall.NEVER:
            return
        if self.current.tier_fall == TierFall.ONE_LEVEL:
            below = Tier.objects.filter(position__lt=held.tier.position).order_by("-position")
            earned = below.first() or earned
        self._move(wallet, held, earned)

    def _move(self, wallet: Wallet, held: CustomerTier, tier: Tier) -> None:
        up = tier.position > held.tier.position
        before = risen_from(held, self.current, self.now) if up else ()
        self.held[wallet.id] = stand(wallet.id, tier, self.now, is_upgrade=up, before=before)


def _lowest() -> int:
    base = Tier.objects.filter(threshold_rial=0).first()
    return -1 if base is None else base.position


def stand(
    customer_id: UUID,
    tier: Tier,
    now: datetime,
    *,
    is_upgrade: bool,
    granted_until: datetime | None = None,
    reason: str = "",
    since: datetime | None = None,
    before: Rises = (),
) -> CustomerTier:
    """Put a customer into a tier and tell so."""
    row, _created = CustomerTier.objects.update_or_create(
        id=customer_id,
        defaults={
            "customer_id": customer_id,
            "tier": tier,
            "since": since or now,
            "granted_until": granted_until,
            "reason": reason,
            "before": list(before),
        },
    )
    event = TierChanged(
        customer_id=customer_id, tier_id=tier.id, tier_name=tier.name, is_upgrade=is_upgrade
    )
    publish([event], now=now)
    return row
