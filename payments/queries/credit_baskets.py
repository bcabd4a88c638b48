"""Do baskets grow once people may pay in parts? Before and after, against like people (C035)."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from customers.queries.cohorts import OTHERS, basket_changes, study_until
from customers.queries.matching import Matched, compared
from payments.enums import PaymentMethod
from payments.models import InstalmentPlan, Payment

FOLLOW_DAYS: Final = 90
_DAYS: Final = 365
_CREDIT: Final = "credit"


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditBaskets:
    """How much more baskets changed of those who began to pay in parts than of like people.

    From the ninety days before their first such purchase to the ninety after it, itself left out.
    `rial` per purchase, `lines` per purchase, `categories` per customer.
    """

    since: date
    until: date
    rial: Matched
    lines: Matched
    categories: Matched


def credit_baskets(*, today: date) -> CreditBaskets:
    """Return the comparison for a year of first purchases in parts. Three queries."""
    study = study_until(today=today, days=_DAYS, follow=FOLLOW_DAYS)
    changes = basket_changes(dict.fromkeys(_purchases(), _CREDIT), study, follow_days=FOLLOW_DAYS)
    return CreditBaskets(
        since=study.since,
        until=study.until,
        rial=compared(changes.rial, kind=_CREDIT, like=OTHERS),
        lines=compared(changes.lines, kind=_CREDIT, like=OTHERS),
        categories=compared(changes.categories, kind=_CREDIT, like=OTHERS),
    )


def _purchases() -> list[UUID]:
    """Return every purchase paid in instalments or by a pay-later partner."""
    later = Payment.objects.filter(
        method=PaymentMethod.BNPL, settled_at__isnull=False, purchase__isnull=False
    )
    plans = InstalmentPlan.objects.values_list("purchase_id", flat=True)
    return [*plans, *later.values_list("purchase_id", flat=True)]
