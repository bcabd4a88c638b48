"""Taking goods or money back, never more than was sold."""

from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import blake2b
from http import HTTPStatus
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from customers.events import ReturnRecorded
from customers.models import CustomerTotals, Purchase, PurchaseLine, Return, ReturnLine
from customers.operations.people.payer import clean_code
from customers.operations.purchases.draft import CLOCK_SKEW, EARLIEST
from customers.operations.purchases.holds import lock_used
from customers.operations.returns.parts import Part, amount_of, parts_of, refusal
from customers.operations.returns.values import NewReturn, NewReturnLine, ReturnOutcome
from outbox.operations import publish


@operation
def record_return(
    *,
    purchase_id: UUID,
    external_id: str,
    now: datetime,
    amount_rial: int | None = None,
    lines: Sequence[NewReturnLine] = (),
    occurred_at: datetime | None = None,
    reason: str = "",
    source: str = "api",
) -> ReturnOutcome:
    """Record a return of lines, of an amount, or of all that is left; idempotent by external id.

    A sale of nothing comes back whole, once: what it was paid with is its buyer's again.

    Raises NotFound, Problem `return_conflict` (409: same number, other content),
    `return_exceeds_purchase` (409), `unknown_line`, `invalid_amount`, `invalid_quantity`,
    `return_mismatch`, `occurred_at_in_future`, `occurred_at_too_early`.
    """
    new = NewReturn(
        purchase_id=purchase_id,
        external_id=clean_code(external_id, "external_id"),
        amount_rial=amount_rial,
        lines=tuple(lines),
        occurred_at=occurred_at,
        reason=clean_code(reason, "reason"),
    )
    _check(new, now)
    purchase = locked_purchase(purchase_id)
    said = _fingerprint(new)
    earlier = Return.objects.filter(purchase_id=purchase.id, external_id=new.external_id).first()
    if earlier is not None:
        return _repeated(earlier, purchase, said)
    lock_used(purchase.id)
    row, parts = _written(new, purchase, said, source, now)
    _book(row, purchase, parts)
    publish([_event(row, purchase)], now=now)
    return _outcome(row, purchase, replayed=False)


def _check(new: NewReturn, now: datetime) -> None:
    if not new.external_id:
        raise refusal("external_id_missing", _("Give the return your own number."), "external_id")
    moment = new.occurred_at or now
    if moment > now + CLOCK_SKEW:
        raise refusal(
            "occurred_at_in_future", _("The time of this return has not come yet."), "occurred_at"
        )
    if moment < EARLIEST:
        raise refusal(
            "occurred_at_too_early",
            _("This return is dated before 1990; is a Jalali year sent as a Gregorian one?"),
            "occurred_at",
        )


def _written(
    new: NewReturn, purchase: Purchase, said: bytes, source: str, now: datetime
) -> tuple[Return, list[Part]]:
    parts = parts_of(purchase, new.lines, new.amount_rial)
    amount = amount_of(purchase, parts, new.amount_rial)
    moment = new.occurred_at or now
    row = Return.objects.create(
        purchase_id=purchase.id,
        external_id=new.external_id,
        amount_rial=amount,
        returned_so_far_rial=purchase.returned_rial + amount,
        occurred_at=moment,
        local_date=business_day(moment, business_by_id(active_business_id()).timezone),
        reason=new.reason,
        source=source,
        fingerprint=said,
        recorded_at=now,
    )
    return row, parts


def locked_purchase(purchase_id: UUID) -> Purchase:
    """Return a sale, its row locked: nothing of it comes back meanwhile. Raises NotFound."""
    purchase = Purchase.objects.select_for_update().filter(id=purchase_id).first()
    if purchase is None:
        raise NotFound(_("There is no such purchase."))
    return purchase


def lock_purchases(purchase_ids: Collection[UUID]) -> None:
    """Lock sales in order of id: nothing of them comes back meanwhile."""
    rows = Purchase.objects.select_for_update(no_key=True).filter(id__in=purchase_ids)
    list(rows.order_by("id").values_list("id"))


def _book(row: Return, purchase: Purchase, parts: Sequence[Part]) -> None:
    Purchase.objects.filter(id=purchase.id).update(
        returned_rial=F("returned_rial") + row.amount_rial
    )
    for part in parts:
        PurchaseLine.objects.filter(id=part.line.id).update(
            returned_rial=F("returned_rial") + part.amount_rial
        )
    ReturnLine.objects.bulk_create(
        ReturnLine(
            parent_id=row.id,
            purchase_line_id=part.line.id,
            quantity=part.quantity,
            amount_rial=part.amount_rial,
        )
        for part in parts
    )
    if purchase.customer_id:
        CustomerTotals.objects.filter(id=purchase.customer_id).update(
            returned_rial=F("returned_rial") + row.amount_rial
        )


def _fingerprint(new: NewReturn) -> bytes:
    parts = [(line.position, line.sku, str(line.quantity), line.amount_rial) for line in new.lines]
    said = [new.amount_rial, parts, new.occurred_at, new.reason]
    return blake2b(to_json(said), digest_size=16).digest()


def _repeated(earlier: Return, purchase: Purchase, said: bytes) -> ReturnOutcome:
    if bytes(earlier.fingerprint) != said:
        raise Problem(
            "return_conflict",
            _("Another return was already recorded under this number."),
            status=HTTPStatus.CONFLICT,
            fields={"external_id": [_("This number is already in use.")]},
            extra={"return_id": str(earlier.id)},
        )
    return _outcome(earlier, purchase, replayed=True)


def _outcome(row: Return, purchase: Purchase, *, replayed: bool) -> ReturnOutcome:
    return ReturnOutcome(
        return_id=row.id,
        purchase_id=purchase.id,
        customer_id=purchase.customer_id,
        amount_rial=row.amount_rial,
        purchase_total_rial=purchase.total_rial,
        returned_so_far_rial=row.returned_so_far_rial,
        replayed=replayed,
    )


def _event(row: Return, purchase: Purchase) -> ReturnRecorded:
    return ReturnRecorded(
        return_id=row.id,
        purchase_id=purchase.id,
        customer_id=purchase.customer_id,
        amount_rial=row.amount_rial,
        purchase_total_rial=purchase.total_rial,
        returned_so_far_rial=row.returned_so_far_rial,
        occurred_at=row.occurred_at,
    )
