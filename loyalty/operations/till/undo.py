"""Undoing what a device did: the sale is taken back, points return to their lots."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Problem
from customers.operations import locked_purchase, record_return
from customers.operations.returns.parts import can_come_back
from loyalty.enums import RedemptionState, TillState, TillVerb
from loyalty.models import TillTransaction
from loyalty.operations.redeem import release_redemption, undo_final_redemption
from loyalty.operations.till.by_credit import let_credit_go
from loyalty.operations.till.values import Reversal
from loyalty.queries.offers import redemption_by_id


def undo(row: TillTransaction, act: Reversal, device: Any, now: datetime) -> None:
    """Undo what stands under another number; remembered when that has not come yet (rule R26).

    Undoing what is undone, or was refused, changes nothing. Raises Problem `not_reversible` or
    `redemption_committed` (both 409).
    """
    del device
    targets = TillTransaction.objects.select_for_update()
    target = targets.filter(device=row.device_id, number=act.reverses).first()
    row.answer = {"reverses": act.reverses, "found": target is not None}
    if target is None:
        return
    if target.verb == TillVerb.REVERSE:
        raise _conflict("not_reversible", _("What was undone stays undone."))
    if target.state != TillState.DONE:
        return
    if target.verb == TillVerb.ACCRUE:
        _take_back(target, row, act, now)
    else:
        _give_back(target, now)
    target.state = TillState.REVERSED
    target.save(update_fields=["state"])
    row.total_rial = target.total_rial


def _take_back(target: TillTransaction, row: TillTransaction, act: Reversal, now: datetime) -> None:
    if target.purchase_id is None:
        return
    purchase = locked_purchase(target.purchase_id)
    if can_come_back(purchase):
        record_return(
            purchase_id=purchase.id,
            external_id=f"till:{row.number}",
            reason=act.reason or _("Undone at the till"),
            source="till",
            now=now,
        )


def _give_back(target: TillTransaction, now: datetime) -> None:
    if target.credit_uses:
        let_credit_go(target, now)
    if target.redemption_id is None:
        return
    redemption = redemption_by_id(target.redemption_id)
    if redemption.state == RedemptionState.RESERVED:
        release_redemption(redemption_id=redemption.id, now=now)
    elif redemption.state == RedemptionState.COMMITTED:
        undo_final_redemption(redemption_id=redemption.id, now=now)


def _conflict(code: str, detail: str) -> Problem:
    return Problem(code, detail, status=HTTPStatus.CONFLICT)
