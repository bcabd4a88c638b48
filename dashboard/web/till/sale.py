"""Recording what was typed: the sale, then the points that pay for a part of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import acting_for
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
from loyalty.operations.gift_cards import release_unused, reserve_gift_card
from loyalty.queries.offers import preview


def sell(business_id: UUID, data: dict[str, Any], now: datetime) -> UUID | None:
    """Record a sale typed at the till; with `redeem` and `gift_code`, pay part of it with them.

    Returns the purchase's id; the same `sale_id` again returns the first one's. What a gift card
    pays is held in a commit of its own, before the sale takes the customer's locks, and let go of
    unless the sale used it. Raises Problem, among others `insufficient_points`.
    """
    held = None
    if data.get("gift_code"):
        with acting_for(business_id):
            held = None if _known(data) else _hold(data, now)
    try:
        with acting_for(business_id):
            return _sell(data, held, now)
    finally:
        if held is not None:
            with acting_for(business_id):
                release_unused(use_id=held.id, now=now)


def _sell(data: dict[str, Any], held: Any, now: datetime) -> UUID | None:
    known = _known(data)
    if known is not None:
        return known
    customer_id = find_customer(mobile=data["mobile"]) if data["mobile"] else None
    by_card = held.amount_rial if held else 0
    points, worth = 0, 0
    if data.get("redeem") and customer_id and data["amount"] > by_card:
        points, worth = _offer(data, data["amount"] - by_card, customer_id, now)
    outcome = _record(data, _tenders(data, worth, held), now)
    # After the sale: every till takes the customer's locks in the same order.
    if customer_id and points and not outcome.replayed:
        spent = reserve_redemption(customer_id=customer_id, points=points, now=now)
        commit_redemption(redemption_id=spent.id, purchase_id=outcome.purchase_id, now=now)
    return outcome.purchase_id


def _known(data: dict[str, Any]) -> UUID | None:
    rows = purchase_rows(channel=Channel.TILL).filter(external_id=str(data["sale_id"]))
    return rows.values_list("id", flat=True).first()


def _hold(data: dict[str, Any], now: datetime) -> Any:
    code, amount = data["gift_code"], data["amount"]
    return reserve_gift_card(code=code, most_rial=amount, exact=False, now=now)


def _offer(data: dict[str, Any], amount: int, customer_id: UUID, now: datetime) -> tuple[int, int]:
    """Return the points to spend on an amount and their worth in rial."""
    offer = preview(total_rial=amount, eligible_rial=amount, customer_id=customer_id, now=now)
    points = min(data["redeem"], offer.spendable_points)
    if points < 1:
        raise Problem("insufficient_points", _("There are not enough points for this."))
    return points, offer.spendable_rial // offer.spendable_points * points


def _tenders(data: dict[str, Any], by_points: int, held: Any) -> tuple[NewTender, ...]:
    by_card = held.amount_rial if held else 0
    rest = data["amount"] - by_points - by_card
    paid = [NewTender(method=data["method"], amount_rial=rest)] if rest else []
    if by_points:
        paid.append(NewTender(method=TenderMethod.POINTS, amount_rial=by_points))
    if held:
        by_gift = TenderMethod.GIFT_CARD
        paid.append(NewTender(method=by_gift, amount_rial=by_card, reference=str(held.id)))
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
