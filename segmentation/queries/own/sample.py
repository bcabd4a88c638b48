"""Who stands for everybody where there are too many to ask between two keystrokes.

Drawn by a hash of the id, so that the same customers answer for every rule of a business: a count
moves because the rule did.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.conditions import EVERYBODY
from feedback.queries.intervals import share
from segmentation.queries.scores import latest_run

# At least so many are asked: at the worst, 19 times out of 20, within 1.1 percent of all.
_ASKED: Final = 8_192
# Above this, asking everybody about a year of sales takes seconds.
MANY: Final = 8 * _ASKED
_DRAW: Final = f"""
SELECT id FROM customers_customer
WHERE business_id = %(business)s AND status IN {EVERYBODY}
  AND uuid_hash_extended(id, 0) & %(mask)s = 0
"""  # noqa: S608 - the part is a constant


@dataclass(frozen=True, slots=True)
class Sample:
    """Customers of whom each stands for `each_for`."""

    ids: list[UUID]
    each_for: int

    def estimate(self, fitting: int) -> tuple[int, int, int]:
        """Return how many of everybody fit when so many of these do: about, at least, at most.

        Wilson's interval, 95 %.
        """
        if not self.ids:
            return 0, 0, 0
        of = len(self.ids) * self.each_for
        found = share(fitting, len(self.ids))
        return fitting * self.each_for, round(of * found.low), round(of * found.high)


def are_many() -> bool:
    """Return whether the active business has too many customers to hold while somebody waits."""
    run = latest_run()
    return run is not None and run.customers > MANY


def sample() -> Sample | None:
    """Return who answers for the active business's customers; None where all can. Two queries."""
    run = latest_run()
    if run is None or run.customers <= MANY:
        return None
    each_for = 1 << (run.customers // _ASKED).bit_length() - 1
    with connection.cursor() as cursor:
        cursor.execute(_DRAW, {"business": active_business_id(), "mask": each_for - 1})
        return Sample([row[0] for row in cursor.fetchall()], each_for)
