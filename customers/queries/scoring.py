"""What scoring and campaigns read of customers: running totals and contacts."""

from uuid import UUID

from django.db.models import F, QuerySet

from customers.enums import CustomerStatus
from customers.models import Customer, CustomerTotals


def scoring_totals() -> QuerySet[CustomerTotals]:
    """Return the totals of every customer with a purchase; `net_rial` is net of returns."""
    rows = CustomerTotals.objects.filter(purchase_days__gt=0)
    return rows.annotate(net_rial=F("gross_rial") - F("returned_rial"))


def contacts(customer_ids: QuerySet[object, object]) -> list[tuple[UUID, str, str | None]]:
    """Return (id, name, mobile) of the active customers among a subquery's ids. One query."""
    rows = Customer.objects.filter(status=CustomerStatus.ACTIVE, id__in=customer_ids)
    return list(rows.order_by("id").values_list("id", "name", "mobile"))
