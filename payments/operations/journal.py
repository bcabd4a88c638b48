"""Posting to the money journal."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from payments.enums import BookAccount
from payments.models import MoneyEntry

Place = tuple[BookAccount, str]


class Unbalanced(ValueError):
    """The lines of a posting do not sum to zero."""


@operation
def post_money(*, kind: str, source_id: UUID, lines: Mapping[Place, int], now: datetime) -> None:
    """Post one fact: signed rial by (account, party), debits positive; zero lines are left out.

    Posting the same (kind, source) again raises IntegrityError: the caller's own guard, a row
    lock or a state, must have seen it. Raises Unbalanced.
    """
    if sum(lines.values()) != 0:
        raise Unbalanced(f"{kind} {source_id}: {dict(lines)}")
    MoneyEntry.objects.bulk_create(
        [
            MoneyEntry(
                kind=kind,
                source_id=source_id,
                account=account,
                party=party,
                amount_rial=amount,
                at=now,
            )
            for (account, party), amount in lines.items()
            if amount
        ]
    )
