"""Reading purchases, their lines, tenders and returns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from customers.enums import TenderMethod
from customers.models import Purchase, PurchaseLine, Return, Tender


@dataclass(frozen=True, slots=True)
class PurchaseDetail:
    """A purchase with everything that belongs to it."""

    purchase: Purchase
    lines: list[PurchaseLine] = field(default_factory=list)
    tenders: list[Tender] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)


def purchase_rows(
    *,
    customer_id: UUID | None = None,
    channel: str = "",
    branch_id: UUID | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Purchase]:
    """Return purchases with their customers, filtered; the caller orders and pages.

    `since` and `until` are business days, both inclusive.
    """
    rows = Purchase.objects.select_related("customer", "branch", "employee")
    asked = {
        "customer_id": customer_id,
        "channel": channel or None,
        "branch_id": branch_id,
        "local_date__gte": since,
        "local_date__lte": until,
    }
    return rows.filter(**{name: value for name, value in asked.items() if value is not None})


def any_sold_by_name() -> bool:
    """Tell whether anything was ever sold to somebody known. One query."""
    return Purchase.objects.filter(customer__isnull=False).exists()


def purchase_by_id(purchase_id: UUID) -> Purchase | None:
    """Return a purchase of the active business with its customer, or None. One query."""
    rows = Purchase.objects.select_related("customer", "branch", "employee")
    return rows.filter(id=purchase_id).first()


def purchase_detail(purchase_id: UUID) -> PurchaseDetail | None:
    """Return a purchase with lines, tenders and returns, or None. Four queries."""
    purchase = purchase_by_id(purchase_id)
    if purchase is None:
        return None
    return PurchaseDetail(
        purchase,
        list(PurchaseLine.objects.filter(purchase_id=purchase_id).order_by("position")),
        list(Tender.objects.filter(purchase_id=purchase_id).order_by("position")),
        list(Return.objects.filter(purchase_id=purchase_id).order_by("recorded_at")),
    )


def paid_with(purchase_id: UUID, method: TenderMethod, reference: str) -> int:
    """Return how much of a purchase was paid by a method under a reference (rial). One query."""
    rows = Tender.objects.filter(purchase_id=purchase_id, method=method, reference=reference)
    return sum(rows.values_list("amount_rial", flat=True))


def methods_of(purchase_id: UUID) -> set[TenderMethod]:
    """Return how a purchase was paid. One query."""
    rows = Tender.objects.filter(purchase_id=purchase_id).values_list("method", flat=True)
    return {TenderMethod(method) for method in rows}


def lines_of(purchase_ids: Sequence[UUID]) -> dict[UUID, list[PurchaseLine]]:
    """Return the lines of many purchases, in order. One query."""
    found: dict[UUID, list[PurchaseLine]] = {}
    rows = PurchaseLine.objects.filter(purchase_id__in=purchase_ids).order_by("position")
    for row in rows:
        found.setdefault(row.purchase_id, []).append(row)
    return found


def totals_of(purchase_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return {purchase: its total in rial}."""
    rows = Purchase.objects.filter(id__in=purchase_ids)
    return dict(rows.values_list("id", "total_rial"))
