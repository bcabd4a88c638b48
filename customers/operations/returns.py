"""Taking goods or money back, never more than was sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from pydantic_core import to_json

from businesses.queries import business_by_id
from core.calendar import business_day
from core.errors import NotFound, Problem, Sentence
from core.money import format_rial
from core.tenancy import active_business_id, operation
from customers.events import ReturnRecorded
from customers.models import CustomerTotals, Purchase, PurchaseLine, Return, ReturnLine
from customers.operations.people.payer import clean_code
from customers.operations.purchases.draft import CLOCK_SKEW
from outbox.operations import publish

_PLACES: Final = Decimal("0.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReturnLine:
    """A returned line, by its position (1-based) or SKU.

    Without `amount_rial` the amount is the line's share for `quantity`; without both, all that
    is left of the line.
    """

    position: int | None = None
    sku: str = ""
    quantity: Decimal | int | None = None
    amount_rial: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnOutcome:
    """A return that stands. `returned_so_far_rial` is the purchase's sum including this one."""

    return_id: UUID
    purchase_id: UUID
    customer_id: UUID | None
    amount_rial: int
    purchase_total_rial: int
    returned_so_far_rial: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class _Part:
    line: PurchaseLine
    quantity: Decimal | int | None
    amount_rial: int


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

    Raises NotFound, Problem `return_conflict` (409: same number, other content),
    `return_exceeds_purchase` (409), `unknown_line`, `invalid_amount`, `return_mismatch`,
    `occurred_at_in_future`.
    """
    number = clean_code(external_id, "external_id")
    if not number:
        raise _refusal("external_id_missing", _("Give the return your own number."), "external_id")
    if occurred_at is not None and occurred_at > now + CLOCK_SKEW:
        raise _refusal(
            "occurred_at_in_future", _("The time of this return has not come yet."), "occurred_at"
        )
    purchase = _locked(purchase_id)
    said = _fingerprint(amount_rial, lines, occurred_at, reason)
    earlier = Return.objects.filter(purchase_id=purchase.id, external_id=number).first()
    if earlier is not None:
        return _repeated(earlier, purchase, said)
    parts = _parts(purchase, lines, amount_rial)
    amount = _amount(purchase, parts, amount_rial)
    moment = occurred_at or now
    row = Return.objects.create(
        purchase_id=purchase.id,
        external_id=number,
        amount_rial=amount,
        returned_so_far_rial=purchase.returned_rial + amount,
        occurred_at=moment,
        local_date=business_day(moment, business_by_id(active_business_id()).timezone),
        reason=clean_code(reason, "reason"),
        source=source,
        fingerprint=said,
        recorded_at=now,
    )
    _book(row, purchase, parts)
    publish([_event(row, purchase)], now=now)
    return _outcome(row, purchase, replayed=False)


def _locked(purchase_id: UUID) -> Purchase:
    purchase = Purchase.objects.select_for_update().filter(id=purchase_id).first()
    if purchase is None:
        raise NotFound(_("There is no such purchase."))
    return purchase


def _parts(
    purchase: Purchase, asked: Sequence[NewReturnLine], amount_rial: int | None
) -> list[_Part]:
    """Return the lines that come back; a full return without lines takes every line's rest."""
    rows = list(PurchaseLine.objects.filter(purchase_id=purchase.id).order_by("position"))
    if asked:
        return _distinct([_part(one, rows, at) for at, one in enumerate(asked)])
    left = purchase.total_rial - purchase.returned_rial
    if amount_rial is not None and amount_rial != left:
        return []
    rest = [(row, row.total_rial - row.returned_rial) for row in rows]
    # After an earlier return of a bare amount the lines no longer add up to what is left.
    if sum(amount for _row, amount in rest) != left:
        return []
    return [_Part(row, None, amount) for row, amount in rest if amount]


def _distinct(parts: list[_Part]) -> list[_Part]:
    if len({part.line.id for part in parts}) < len(parts):
        raise _refusal("duplicate_line", _("A line is named twice in this return."), "lines")
    return parts


def _part(asked: NewReturnLine, rows: Sequence[PurchaseLine], at: int) -> _Part:
    field = f"lines.{at}"
    found = [row for row in rows if _is_meant(row, asked)]
    if not found:
        raise _refusal("unknown_line", _("The purchase has no such line."), field)
    line = found[0]
    left = line.total_rial - line.returned_rial
    amount = left if asked.amount_rial is None else asked.amount_rial
    if asked.amount_rial is None and asked.quantity is not None:
        amount = _share(line, asked.quantity, field)
    if amount <= 0:
        raise _refusal("invalid_amount", _("Nothing is left to return of this line."), field)
    if amount > left:
        raise _exceeds(left, field)
    return _Part(line, asked.quantity, amount)


def _is_meant(row: PurchaseLine, asked: NewReturnLine) -> bool:
    if asked.position is not None:
        return row.position == asked.position
    return bool(asked.sku) and row.sku == asked.sku


def _share(line: PurchaseLine, quantity: Decimal | int, field: str) -> int:
    """Return ⌊total × returned quantity / quantity⌋ counted cumulatively, so nothing is lost.

    Returning the line piece by piece yields its total exactly (as rule R17 for points).
    """
    before = sum(
        (q or Decimal(0))
        for q in ReturnLine.objects.filter(purchase_line_id=line.id).values_list(
            "quantity", flat=True
        )
    )
    upto = before + Decimal(quantity)
    if quantity <= 0 or upto > line.quantity:
        raise _refusal(
            "invalid_quantity", _("More pieces come back than were sold."), f"{field}.quantity"
        )
    target = int(line.total_rial * upto / line.quantity)
    return min(target, line.total_rial) - min(
        int(line.total_rial * before / line.quantity), line.total_rial
    )


def _amount(purchase: Purchase, parts: Sequence[_Part], asked: int | None) -> int:
    left = purchase.total_rial - purchase.returned_rial
    by_lines = sum(part.amount_rial for part in parts)
    amount = by_lines if parts else (left if asked is None else asked)
    if parts and asked is not None and asked != by_lines:
        raise _refusal(
            "return_mismatch",
            _("The lines of the return add up to %(lines)s rial, not to %(amount)s.")
            % {"lines": format_rial(by_lines), "amount": format_rial(asked)},
            "amount",
        )
    if amount <= 0:
        raise _refusal("invalid_amount", _("An amount must be more than zero."), "amount")
    if amount > left:
        raise _exceeds(left, "amount")
    return amount


def _book(row: Return, purchase: Purchase, parts: Sequence[_Part]) -> None:
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


def _fingerprint(
    amount_rial: int | None,
    lines: Sequence[NewReturnLine],
    occurred_at: datetime | None,
    reason: str,
) -> bytes:
    parts = [(line.position, line.sku, str(line.quantity), line.amount_rial) for line in lines]
    return blake2b(to_json([amount_rial, parts, occurred_at, reason]), digest_size=16).digest()


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


def _refusal(code: str, detail: Sentence, field: str) -> Problem:
    return Problem(code, detail, fields={field: [detail]})


def _exceeds(left: int, field: str) -> Problem:
    detail = _("Only %(left)s rial of this can still come back.") % {"left": format_rial(left)}
    return Problem(
        "return_exceeds_purchase",
        detail,
        status=HTTPStatus.CONFLICT,
        fields={field: [detail]},
        extra={"left_rial": left},
    )
