"""Money is whole rial. Toman exists only where people read or type it."""

from collections.abc import Sequence
from typing import Final, NewType

from core.text import persian_digits

Rial = NewType("Rial", int)

RIAL_PER_TOMAN: Final = 10
# Ten thousand billion toman: above any sale, far below 2**63, so sums of a million sales still fit.
MAX_RIAL: Final = 100_000_000_000_000


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights`; the parts sum to `total` exactly (rule R6).

    Ties go to the earlier position. With all weights zero the first part takes everything.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def group_digits(number: int) -> str:
    """Return `number` with separators, Latin digits: -1234567 → "-1,234,567"."""
    return f"{number:,}"


def format_rial(rial: int) -> str:
    """Return the amount in Persian digits and separators, without the unit's name."""
    return persian_digits(group_digits(rial).replace(",", "٬"))


def format_toman(rial: int) -> str:
    """Return the amount in toman, Persian digits; odd rials show as one decimal digit."""
    sign = "-" if rial < 0 else ""
    toman, rest = divmod(abs(rial), RIAL_PER_TOMAN)
    text = f"{sign}{group_digits(toman)}" + (f".{rest}" if rest else "")
    return persian_digits(text.replace(",", "٬").replace(".", "٫"))


def looks_like_wrong_unit(asked_rial: int, confirmed_rial: int) -> bool:
    """Tell whether two amounts differ by exactly the rial/toman factor."""
    return asked_rial in {
        confirmed_rial * RIAL_PER_TOMAN,
        confirmed_rial // RIAL_PER_TOMAN if confirmed_rial % RIAL_PER_TOMAN == 0 else -1,
    }
