"""Saying what goods of a category cost, so that worth is told as profit."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.operations import Actor, record_audit
from core.errors import Problem
from core.tenancy import operation
from core.text import normalise
from segmentation.models import CategoryCost

_MOST: Final = 200
_ALL: Final = 100


@operation
def state_category_costs(*, costs: Mapping[str, int], actor: Actor | None, now: datetime) -> None:
    """Keep these costs, in percent of a category's sales, instead of those before.

    Categories that are not named earn the business's margin. Raises Problem
    `invalid_category_cost`.
    """
    kept = {normalise(name): percent for name, percent in costs.items()}
    if len(kept) > _MOST or "" in kept or any(not 0 <= one <= _ALL for one in kept.values()):
        raise Problem(
            "invalid_category_cost",
            _("A cost is between 0 and 100 percent of a category's sales; at most 200 of them."),
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            about="costs",
        )
    CategoryCost.objects.all().delete()
    CategoryCost.objects.bulk_create(
        [CategoryCost(category=name, cost_percent=percent) for name, percent in kept.items()]
    )
    record_audit(action="scoring.costs", subject="segments", data=kept, actor=actor, now=now)
