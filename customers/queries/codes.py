"""Branches and employees by their codes, remembered for a minute."""

import time
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from businesses.queries import branch_ids_by_code, employee_ids_by_code
from core.tenancy import active_business_id

_FRESH_S: Final = 60
_MOST: Final = 50_000

Lookup = Callable[[Iterable[str]], dict[str, UUID]]


class Remembered:
    """Answers {code: id}; asks the database only about codes it has not seen lately.

    Only hits are remembered: a code that is opened now is found now.
    """

    def __init__(self, ask: Lookup) -> None:
        self._ask = ask
        self._seen: dict[tuple[UUID, str], tuple[float, UUID]] = {}

    def __call__(self, codes: Iterable[str]) -> dict[str, UUID]:
        business_id, at = active_business_id(), time.monotonic()
        found: dict[str, UUID] = {}
        missing: set[str] = set()
        for code in codes:
            until, known = self._seen.get((business_id, code), (0.0, None))
            if known is not None and until > at:
                found[code] = known
            else:
                missing.add(code)
        if missing:
            self._remember(business_id, self._ask(missing), at, found)
        return found

    def _remember(
        self, business_id: UUID, fresh: dict[str, UUID], at: float, found: dict[str, UUID]
    ) -> None:
        if len(self._seen) > _MOST:
            self._seen.clear()
        for code, row_id in fresh.items():
            self._seen[business_id, code] = (at + _FRESH_S, row_id)
        found.update(fresh)


branch_ids = Remembered(branch_ids_by_code)
employee_ids = Remembered(employee_ids_by_code)
