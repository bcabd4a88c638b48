"""Somebody joined the club: what the rules of that moment give for it, once."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from customers.enums import CustomerStatus
from customers.queries import customer_view
from loyalty.enums.happenings import HappeningKind
from loyalty.operations.happenings.reward import Happened, reward_happened
from loyalty.queries.happenings import rule_at
from loyalty.queries.programme import terms


@operation
def welcome(*, customer_id: UUID, joined_at: datetime, now: datetime) -> None:
    """Give what the version in force when somebody joined gives for it.

    Heard some moments later: rules published since are not about it.
    """
    current, rule = terms(), rule_at(joined_at)
    person = customer_view(customer_id)
    if current is None or rule is None or person is None:
        return
    if person.status != CustomerStatus.ACTIVE:
        return
    happened = Happened(kind=HappeningKind.JOINED, reference=str(person.id), customer_id=person.id)
    then = replace(current, rule_id=rule.id, rule_version=rule.version)
    reward_happened(happened=[happened], current=then, now=now)
