"""How much of a purchase came back, and which part of something that is."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Returned:
    """How much of a purchase has come back so far (rial, this return included)."""

    purchase_id: UUID
    total_rial: int
    returned_rial: int


def cumulative(whole: int, returned_rial: int, total_rial: int) -> int:
    """Return which part of `whole` a returned amount undoes in sum (rule R17).

    Counted from the start of the purchase, so equal parts never lose a point to rounding.
    """
    if total_rial <= 0:
        return whole
    return whole * min(returned_rial, total_rial) // total_rial
