"""What is due of deposits, of all businesses; `payments.operations.poll` works it off."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from payments.operations.deposits.feed import read_feed
from payments.operations.deposits.identifiers import run_identifier
from payments.operations.deposits.run import run_deposit
from payments.operations.statements.run import run_statement

_FREE: Final = "(leased_until IS NULL OR leased_until <= %(now)s)"
_IDENTIFIERS: Final = f"""
SELECT business_id, id FROM payments_depositidentifier
WHERE next_try_at <= %(now)s AND {_FREE} ORDER BY next_try_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
_FEEDS: Final = f"""
SELECT business_id, id FROM payments_bankaccount
WHERE next_poll_at <= %(now)s AND {_FREE} ORDER BY next_poll_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
_STATEMENTS: Final = f"""
SELECT business_id, id FROM payments_statementfile
WHERE next_run_at <= %(now)s AND {_FREE} ORDER BY next_run_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
_DEPOSITS: Final = f"""
SELECT business_id, id FROM payments_deposit
WHERE next_try_at <= %(now)s AND {_FREE} ORDER BY next_try_at LIMIT %(limit)s
"""  # noqa: S608 - constants only
# Parts that wait for the rest of a payment which is over. One whose provider is still to be asked
# is let go by the answer.
_IN_VAIN: Final = """
SELECT DISTINCT a.business_id, a.deposit_id
FROM payments_depositallocation a
JOIN payments_payment p ON p.business_id = a.business_id AND p.id = a.payment_id
JOIN payments_deposit d ON d.business_id = a.business_id AND d.id = a.deposit_id
WHERE a.state = 'held' AND d.state IN ('confirmed', 'unmatched', 'suspicious')
  AND p.state NOT IN ('created', 'processing')
  AND (p.state <> 'expired' OR a.created_at < p.expires_at)
LIMIT %(limit)s
"""


def _feed(business_id: UUID, account_id: UUID, now: datetime) -> bool:
    return read_feed(business_id=business_id, account_id=account_id, now=now)


def _identifier(business_id: UUID, identifier_id: UUID, now: datetime) -> bool:
    return run_identifier(business_id=business_id, identifier_id=identifier_id, now=now)


def _deposit(business_id: UUID, deposit_id: UUID, now: datetime) -> bool:
    return run_deposit(business_id=business_id, deposit_id=deposit_id, now=now)


def _statement(business_id: UUID, statement_id: UUID, now: datetime) -> bool:
    return run_statement(business_id=business_id, statement_id=statement_id, now=now)


DUE: Final[tuple[tuple[str, Callable[[UUID, UUID, datetime], bool]], ...]] = (
    (_IDENTIFIERS, _identifier),
    (_FEEDS, _feed),
    (_STATEMENTS, _statement),
    (_DEPOSITS, _deposit),
    (_IN_VAIN, _deposit),
)
