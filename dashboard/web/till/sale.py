"""Recording what was typed: the sale, then the points that pay for a part of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from customers.enums import Channel, TenderMethod
from customers.operations import (
    CustomerHint,
    NewPurchase,
    NewTender,
    PurchaseOutcome,
    record_purchases,
)
from customers.queries.people import find_customer
from customers.queries.sales import purchase_rows
from loyalty.operations import commit_redemption, reserve_redemption
from loyalty.queries.offers import preview


def sell(data: dict[str, Any], now: datetime) -> UUID | None:
    """Record a sale typed at the till; with `redeem`, pay part of it with points.

    Returns the purchase's id; the same `sale_id` again returns the first one's. Raises Problem,
    among others `insufficient_points`.
    """
    sale_id = str(data["sale_id"])
    known = purchase_rows(channel=Channel.TILL).filter(external_id=sale_id).first()
    if known is not None:
        return known.id
    customer_id = find_customer(mobile=data["mobile"]) if data["mobile"] else None
    points, worth = 0, 0
    if data.get("redeem") and customer_id:
        points, worth = _offer(data, customer_id, now)
    outcome = _record(data, _tenders(data, worth), now)
    # After the sale: every till takes the customer's locks in the same order.
    if customer_id and points and not outcome.replayed:
        held = reserve_redemption(customer_id=customer_id, points=points, now=now)
        commit_redemption(redemption_id=held.id, purchase_id=outcome.purchase_id, now=now)
    return outcome.purchase_id


def _offer(data: dict[str, Any], customer_id: UUID, now: datetime) -> tuple[int, int]:
    """Return the points to spend and their worth in rial."""
    amount = data["amount"]
    offer = preview(total_rial=amount, eligible_rial=amount, customer_id=customer_id, now=now)
    points = min(data["redeem"], offer.spendable_points)
    if points < 1:
        raise Problem("insufficient_points", _("There are not enough points for this."))
    return points, offer.spendable_rial // offer.spendable_points * points


def _tenders(data: dict[str, Any], by_points: int) -> tuple[NewTender, ...]:
    rest = data["amount"] - by_points
    paid = [NewTender(method=data["method"], amount_rial=rest)] if rest else []
    if by_points:
        paid.append(NewTender(method=TenderMethod.POINTS, amount_rial=by_points))
    return tuple(paid)


def _record(data: dict[str, Any], tenders: tuple[NewTender, ...], now: datetime) -> PurchaseOutcome:
    sale = NewPurchase(
        external_id=str(data["sale_id"]),
        channel=Channel.TILL,
        branch_code=data["branch"] or None,
        customer=CustomerHint(mobile=data["mobile"]) if data["mobile"] else None,
        lines=tuple(data["lines"]),
        tenders=tenders,
    )
    (outcome,) = record_purchases(purchases=[sale], source="till", now=now)
    if outcome.error is not None:
        raise outcome.error
    return outcome
