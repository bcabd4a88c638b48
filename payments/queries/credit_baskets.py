"""Do baskets grow once people may pay in parts? Before and after, against like people (C035)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from customers.queries.basket_effect import BasketEffect, basket_effect
from payments.enums import PaymentMethod
from payments.models import InstalmentPlan, Payment


def credit_baskets(*, today: date, apart: Collection[UUID] = ()) -> BasketEffect:
    """Return the comparison for a year of first purchases in parts. Three queries."""
    return basket_effect(_purchases(), today=today, apart=apart)


def _purchases() -> list[UUID]:
    """Return every purchase paid in instalments or by a pay-later partner."""
    later = Payment.objects.filter(
        method=PaymentMethod.BNPL, settled_at__isnull=False, purchase__isnull=False
    )
    plans = InstalmentPlan.objects.values_list("purchase_id", flat=True)
    return [*plans, *later.values_list("purchase_id", flat=True)]
