"""How much of a purchase came back, and which part of something that is."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Returned:
    """How much of a purchase has come back so far (rial, this return included).

    `disowned`: nothing came back, but the purchase was found not to be the customer's (N1); of
    their points it undoes what a return of all of it would.
    """

    purchase_id: UUID
    total_rial: int
    returned_rial: int
    disowned: bool = False


def cumulative(whole: int, returned_rial: int, total_rial: int) -> int:
    """Return which part of `whole` a returned amount undoes in sum (rule R17).

    Counted from the start of the purchase, so equal parts never lose a point to rounding.
    """
    if total_rial <= 0:
        return whole
    return whole * min(returned_rial, total_rial) // total_rial
