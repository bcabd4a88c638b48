"""Fit: the ten tenths, the customers of one, and whom a business may wish would leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from core.tenancy import active_business_id
from segmentation.enums import GUARDED
from segmentation.models import CustomerFit, NamedStay
from segmentation.models.fit import TENTHS

__all__ = [
    "LEAST_FITTING",
    "TENTHS",
    "Tenth",
    "fit_of",
    "fit_rows",
    "signs_of",
    "tenths",
    "unwanted_rows",
]
LEAST_FITTING: Final = 1
_TENTHS: Final = """
WITH held AS (
    SELECT DISTINCT customer_id FROM segmentation_namedstay
    WHERE business_id = %(business)s AND left_at IS NULL AND segment = ANY(%(signs)s)
)
SELECT f.tenth, count(*), min(f.score), max(f.score), sum(f.year_rial), count(h.customer_id)
FROM segmentation_customerfit f LEFT JOIN held h ON h.customer_id = f.id
WHERE f.business_id = %(business)s GROUP BY f.tenth ORDER BY f.tenth DESC
"""


@dataclass(frozen=True, slots=True)
class Tenth:
    """Customers who suit the business alike; of them `signs` have something held against them."""

    tenth: int
    customers: int
    least: int
    most: int
    year_rial: int
    signs: int


def tenths() -> list[Tenth]:
    """Return the tenths, who suits best first; nothing before there are enough. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "signs": [one.value for one in GUARDED],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TENTHS, values)
        return [
            Tenth(tenth, n, least, most, int(rial), signs)
            for tenth, n, least, most, rial, signs in cursor.fetchall()
        ]


def fit_rows(tenth: int | None = None) -> QuerySet[CustomerFit]:
    """Return customers with their fit, of one tenth or of all; the caller pages."""
    rows = CustomerFit.objects.select_related("customer")
    return rows if tenth is None else rows.filter(tenth=tenth)


def unwanted_rows() -> QuerySet[CustomerFit]:
    """Return whom a business may wish would leave: of the least fitting tenth, with a sign.

    Fitting badly is no fault, so it alone puts nobody here; nor does a sign alone, which may
    stand against somebody who is worth it.
    """
    held = NamedStay.objects.filter(
        customer_id=OuterRef("id"), left_at=None, segment__in=[one.value for one in GUARDED]
    )
    return fit_rows(LEAST_FITTING).filter(Exists(held))


def signs_of(customer_ids: Iterable[UUID]) -> dict[UUID, list[NamedStay]]:
    """Return what is held against customers now, with its evidence. One query."""
    rows = NamedStay.objects.filter(
        customer_id__in=list(customer_ids),
        left_at=None,
        segment__in=[one.value for one in GUARDED],
    ).order_by("entered_at", "id")
    found: dict[UUID, list[NamedStay]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def fit_of(customer_id: UUID) -> CustomerFit | None:
    """Return one customer's fit, or None when they are too new or there are too few. One query."""
    return CustomerFit.objects.filter(id=customer_id).first()
