"""Whether baskets grow once something begins: before and after it, against like people (C035)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from customers.queries.cohorts import OTHERS, basket_changes, study_until
from customers.queries.matching import Matched, compared

FOLLOW_DAYS: Final = 90
_DAYS: Final = 365
_BEGAN: Final = "began"


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketEffect:
    """How much more baskets changed of those for whom it began than of like people.

    From the ninety days before the purchase it began with to the ninety after it, itself left out.
    `rial` per purchase, `lines` per purchase, `categories` per customer.
    """

    since: date
    until: date
    rial: Matched
    lines: Matched
    categories: Matched


def basket_effect(
    began: Collection[UUID], *, today: date, apart: Collection[UUID] = ()
) -> BasketEffect:
    """Return the comparison for a year of purchases something began with. One query.

    Only a customer's first of them counts. Purchases kept `apart` are no baskets.
    """
    study = study_until(today=today, days=_DAYS, follow=FOLLOW_DAYS)
    kinds = dict.fromkeys(began, _BEGAN)
    changes = basket_changes(kinds, study, follow_days=FOLLOW_DAYS, apart=set(apart) - set(began))
    return BasketEffect(
        since=study.since,
        until=study.until,
        rial=compared(changes.rial, kind=_BEGAN, like=OTHERS),
        lines=compared(changes.lines, kind=_BEGAN, like=OTHERS),
        categories=compared(changes.categories, kind=_BEGAN, like=OTHERS),
    )
