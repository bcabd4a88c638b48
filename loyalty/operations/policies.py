"""Keeping the public rules as they were (C063)."""

from datetime import datetime

from core.tenancy import operation
from loyalty.models import PolicyVersion, Program
from loyalty.queries.policies import policy_document


@operation
def keep_policy(*, now: datetime) -> bool:
    """Keep what the public rules say now, if it is other than what was kept last."""
    list(Program.objects.select_for_update(no_key=True).values_list("id"))  # one after another
    newest = PolicyVersion.objects.order_by("-number").first()
    document = policy_document()
    if newest is not None and newest.document == document:
        return False
    PolicyVersion.objects.create(
        number=newest.number + 1 if newest else 1, since=now, document=document
    )
    return True
