"""What all businesses have in common: the priors small ones lean on.

From each business only its newest estimate's evidence is read, in that business's own scope: a
matrix and a vector, from which no customer and no sale can be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from core.tenancy import acting_for
from segmentation.estimation import Evidence, Prior, pooled
from segmentation.queries.retention import evidence_of, retention_model


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Priors of buying (r, α in days, a, b) and of spending (p, q, γ in usual days)."""

    buying: Prior
    spending: Prior


# Before there is anybody to learn from: near what is published of other shops, and far from sure.
# A day's spending is compared with the business's usual one, so that γ has no currency.
BEGINNING: Final = Common(
    Prior(np.log([0.6, 45.0, 0.9, 1.8]), np.array([0.7, 1.2, 0.7, 0.8])),
    Prior(np.log([6.0, 3.7, 0.45]), np.array([0.8, 0.5, 1.0])),
)


def common_priors(business_ids: Sequence[UUID]) -> Common:
    """Return what these businesses' newest estimates teach."""
    buying: list[Evidence] = []
    spending: list[Evidence] = []
    for business_id in business_ids:
        with acting_for(business_id):
            model = retention_model()
        if model is not None:
            of_buying, of_spending = evidence_of(model)
            buying.append(of_buying)
            spending.append(of_spending)
    return Common(pooled(buying, BEGINNING.buying), pooled(spending, BEGINNING.spending))
