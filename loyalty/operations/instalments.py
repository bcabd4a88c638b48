"""Points for what was bought on credit: earned as its instalments are paid, not before."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.calendar import business_day
from core.tenancy import operation
from loyalty.enums import EntryKind, LotOrigin
from loyalty.models import Lot, Wallet
from loyalty.operations.activity import keep_active
from loyalty.operations.movements import (
    Cause,
    consume,
    grant,
    move_balance,
    record,
    settled_wallet,
)
from loyalty.queries.lives import life_of
from loyalty.queries.multiplier import earning_multiplier
from loyalty.queries.programme import Terms, terms

_NOTHING: Final = 0


@operation
def earn_instalment(
    *, payment_id: UUID, customer_id: UUID, base_rial: int, number: int, now: datetime
) -> int:
    """Grant the points of a paid instalment, once a payment; return how many.

    The lot carries the payment's id, so a second telling finds it. The rule's minimum and cap are
    those of an order and hold for each instalment.
    """
    current = terms()
    if current is None:
        return _NOTHING
    wallet = settled_wallet(customer_id, current, now)
    if wallet.left_at is not None or Lot.objects.filter(id=payment_id).exists():
        return _NOTHING
    times = earning_multiplier(customer_id, current, now)
    points = current.points_for(base_rial, times.num, times.den)
    if points:
        facts = _facts(current, base_rial, number, points) | times.because
        cause = Cause(EntryKind.EARN, data=facts)
        today = business_day(now, current.zone)
        grant(
            wallet,
            points,
            cause,
            now,
            origin=LotOrigin.INSTALMENT,
            life=life_of(current, today),
            lot_id=payment_id,
            base_rial=base_rial,
        )
        keep_active({wallet.id: today}, current, now)
    return points


@operation
def take_back_instalment(*, payment_id: UUID, now: datetime) -> int:
    """Take the points of an instalment back whose money went back; return how many.

    What was spent already becomes a negative balance down to the programme's bound. Repeatable:
    a lot gives back what it earned once.
    """
    current = terms()
    lot = Lot.objects.filter(id=payment_id, origin=LotOrigin.INSTALMENT).first()
    if current is None or lot is None or lot.customer_id is None:
        return _NOTHING
    wallet = settled_wallet(lot.customer_id, current, now)
    lot.refresh_from_db()
    wanted = lot.earned_points - lot.reversed_points
    if not wanted:
        return _NOTHING
    Lot.objects.filter(id=lot.id).update(reversed_points=lot.earned_points)
    facts = {"instalment": True, "wanted": wanted, "lot": str(lot.id)}
    taken = consume(wallet.id, wanted, Cause(EntryKind.CLAWBACK, data=facts), now)
    return taken + _owe(wallet, wanted - taken, facts, now)


def _owe(wallet: Wallet, points: int, facts: dict[str, Any], now: datetime) -> int:
    """Go below zero for what was spent already, down to the bound; the rest is let go."""
    if not points:
        return _NOTHING
    wallet.refresh_from_db()
    room = max(0, wallet.balance_points + wallet.negative_cap_points)
    owed = min(points, room)
    why = facts | {"owed": owed, "forgiven": points - owed}
    record(Cause(EntryKind.CLAWBACK, data=why), now, wallet.id, None, -owed)
    move_balance(wallet, -owed)
    return owed


def _facts(current: Terms, base_rial: int, number: int, points: int) -> dict[str, object]:
    most = {"most": points} if points == current.cap_points else {}
    return {
        "base_rial": base_rial,
        "num": current.points_num,
        "den": current.points_den,
        "rule": current.rule_version,
        "tier": "",
        "instalment": number,
        **most,
    }
