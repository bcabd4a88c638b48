"""Taking a promised price back while nobody uses it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from core.tenancy import operation
from payments.enums.quotes import QuoteState
from payments.models import Quote
from payments.operations.quotes.hold import free_quote, hold_quote, refusal

_USED: Final = frozenset({QuoteState.PAID, QuoteState.ON_CREDIT, QuoteState.RETURNED})


@operation
def withdraw_quote(*, quote_id: UUID, by: str = "", now: datetime) -> bool:
    """Take a promise back; return whether it was open.

    A payment nobody took to the bank yet is cancelled with it. Raises NotFound, Problem
    `quote_being_paid` or `quote_used`.
    """
    view = hold_quote(quote_id, now)
    if view.state is QuoteState.WITHDRAWN:
        return False
    if view.state in _USED:
        raise refusal(view.state)
    free_quote(view, now)
    Quote.objects.filter(id=quote_id).update(withdrawn_at=now, withdrawn_by=by)
    return True
