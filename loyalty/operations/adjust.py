"""Points corrected by hand."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.calendar import business_day
from core.errors import Problem
from core.tenancy import operation
from core.text import normalise
from loyalty.enums import EntryKind, LotOrigin
from loyalty.events import PointsAdjusted
from loyalty.models import Wallet
from loyalty.operations.movements import (
    Cause,
    consume,
    demanded_terms,
    grant,
    insufficient,
    settled_wallet,
)
from loyalty.queries.programme import Terms
from outbox.operations import publish

_MAX_REASON: Final = 200


@operation
def adjust_points(
    *, customer_id: UUID, points: int, reason: str, actor: Actor | None, now: datetime
) -> int:
    """Correct a balance by hand; return the new one. `points` is signed.

    Raises Problem `reason_missing`, `invalid_points`, `no_programme` or `insufficient_points`: a
    correction never takes a balance below zero.
    """
    why = normalise(reason)[:_MAX_REASON]
    if not why:
        raise Problem("reason_missing", _("Say why the points are corrected."))
    if points == 0:
        raise Problem("invalid_points", _("Give a number of points other than zero."))
    current = demanded_terms()
    wallet = settled_wallet(customer_id, current, now)
    data = {"reason": why, "by": str(actor) if actor else ""}
    _apply(wallet, points, Cause(EntryKind.ADJUST, data=data), current, now)
    record_audit(
        action="points.adjusted",
        subject=str(customer_id),
        data={"points": points, "reason": why},
        actor=actor,
        now=now,
    )
    publish([PointsAdjusted(customer_id=customer_id, points=points, reason=why)], now=now)
    return Wallet.objects.values_list("balance_points", flat=True).get(id=customer_id)


def _apply(wallet: Wallet, points: int, cause: Cause, current: Terms, now: datetime) -> None:
    if points > 0:
        until = current.expiry(business_day(now, current.zone))
        grant(wallet, points, cause, now, origin=LotOrigin.ADJUSTMENT, expires_at=until)
    elif wallet.balance_points < -points:
        raise insufficient(wallet.balance_points)
    else:
        consume(wallet.id, -points, cause, now)
