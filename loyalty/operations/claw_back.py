"""What a return undoes: spent points go back, earned points are taken back (rules R15, R17-R22)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from core.tenancy import operation
from customers.queries.baskets_sold import goods_returned
from customers.queries.merging import ever_owned
from loyalty.enums import ClawBack, EntryKind, LotState, RedemptionState
from loyalty.models import LedgerEntry, Lot, Redemption, Wallet
from loyalty.operations.give_back import give_back
from loyalty.operations.movements import (
    Cause,
    consume,
    move_balance,
    record,
    settled_wallet,
)
from loyalty.operations.rules.give_back import give_back_limits, note_returned
from loyalty.operations.rules.meters import Key
from loyalty.operations.rules.presents.take_back import lock_presents, take_presents_back
from loyalty.operations.standing import stand
from loyalty.queries.disowned import DISOWNED
from loyalty.queries.ended import ended_unused
from loyalty.queries.fresh_tiers import counts_after, fall_after
from loyalty.queries.programme import Terms, terms
from loyalty.queries.return_waits import shares_back
from loyalty.queries.returned import Returned, cumulative
from loyalty.queries.returns import undone


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a return claims back of a purchase's lot, with the facts its number comes from."""

    lot: Lot
    facts: dict[str, Any]
    now: datetime
    policy: str = ClawBack.UNLIMITED

    @property
    def takes(self) -> bool:
        """Tell whether the lot's points may be taken: perhaps only waiting ones are."""
        waits = self.lot.state in {LotState.PENDING, LotState.CONTINGENT}
        return waits or self.policy != ClawBack.ONLY_PENDING

    def cause(self, **more: int | bool) -> Cause:
        purchase_id = self.lot.purchase_id or self.lot.part_of_id
        return Cause(EntryKind.CLAWBACK, purchase_id, data=self.facts | more)


@operation
def take_back(*, returns: Sequence[Returned], now: datetime) -> None:
    """Undo the points of returned purchases, to the point; a repeated return changes nothing.

    A return that comes before its purchase's points is remembered for them.
    """
    current = terms()
    if current is None:
        return
    owners = dict(
        Lot.objects.filter(id__in=[back.purchase_id for back in returns]).values_list(
            "id", "customer_id"
        )
    )
    lock_presents([back.purchase_id for back in returns])
    freed: Counter[Key] = Counter()
    for back in sorted(returns, key=lambda back: str(owners.get(back.purchase_id))):
        if back.purchase_id in owners:
            freed.update(_take_back(back, current, now))
        else:
            _remember(back, now)
    give_back_limits(freed)


def take_back_early(*, purchase_ids: Sequence[UUID], now: datetime) -> None:
    """Undo what was returned before the points of these purchases were posted."""
    early = LedgerEntry.objects.filter(
        kind=EntryKind.CLAWBACK, lot__isnull=True, purchase__in=purchase_ids
    ).exclude(data__returned_rial=None)
    notes = [
        Returned(
            entry.purchase_id,
            entry.data["total_rial"],
            entry.data["returned_rial"],
            disowned=DISOWNED in entry.data,
        )
        for entry in early
        if entry.purchase_id
    ]
    if notes:
        take_back(returns=notes, now=now)


def take_lot_back(*, lot_id: UUID, facts: Mapping[str, Any], current: Terms, now: datetime) -> int:
    """Take all of a given lot back, as a return would (rule R20); return how many points."""
    owner = Lot.objects.only("customer_id").get(id=lot_id).customer_id
    if owner is None:
        return 0
    wallet = settled_wallet(owner, current, now)
    lot = Lot.objects.select_for_update().get(id=lot_id)
    take = lot.earned_points - lot.reversed_points
    claim = _Claim(lot, {**facts, "lot": str(lot.id)}, now, current.clawback)
    lot.reversed_points += take
    rest = take - _from_own_lot(wallet, claim, take)
    rest -= _lapsed(claim, rest)
    if rest:
        _from_elsewhere(wallet, claim, rest, current)
    return take


def _remember(back: Returned, now: datetime) -> None:
    LedgerEntry.objects.create(
        kind=EntryKind.CLAWBACK,
        purchase_id=back.purchase_id,
        at=now,
        data={
            "total_rial": back.total_rial,
            "returned_rial": back.returned_rial,
            **_why(back),
        },
    )


def _take_back(back: Returned, current: Terms, now: datetime) -> Mapping[Key, int]:
    """Take back what a return undoes; return what limits of rules get back once all is locked."""
    owner = Lot.objects.only("customer_id").get(id=back.purchase_id).customer_id
    wallet = None if owner is None else settled_wallet(owner, current, now)
    if wallet:
        _return_spent(wallet, back, current, now)
    lot = Lot.objects.select_for_update().get(id=back.purchase_id)
    if lot.customer_id != owner:
        # The lot found its owner while we waited for it.
        return _take_back(back, current, now)
    if back.returned_rial <= lot.returned_rial:
        return {}
    if wallet and lot.state != LotState.CONTINGENT:
        _stop_progress(wallet, lot, back, current, now)
    upto, why = undone(lot, back.returned_rial, back.total_rial)
    take = max(0, upto - lot.reversed_points)
    claim = _Claim(lot, _facts(lot, back) | why, now, current.clawback)
    lot.returned_rial = back.returned_rial
    rest = _from_own_lots(wallet, claim, take)
    if wallet and rest:
        _from_elsewhere(wallet, claim, rest, current)
    freed = Counter(note_returned(lot, why.get("rules", ()), now))
    freed.update(
        take_presents_back(
            lot=lot, returned_rial=back.returned_rial, total_rial=back.total_rial, now=now
        )
    )
    return freed


def _facts(lot: Lot, back: Returned) -> dict[str, Any]:
    """Return what the taken points are computed from: ⌊of × back ÷ whole⌋ less those before."""
    return {
        "of": lot.earned_points,
        "back_rial": min(back.returned_rial, back.total_rial),
        "whole_rial": back.total_rial,
        "before": lot.reversed_points,
        **_why(back),
    }


def _why(back: Returned) -> dict[str, bool]:
    return {DISOWNED: True} if back.disowned else {}


def _return_spent(wallet: Wallet, back: Returned, current: Terms, now: datetime) -> None:
    spent = Redemption.objects.select_for_update().filter(
        purchase=back.purchase_id, state=RedemptionState.COMMITTED
    )
    for redemption in spent.order_by("id"):
        due = cumulative(redemption.points, back.returned_rial, back.total_rial)
        give_back(wallet, redemption, due - redemption.returned_points, current, now)


def _stop_progress(wallet: Wallet, lot: Lot, back: Returned, current: Terms, now: datetime) -> None:
    """Take the returned part out of the tier window it counted in (R30).

    The tier itself stays, unless it is fresh and unused and the programme takes such back.
    """
    left = counts_after(wallet, lot, back, current, now)
    if left == wallet.qualifying_rial:
        return
    wallet.qualifying_rial = left
    wallet.save(update_fields=["qualifying_rial"])
    fall = fall_after(wallet, left, back, current, now)
    if fall is not None:
        stand(wallet.id, fall.tier, now, is_upgrade=False, since=fall.since, before=fall.before)


def _from_own_lots(wallet: Wallet | None, claim: _Claim, take: int) -> int:
    """Take points out of the lots of a purchase, counting what ended unused; return the rest.

    Each of its lots gives the points of its own lines that came back. What one has no more the
    others give, pending ones first (rule R20).
    """
    whole = claim.lot
    parts = list(Lot.objects.select_for_update().filter(part_of=whole.id).order_by("id"))
    due = shares_back(whole, parts, take, goods_returned(whole.id) if parts else ())
    whole.reversed_points += take
    for part in parts:
        part.reversed_points += due[part.id]
    claims = [claim, *(replace(claim, lot=part) for part in parts)]
    rest = 0
    for one in claims:
        short = due[one.lot.id] - _from_own_lot(wallet, one, due[one.lot.id])
        rest += short - _lapsed(one, short)
    for one in sorted(claims, key=lambda one: one.lot.state != LotState.PENDING):
        rest -= _from_own_lot(wallet, one, rest) if rest and parts else 0
    for one in claims:
        rest -= _lapsed(one, rest) if parts else 0
    return rest


def _from_own_lot(wallet: Wallet | None, claim: _Claim, take: int) -> int:
    """Take points out of the purchase's own lot, in whichever state it is; return how many."""
    lot = claim.lot
    points = min(take, lot.remaining_points) if claim.takes else 0
    bucket = {
        LotState.PENDING: "pending_points",
        LotState.CONTINGENT: "contingent_points",
    }.get(LotState(lot.state), "points")
    lot.remaining_points -= points
    if points and not lot.remaining_points:
        if wallet:
            lot.state = LotState.REVERSED
        lot.state_at = claim.now
    lot.save()
    if points:
        LedgerEntry.objects.create(
            kind=EntryKind.CLAWBACK,
            customer_id=lot.customer_id,
            lot_id=lot.id,
            purchase_id=lot.purchase_id or lot.part_of_id,
            at=claim.now,
            data=claim.facts,
            **{bucket: -points},
        )
        _move_bucket(wallet, bucket, points)
    return points


def _lapsed(claim: _Claim, points: int) -> int:
    """Count points of the lot that ended unused as taken back: nobody loses them twice."""
    lot = claim.lot
    if lot.state != LotState.EXPIRED or not points:
        return 0
    owners = {lot.customer_id, *ever_owned(Lot._meta.label_lower, lot.id)}
    counted: int = min(points, ended_unused(lot.id, owners))
    if counted:
        record(claim.cause(lapsed=counted), claim.now, lot.customer_id, lot.id, 0)
    return counted


def _move_bucket(wallet: Wallet | None, bucket: str, points: int) -> None:
    if wallet and bucket == "points":
        move_balance(wallet, -points)
    elif wallet and bucket == "pending_points":
        wallet.pending_points -= points
        wallet.save(update_fields=["pending_points"])


def _from_elsewhere(wallet: Wallet, claim: _Claim, points: int, current: Terms) -> None:
    """Take from the customer's other lots, then below zero as far as the cap allows (R20).

    Less where the programme takes only what waits, or only what is there.
    """
    if claim.policy == ClawBack.ONLY_PENDING:
        _let_go(wallet, claim, points)
        return
    taken = consume(wallet.id, points, claim.cause(), claim.now)
    wallet.balance_points -= taken
    if claim.policy == ClawBack.WITHIN_BALANCE:
        _let_go(wallet, claim, points - taken)
        return
    # A cap lowered since does not forgive what is already owed.
    cap = max(current.negative_cap_points, -wallet.balance_points)
    owed = min(points - taken, wallet.balance_points + cap)
    forgiven = points - taken - owed
    wallet.negative_cap_points = cap
    wallet.save(update_fields=["negative_cap_points"])
    if owed or forgiven:
        record(claim.cause(owed=owed, forgiven=forgiven), claim.now, wallet.id, None, -owed)
        move_balance(wallet, -owed)


def _let_go(wallet: Wallet, claim: _Claim, points: int) -> None:
    """Write down what stays with the customer by the programme's choice."""
    if points:
        record(claim.cause(forgiven=points, stays=True), claim.now, wallet.id, None, 0)
