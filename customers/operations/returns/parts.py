"""Which lines of a purchase come back, and for how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from core.spelling import number
from customers.models import Purchase, PurchaseLine, Return, ReturnLine
from customers.operations.returns.values import NewReturnLine


@dataclass(frozen=True, slots=True)
class Part:
    """What comes back of one line."""

    line: PurchaseLine
    quantity: Decimal | int | None
    amount_rial: int


def parts_of(
    purchase: Purchase, asked: Sequence[NewReturnLine], amount_rial: int | None
) -> list[Part]:
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
    return [Part(row, None, amount) for row, amount in rest if amount]


def _distinct(parts: list[Part]) -> list[Part]:
    if len({part.line.id for part in parts}) < len(parts):
        raise refusal("duplicate_line", _("A line is named twice in this return."), "lines")
    return parts


def _part(asked: NewReturnLine, rows: Sequence[PurchaseLine], at: int) -> Part:
    field = f"lines.{at}"
    found = [row for row in rows if _is_meant(row, asked)]
    if not found:
        raise refusal("unknown_line", _("The purchase has no such line."), field)
    line = found[0]
    left = line.total_rial - line.returned_rial
    share = left if asked.quantity is None else _share(line, asked.quantity, field)
    amount = share if asked.amount_rial is None else asked.amount_rial
    if amount <= 0:
        raise refusal("invalid_amount", _("Nothing is left to return of this line."), field)
    if amount > left:
        raise _exceeds(left, field)
    return Part(line, asked.quantity, amount)


def _is_meant(row: PurchaseLine, asked: NewReturnLine) -> bool:
    if asked.position is not None:
        return row.position == asked.position
    return bool(asked.sku) and row.sku == asked.sku


def _share(line: PurchaseLine, quantity: Decimal | int, field: str) -> int:
    """Return ⌊total × returned quantity / quantity⌋ counted cumulatively, so nothing is lost.

    Returning the line piece by piece yields its total exactly (as rule R17 for points).
    """
    _check_quantity(quantity, line, field)
    before = sum(
        (q or Decimal(0))
        for q in ReturnLine.objects.filter(purchase_line_id=line.id).values_list(
            "quantity", flat=True
        )
    )
    upto = before + Decimal(quantity)
    if upto > line.quantity:
        raise _too_many(field)
    target = int(line.total_rial * upto / line.quantity)
    return min(target, line.total_rial) - min(
        int(line.total_rial * before / line.quantity), line.total_rial
    )


def _check_quantity(quantity: Decimal | int, line: PurchaseLine, field: str) -> None:
    if quantity > line.quantity:
        raise _too_many(field)
    if quantity <= 0 or round(Decimal(quantity), 3) != quantity:
        raise refusal(
            "invalid_quantity",
            _("A quantity must be more than zero, with at most three decimals."),
            f"{field}.quantity",
        )


def _too_many(field: str) -> Problem:
    detail = _("More pieces come back than were sold.")
    return refusal("invalid_quantity", detail, f"{field}.quantity")


def amount_of(purchase: Purchase, parts: Sequence[Part], asked: int | None) -> int:
    """Return the amount of the return. Raises Problem when it is none or more than is left."""
    left = purchase.total_rial - purchase.returned_rial
    by_lines = sum(part.amount_rial for part in parts)
    amount = by_lines if parts else (left if asked is None else asked)
    if parts and asked is not None and asked != by_lines:
        raise refusal(
            "return_mismatch",
            _("The lines of the return add up to %(lines)s rial, not to %(amount)s.")
            % {"lines": number(by_lines), "amount": number(asked)},
            "amount",
        )
    if not amount and not purchase.total_rial:
        return _of_nothing(purchase)
    if amount <= 0:
        raise refusal("invalid_amount", _("An amount must be more than zero."), "amount")
    if amount > left:
        raise _exceeds(left, "amount")
    return amount


def can_come_back(purchase: Purchase) -> bool:
    """Tell whether anything of a locked sale is left to return; one of nothing comes back once."""
    if purchase.total_rial:
        return purchase.returned_rial < purchase.total_rial
    return not Return.objects.filter(purchase=purchase.id).exists()


def _of_nothing(purchase: Purchase) -> int:
    if not can_come_back(purchase):
        detail = _("This sale came back already.")
        raise Problem("return_exceeds_purchase", detail, status=HTTPStatus.CONFLICT)
    return 0


def refusal(code: str, detail: Sentence, field: str) -> Problem:
    """Return a problem that names its field."""
    return Problem(code, detail, fields={field: [detail]})


def _exceeds(left: int, field: str) -> Problem:
    detail = _("Only %(left)s rial of this can still come back.") % {"left": number(left)}
    return Problem(
        "return_exceeds_purchase",
        detail,
        status=HTTPStatus.CONFLICT,
        fields={field: [detail]},
        extra={"left_rial": left},
    )
