"""What is due of books, of all businesses; `payments.operations.poll` works it off."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from payments.operations.books.fetch import begin_fetching, fetch_report
from payments.providers import PRODUCTS

_LISTING: Final = ", ".join(f"'{one.name}'" for one in PRODUCTS.values() if one.statements)
_UNBEGUN: Final = f"""
SELECT a.business_id, a.id FROM payments_provideraccount a
WHERE a.is_active AND a.provider IN ({_LISTING}) AND NOT EXISTS (
  SELECT FROM payments_reportfetch f WHERE f.business_id = a.business_id AND f.account_id = a.id)
LIMIT %(limit)s
"""  # noqa: S608 - constants only
_FETCHES: Final = """
SELECT business_id, id FROM payments_reportfetch
WHERE next_try_at <= %(now)s AND (leased_until IS NULL OR leased_until <= %(now)s)
ORDER BY next_try_at LIMIT %(limit)s
"""


def _begin(business_id: UUID, account_id: UUID, now: datetime) -> bool:
    return begin_fetching(business_id=business_id, account_id=account_id, now=now)


def _fetch(business_id: UUID, fetch_id: UUID, now: datetime) -> bool:
    return fetch_report(business_id=business_id, fetch_id=fetch_id, now=now)


DUE: Final[tuple[tuple[str, Callable[[UUID, UUID, datetime], bool]], ...]] = (
    (_UNBEGUN, _begin),
    (_FETCHES, _fetch),
)
