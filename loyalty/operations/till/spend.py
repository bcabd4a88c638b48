"""Points spent at a device; without a network only under an allowance it was given before."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound, Problem
from loyalty.models import TillTransaction
from loyalty.operations.redeem import commit_redemption, reserve_redemption
from loyalty.operations.till.by_credit import hold_credit
from loyalty.operations.till.values import Spending
from loyalty.queries.till.allowances import Allowance, read_allowance
from loyalty.queries.wallets import wallet_view


def spend(row: TillTransaction, act: Spending, device: Any, now: datetime) -> None:
    """Hold points or store credit for the sale that follows, or spend points for good.

    Raises NotFound, Problem `points_or_reward`, `store_credit_needs_sale`, `allowance_refused`
    (403) and those of `reserve_redemption` and `hold_store_credit`.
    """
    customer_id = act.customer_id
    if row.is_late:
        allowed = _allowed(row, act, device.id)
        customer_id, row.allowance = allowed.customer_id, allowed.once
    if customer_id is None:
        raise NotFound(_("There is no such customer."))
    if (act.points is not None, act.reward_id is not None, act.store_credit_rial > 0).count(
        True
    ) != 1:
        raise Problem("points_or_reward", _("Give points, a reward or store credit, one of them."))
    if act.store_credit_rial:
        hold_credit(row, act, customer_id, now)
        return
    held = reserve_redemption(
        customer_id=customer_id, points=act.points, reward_id=act.reward_id, now=now
    )
    if act.final:
        held = commit_redemption(redemption_id=held.id, now=now)
    row.redemption_id, row.total_rial = held.id, held.value_rial
    row.answer = {
        "redemption_id": str(held.id),
        "customer_id": str(held.customer_id),
        "points_spent": held.points,
        "value_rial": held.value_rial,
        "held_until": None if act.final else held.expires_at.isoformat(),
        "balance": wallet_view(held.customer_id, now).balance_points,
    }


def _allowed(row: TillTransaction, act: Spending, device_id: UUID) -> Allowance:
    """Return the allowance points were spent under while there was no network."""
    allowance = read_allowance(act.allowance)
    fits = (
        allowance is not None
        and allowance.device_id == device_id
        and allowance.given_at <= row.happened_at < allowance.until
        and 0 < (act.points or 0) <= allowance.points
    )
    if allowance is None or not fits:
        detail = _("Without a network points are spent only within an allowance given before.")
        raise Problem("allowance_refused", detail, status=HTTPStatus.FORBIDDEN)
    if TillTransaction.objects.filter(allowance=allowance.once).exists():
        detail = _("This allowance was used already.")
        raise Problem("allowance_used", detail, status=HTTPStatus.CONFLICT)
    return allowance
