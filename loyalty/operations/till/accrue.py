"""A device's sale: recorded as any other, its points spent with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from businesses.enums import DeviceKind
from core.errors import Problem
from customers.enums import Channel, TenderMethod
from customers.operations import NewPurchase, PurchaseOutcome, record_purchases
from customers.operations.purchases.context import INVALID as INVALID_CONTEXT
from customers.operations.purchases.context import without_context
from customers.queries.sales import purchase_rows
from loyalty.enums import TillNote, TillVerb
from loyalty.models import EarningRule, TillTransaction
from loyalty.operations.redeem import commit_redemption
from loyalty.operations.till.by_code import with_codes
from loyalty.operations.till.by_credit import with_credit
from loyalty.operations.till.values import Accrual
from loyalty.queries.receipts import ReceiptFacts, receipt_facts

SOURCE: Final = "till"
_CONTEXT: Final = "context"
# What a sale that happened can be recorded without, by the part of it a refusal names.
_LEAVE_OUT: Final[Mapping[str, tuple[TillNote, Callable[[NewPurchase], NewPurchase]]]] = (
    MappingProxyType(
        {
            "customer": (TillNote.CUSTOMER, lambda new: replace(new, customer=None)),
            "branch": (TillNote.BRANCH, lambda new: replace(new, branch_code=None)),
            "employee": (TillNote.EMPLOYEE, lambda new: replace(new, employee_code=None)),
            "referral_code": (TillNote.REFERRAL, lambda new: replace(new, referral_code="")),
            _CONTEXT: (TillNote.CONTEXT, without_context),
        }
    )
)


def accrue(row: TillTransaction, act: Accrual, device: Any, now: datetime) -> None:
    """Record the sale and spend the points that pay for it. Raises what recording does.

    A sale that came late did happen: it is recorded without what is not known of it.
    """
    named = _named(row, act)
    spent = _redemptions(row, act, named)
    act = with_credit(act, [one for one in named if one.credit_uses])
    act = with_codes(act, _channel(device), now)
    outcome = _recorded(row, _sale(row, act, device), now)
    row.purchase_id, row.total_rial = outcome.purchase_id, outcome.total_rial
    if row.is_late:
        _note_rules(row)
    for redemption_id in spent:
        _commit(row, redemption_id, now)
    row.answer = _answer(outcome, now)


def _sale(row: TillTransaction, act: Accrual, device: Any) -> NewPurchase:
    is_browser = _channel(device) == Channel.TILL
    own_branch = device.branch.code if device.branch else None
    return NewPurchase(
        # A sale of the till page has one number, whether it is sent at once or late.
        external_id=act.number if is_browser else f"{device.code}:{act.number}",
        channel=_channel(device),
        occurred_at=row.happened_at if row.is_late else None,
        branch_code=act.branch_code or own_branch,
        employee_code=act.employee_code,
        customer=act.customer,
        lines=act.lines,
        tenders=act.tenders,
        holds=act.holds,
        referral_code=act.referral_code,
        context=act.context,
    )


def _channel(device: Any) -> Channel:
    return Channel.TILL if device.kind == DeviceKind.BROWSER else Channel.POS


def _recorded(row: TillTransaction, new: NewPurchase, now: datetime) -> PurchaseOutcome:
    arrived = _arrived_before(new) if row.is_late else None
    while arrived is None:
        (outcome,) = record_purchases(purchases=[new], source=SOURCE, now=now)
        if outcome.error is None:
            return outcome
        new = _without_unknown(row, new, outcome.error)
    return arrived


def _arrived_before(new: NewPurchase) -> PurchaseOutcome | None:
    """Return the sale that came at once though its device never heard so."""
    found = purchase_rows(channel=new.channel).filter(external_id=new.external_id).first()
    if found is None:
        return None
    paid = sum(tender.amount_rial for tender in new.tenders)
    if paid not in {0, found.total_rial}:
        detail = _("Another purchase was already recorded under this number in this channel.")
        raise Problem("purchase_conflict", detail, status=HTTPStatus.CONFLICT)
    return PurchaseOutcome(
        purchase_id=found.id,
        customer_id=found.customer_id,
        total_rial=found.total_rial,
        replayed=True,
    )


def _without_unknown(row: TillTransaction, new: NewPurchase, problem: Problem) -> NewPurchase:
    """Return the sale without what was refused of it, noted. Raises the problem otherwise."""
    named = {path.partition(".")[0] for path in problem.fields}
    if problem.code == INVALID_CONTEXT:
        named = {_CONTEXT}
    known = [part for part in named if part in _LEAVE_OUT]
    if not row.is_late or not known:
        raise problem
    for part in known:
        note, left = _LEAVE_OUT[part]
        if note.value in row.notes:
            raise problem
        row.notes, new = [*row.notes, note.value], left(new)
    return new


def _named(row: TillTransaction, act: Accrual) -> list[TillTransaction]:
    """Return what this device held before under the numbers a sale names."""
    rows = TillTransaction.objects.filter(
        device=row.device_id, verb=TillVerb.REDEEM, number__in=act.redemptions
    )
    return list(rows.order_by("id"))


def _redemptions(
    row: TillTransaction, act: Accrual, named: Sequence[TillTransaction]
) -> list[UUID]:
    """Return the redemptions that pay for a sale; together they are its tenders by points."""
    held = [(one.redemption_id, one.total_rial) for one in named if one.redemption_id is not None]
    known = len(held) + sum(1 for one in named if one.credit_uses)
    by_points = sum(t.amount_rial for t in act.tenders if t.method == TenderMethod.POINTS)
    agrees = known == len(set(act.redemptions)) and by_points == sum(w for _id, w in held)
    if not agrees and not row.is_late:
        detail = _("What is paid by points is not what this device spent for it.")
        raise Problem("points_mismatch", detail, fields={"redemptions": [detail]})
    if not agrees:
        row.notes = [*row.notes, TillNote.POINTS.value]
    return [one for one, _worth in held] if agrees else []


def _commit(row: TillTransaction, redemption_id: UUID, now: datetime) -> None:
    try:
        commit_redemption(redemption_id=redemption_id, purchase_id=row.purchase_id, now=now)
    except Problem:
        if not row.is_late:
            raise
        row.notes = [*row.notes, TillNote.POINTS.value]


def _note_rules(row: TillTransaction) -> None:
    later = EarningRule.objects.filter(version__gt=1, starts_at__gt=row.happened_at)
    if later.exists():
        row.notes = [*row.notes, TillNote.RULES.value]


def _answer(outcome: PurchaseOutcome, now: datetime) -> dict[str, Any]:
    purchase_id = outcome.purchase_id
    facts = receipt_facts([purchase_id], now).get(purchase_id) if purchase_id else None
    return {
        "purchase_id": str(purchase_id),
        "customer_id": str(outcome.customer_id) if outcome.customer_id else None,
        "total": outcome.total_rial,
        **_points(facts),
    }


def _points(facts: ReceiptFacts | None) -> dict[str, Any]:
    if facts is None:
        return {"points": None, "tier": None}
    told = facts.points
    return {
        "points": {
            "earned": told.earned,
            "pending": told.pending + told.contingent,
            "balance": told.balance,
            "value_rial": told.value_rial,
        },
        "tier": facts.tier.name if facts.tier else None,
    }
