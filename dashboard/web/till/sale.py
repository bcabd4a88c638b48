"""Recording what was typed: the sale, then the points that pay for a part of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.queries import employee_of_login
from core.errors import Problem
from core.tenancy import acting_for
from customers.enums import Channel, TenderMethod
from customers.operations import NewPurchase, NewTender, PurchaseOutcome, record_purchases
from customers.queries.sales import purchase_rows
from dashboard.web.till.holding import Holding, hold
from dashboard.web.till.whose import customer_of
from loyalty.operations import commit_redemption, reserve_redemption
from loyalty.operations.till import demand_spending_code
from loyalty.queries.offers import preview


def sell(
    business_id: UUID, data: dict[str, Any], now: datetime, seller_id: UUID | None = None
) -> UUID | None:
    """Record a sale typed at the till; pay with points, card and credit as typed.

    Returns the purchase's id; the same `sale_id` again returns the first one's. Coupon, gift card
    and store credit are held in a commit of their own, before the sale takes the customer's locks,
    and let go of unless the sale used them. It is the sale of the employee who signs in as
    `seller_id`. Raises Problem, among others `insufficient_points`.
    """
    with acting_for(business_id):
        held = Holding() if _known(data) else hold(data, now)
    try:
        _demand_code(business_id, data, held, now)
        with acting_for(business_id):
            return _sell(data | {"seller": code_of(seller_id)}, held, now)
    finally:
        if held.card or held.coupons or held.credit:
            with acting_for(business_id):
                held.let_go(now)


def _sell(data: dict[str, Any], held: Holding, now: datetime) -> UUID | None:
    known = _known(data)
    if known is not None:
        return known
    customer_id = customer_of(data["mobile"])
    rest = held.to_pay(data) - held.by_card - held.by_credit
    points, worth = 0, 0
    if data.get("redeem") and customer_id and rest:
        points, worth = _offer(data, rest, customer_id, now)
    outcome = _record(data, _tenders(data, worth, held), held, now)
    # After the sale: every till takes the customer's locks in the same order.
    if customer_id and points and not outcome.replayed:
        spent = reserve_redemption(customer_id=customer_id, points=points, now=now)
        commit_redemption(redemption_id=spent.id, purchase_id=outcome.purchase_id, now=now)
    return outcome.purchase_id


def _demand_code(business_id: UUID, data: dict[str, Any], held: Holding, now: datetime) -> None:
    """Use up the customer's code where so much of theirs is spent that it is needed."""
    with acting_for(business_id):
        spends = data.get("redeem") and data["mobile"] and _known(data) is None
        customer_id = customer_of(data["mobile"]) if spends or held.credit else None
        rest = held.to_pay(data) - held.by_card - held.by_credit
        worth = _offer(data, rest, customer_id, now)[1] if spends and customer_id and rest else 0
        worth += held.by_credit
    if customer_id and worth:
        demand_spending_code(
            business_id=business_id,
            customer_id=customer_id,
            worth_rial=worth,
            code=data.get("code", ""),
            now=now,
        )


def code_of(seller_id: UUID | None) -> str | None:
    """Return the code of the employee who signs in as this user."""
    seller = employee_of_login(seller_id) if seller_id else None
    return seller.code if seller else None


def _known(data: dict[str, Any]) -> UUID | None:
    rows = purchase_rows(channel=Channel.TILL).filter(external_id=str(data["sale_id"]))
    return rows.values_list("id", flat=True).first()


def _offer(data: dict[str, Any], amount: int, customer_id: UUID, now: datetime) -> tuple[int, int]:
    """Return the points to spend on an amount and their worth in rial."""
    offer = preview(total_rial=amount, eligible_rial=amount, customer_id=customer_id, now=now)
    points = min(data["redeem"], offer.spendable_points)
    if points < 1:
        raise Problem("insufficient_points", _("There are not enough points for this."))
    return points, offer.spendable_rial // offer.spendable_points * points


def _tenders(data: dict[str, Any], by_points: int, held: Holding) -> tuple[NewTender, ...]:
    rest = held.to_pay(data) - by_points - held.by_card - held.by_credit
    paid = [NewTender(method=data["method"], amount_rial=rest)] if rest else []
    if by_points:
        paid.append(NewTender(method=TenderMethod.POINTS, amount_rial=by_points))
    if held.card:
        by_gift, use = TenderMethod.GIFT_CARD, str(held.card.id)
        paid.append(NewTender(method=by_gift, amount_rial=held.by_card, reference=use))
    for one in held.credit:
        credit, use = TenderMethod.STORE_CREDIT, str(one.id)
        paid.append(NewTender(method=credit, amount_rial=one.amount_rial, reference=use))
    return tuple(paid)


def _record(
    data: dict[str, Any], tenders: tuple[NewTender, ...], held: Holding, now: datetime
) -> PurchaseOutcome:
    sale = NewPurchase(
        external_id=str(data["sale_id"]),
        channel=Channel.TILL,
        branch_code=data["branch"] or None,
        employee_code=data["seller"],
        customer=data["mobile"],
        lines=held.lines(data),
        tenders=tenders,
        holds=tuple(one.id for one in held.coupons),
        referral_code=data.get("referral_code", ""),
    )
    (outcome,) = record_purchases(purchases=[sale], source="till", now=now)
    if outcome.error is not None:
        raise outcome.error
    return outcome
