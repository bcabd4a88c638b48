"""Store credit at a device: held under its number, spent with the sale (C113, ADR 77).

A hold may be several uses, one for each filling; the device knows one number and one amount.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from core.tenancy import part_of_operation
from customers.enums import TenderMethod
from customers.operations import NewTender
from loyalty.enums import RedemptionState
from loyalty.models import GiftCardUse, StoreCredit, TillTransaction
from loyalty.operations.credit.fill import conflict
from loyalty.operations.credit.spend import hold_store_credit
from loyalty.operations.gift_cards.use import release_gift_card
from loyalty.operations.till.values import Accrual, Spending
from loyalty.queries.credit import credit_of


@part_of_operation
def hold_credit(row: TillTransaction, act: Spending, customer_id: UUID, now: datetime) -> None:
    """Hold a customer's store credit for the sale that will name this number.

    Raises Problem `store_credit_needs_sale` and those of `hold_store_credit`.
    """
    if act.final:
        detail = _("Store credit pays for a sale; it is not spent without one.")
        raise Problem("store_credit_needs_sale", detail, fields={"final": [detail]})
    uses = hold_store_credit(
        customer_id=customer_id, most_rial=act.store_credit_rial, exact=True, now=now
    )
    filling = StoreCredit.objects.get(card=uses[0].card_id)
    row.store_credit_id, row.credit_uses = filling.id, [use.id for use in uses]
    row.total_rial = act.store_credit_rial
    row.answer = {
        "customer_id": str(filling.customer_id),
        "store_credit": act.store_credit_rial,
        "value_rial": act.store_credit_rial,
        "held_until": min(use.expires_at for use in uses).isoformat(),
        "store_credit_left": credit_of(filling.customer_id, now).balance_rial,
    }


@part_of_operation
def with_credit(act: Accrual, held: Sequence[TillTransaction]) -> Accrual:
    """Return the sale with what was held under its numbers as its tenders by store credit.

    A device tells them as one sum. Raises Problem `store_credit_mismatch`.
    """
    named = {use for row in held for use in row.credit_uses}
    said = [one for one in act.tenders if _is_unnamed(one)]
    if not named and not said:
        return act
    if sum(one.amount_rial for one in said) != sum(row.total_rial for row in held):
        detail = _("What is paid by store credit is not what this device held for it.")
        raise Problem("store_credit_mismatch", detail, fields={"redemptions": [detail]})
    rest = tuple(one for one in act.tenders if not _is_unnamed(one))
    rows = GiftCardUse.objects.filter(id__in=named).order_by("card_id", "id")
    by_credit = tuple(
        NewTender(
            method=TenderMethod.STORE_CREDIT, amount_rial=use.amount_rial, reference=str(use.id)
        )
        for use in rows
    )
    return replace(act, tenders=(*rest, *by_credit))


@part_of_operation
def let_credit_go(row: TillTransaction, now: datetime) -> None:
    """Give back what is held under a number. Raises Problem `redemption_committed` (409)."""
    rows = GiftCardUse.objects.filter(id__in=row.credit_uses).order_by("card_id", "id")
    uses = list(rows.values_list("id", "state"))
    if any(state == RedemptionState.COMMITTED for _id, state in uses):
        raise _spent()
    for use_id, _state in uses:
        try:
            release_gift_card(use_id=use_id, now=now)
        except Problem as problem:
            raise _spent() from problem


def _spent() -> Problem:
    detail = _("A sale was paid with this; undo the sale, and it comes back.")
    return conflict("redemption_committed", detail)


def _is_unnamed(one: NewTender) -> bool:
    return one.method == TenderMethod.STORE_CREDIT and not one.reference
