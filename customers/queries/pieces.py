"""What of a customer's purchases still stands, piece by piece; exact fractions, no rounding."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from customers.models import Purchase, PurchaseLine


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a sale: how many pieces, what they cost, what of it came back (rial).

    One that tells no category is of the category of its name.
    """

    position: int
    sku: str
    category: str
    quantity: Fraction
    total_rial: int
    returned_rial: int


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale with its lines. More may have come back of it than of its lines: a bare amount."""

    id: UUID
    local_date: date
    total_rial: int
    returned_rial: int
    lines: tuple[SoldLine, ...]

    def pieces(self, line: SoldLine) -> Fraction:
        """Return how many pieces of a line stand; of a line that cost nothing none count."""
        of_lines = sum(one.returned_rial for one in self.lines)
        if not line.total_rial or of_lines >= self.total_rial:
            return Fraction(0)
        kept = Fraction(line.total_rial - line.returned_rial, line.total_rial)
        bare = Fraction(self.total_rial - self.returned_rial, self.total_rial - of_lines)
        return line.quantity * kept * bare


def sold_since(customer_id: UUID, since: date) -> list[Sold]:
    """Return a customer's sales of a day and later. Two queries."""
    return _with_lines(
        list(Purchase.objects.filter(customer=customer_id, local_date__gte=since).order_by("id"))
    )


def sold_by_id(purchase_id: UUID) -> Sold | None:
    """Return one sale. Two queries."""
    return next(iter(_with_lines(list(Purchase.objects.filter(id=purchase_id)))), None)


def _with_lines(sales: list[Purchase]) -> list[Sold]:
    lines: dict[UUID, list[SoldLine]] = {sale.id: [] for sale in sales}
    for row in PurchaseLine.objects.filter(purchase__in=lines).order_by("position"):
        lines[row.purchase_id].append(
            SoldLine(
                row.position,
                row.sku,
                row.category or row.name,
                Fraction(row.quantity),
                row.total_rial,
                row.returned_rial,
            )
        )
    return [
        Sold(
            sale.id,
            sale.local_date,
            sale.total_rial,
            sale.returned_rial,
            tuple(lines[sale.id]),
        )
        for sale in sales
    ]
