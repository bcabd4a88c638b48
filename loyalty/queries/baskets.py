"""How full and how various baskets are, and whether paying in parts or belonging grows them (C035).

What was paid for a membership is a sale, but no basket: it counts nowhere here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from customers.queries.basket_effect import BasketEffect, basket_effect
from customers.queries.baskets import Baskets, baskets
from loyalty.models import MembershipPeriod
from payments.queries.credit_baskets import credit_baskets


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketReport:
    """Baskets of a span and month by month, and before and after two things that may begin."""

    whole: Baskets
    months: Sequence[Baskets]
    paying_in_parts: BasketEffect
    membership: BasketEffect


def basket_report(months: Sequence[date], *, since: date, until: date, today: date) -> BasketReport:
    """Return the baskets of [since, until) and of the months until today. Nine queries.

    A membership begins with a customer's first fee; renewals and later ones begin nothing anew.
    """
    fees = _fees()
    paid = list(fees)
    (whole,) = baskets([since], until=until, apart=paid)
    return BasketReport(
        whole=whole,
        months=baskets(months, until=today + timedelta(days=1), apart=paid),
        paying_in_parts=credit_baskets(today=today, apart=paid),
        membership=basket_effect(
            [fee for fee, is_first in fees.items() if is_first], today=today, apart=paid
        ),
    )


def _fees() -> dict[UUID, bool]:
    """Return the purchases that paid for periods, and whether each was its customer's first."""
    paid = MembershipPeriod.objects.filter(payment__purchase__isnull=False, paid_at__isnull=False)
    rows = paid.order_by("paid_at", "id").values_list(
        "payment__purchase_id", "membership__customer_id"
    )
    seen: set[UUID] = set()
    fees: dict[UUID, bool] = {}
    for purchase_id, customer_id in rows:
        fees[purchase_id] = customer_id not in seen
        seen.add(customer_id)
    return fees
