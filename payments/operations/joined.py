"""What customers asked and owe follows them when their profiles are joined or taken apart.

It happens after the merge is committed: whoever takes money in holds payments first and customers
after, and so never waits for a merge that holds customers.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Model, Q

from core.tenancy import operation
from customers.enums import MergeState
from customers.operations import held_merge, send_back, take_along
from payments.models import Debit, DepositIdentifier, InstalmentPlan, Mandate, Payment, Quote

_TABLES: Final[tuple[tuple[type[Model], str], ...]] = (
    (Payment, "debtor_id"),
    (Debit, "customer_id"),
    (Mandate, "customer_id"),
    (InstalmentPlan, "customer_id"),
    (Quote, "customer_id"),
    (DepositIdentifier, "customer_id"),
)


@operation
def follow_merge(*, merge_id: UUID, now: datetime) -> None:
    """Move debts, permissions, promised prices and deposit identifiers to the profile that stays.

    An account has one identifier a customer: the second stays where it is, and still leads to them.
    """
    del now
    merge = held_merge(merge_id, MergeState.STANDING)
    if merge is None:
        return
    mine = DepositIdentifier.objects.filter(customer_id=merge.survivor_id)
    taken = Q(account_id__in=list(mine.values_list("account_id", flat=True)))
    for table, field in _TABLES:
        but = taken if table is DepositIdentifier else None
        take_along(merge=merge, model=table, field=field, but=but)


@operation
def follow_unmerge(*, merge_id: UUID, now: datetime) -> None:
    """Give them back to the profile they came from."""
    del now
    merge = held_merge(merge_id, MergeState.UNDONE)
    if merge is None:
        return
    for table, field in _TABLES:
        send_back(merge=merge, model=table, field=field)
