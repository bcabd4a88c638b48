"""What this app does when others announce something."""

from collections.abc import Sequence
from datetime import datetime

from businesses.enums import Module
from businesses.events import BusinessCreated
from businesses.queries.modules import module_is_on
from customers.enums import Channel
from customers.events import (
    CustomersMerged,
    CustomersUnmerged,
    PurchaseRecorded,
    ReturnRecorded,
)
from feedback.operations import (
    FRESH,
    Bought,
    follow_merge,
    follow_unmerge,
    invite_buyers,
    note_returns,
    open_default_survey,
)
from feedback.operations.bonus import take_back_bonuses
from outbox.events import Recorded
from outbox.subscriptions import subscribe


@subscribe(BusinessCreated, name="feedback.survey", in_transaction=True)
def lay_out_survey(events: Sequence[Recorded[BusinessCreated]], *, now: datetime) -> None:
    """Give every new business a survey."""
    for _event in events:
        open_default_survey(now=now)


@subscribe(PurchaseRecorded, name="feedback.invite", in_transaction=True, whole=True)
def invite(events: Sequence[Recorded[PurchaseRecorded]], *, now: datetime) -> None:
    """Invite known customers who bought just now; the receipt shows the link."""
    purchases = [
        Bought(body.purchase_id, body.customer_id, body.branch_id, body.employee_id)
        for body in (event.body for event in events)
        if body.customer_id is not None and _is_fresh(body, now)
    ]
    if purchases and module_is_on(Module.SURVEYS):
        invite_buyers(purchases=purchases, now=now)


@subscribe(ReturnRecorded, name="feedback.returns", in_transaction=True)
def withdraw(events: Sequence[Recorded[ReturnRecorded]], *, now: datetime) -> None:
    """Do not ask about goods that came back, and mark what was said about them."""
    note_returns(purchase_ids={event.body.purchase_id for event in events}, now=now)


@subscribe(ReturnRecorded, name="feedback.bonuses")
def take_back(event: Recorded[ReturnRecorded], *, now: datetime) -> None:
    """Let staff bonuses lose what the goods brought to them."""
    take_back_bonuses(purchase_ids=[event.body.purchase_id], now=now)


@subscribe(CustomersMerged, name="feedback.follow")
def on_merge(event: Recorded[CustomersMerged], *, now: datetime) -> None:
    """Move opinions to the profile that stays."""
    follow_merge(merge_id=event.body.merge_id, now=now)


@subscribe(CustomersUnmerged, name="feedback.follow")
def on_unmerge(event: Recorded[CustomersUnmerged], *, now: datetime) -> None:
    """Give opinions back."""
    follow_unmerge(merge_id=event.body.merge_id, now=now)


def _is_fresh(body: PurchaseRecorded, now: datetime) -> bool:
    return body.channel != Channel.IMPORT and body.occurred_at > now - FRESH
