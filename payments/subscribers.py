"""What this app hears."""

from collections.abc import Sequence
from datetime import datetime

from businesses.events import BusinessCreated
from customers.events import CustomersMerged, CustomersUnmerged
from outbox.events import Recorded
from outbox.subscriptions import subscribe
from payments.enums.debits import Collects
from payments.events import (
    DebitCollected,
    DebitFailed,
    MandateRevoked,
    PaymentReversed,
    PaymentSettled,
)
from payments.operations import open_default_account
from payments.operations.debits.notices import (
    start_dunning,
    tell_collected,
    tell_ended,
    tell_failed,
)
from payments.operations.instalments import (
    OWNER,
    reopen_instalment,
    reopen_late_fee,
    settle_instalment,
    settle_late_fee,
)
from payments.operations.joined import follow_merge, follow_unmerge


@subscribe(BusinessCreated, name="payments.open_account", in_transaction=True)
def open_account(events: Sequence[Recorded[BusinessCreated]], *, now: datetime) -> None:
    """A new business can take test payments from its first minute."""
    for event in events:
        open_default_account(is_test=event.body.is_test, now=now)


@subscribe(DebitCollected, name="payments.tell_collected")
def tell_of_collected(event: Recorded[DebitCollected], *, now: datetime) -> None:
    """A customer is told what was debited."""
    tell_collected(debit_ids=[event.body.debit_id], now=now)


@subscribe(DebitFailed, name="payments.tell_failed")
def tell_of_failed(event: Recorded[DebitFailed], *, now: datetime) -> None:
    """A customer is told what could not be debited; a debit given up is reminded of."""
    tell_failed(debit_ids=[event.body.debit_id], now=now)
    if event.body.final:
        start_dunning(debit_id=event.body.debit_id, now=now)


@subscribe(MandateRevoked, name="payments.tell_mandate_ended")
def tell_of_ended(event: Recorded[MandateRevoked], *, now: datetime) -> None:
    """A customer is told that a permission ended, whoever ended it."""
    tell_ended(mandate_id=event.body.mandate_id, now=now)


@subscribe(
    PaymentSettled,
    name="payments.settle_instalment",
    in_transaction=True,
    when=lambda event, _now: event.collects == Collects.RECEIVABLE,
)
def settle_asked(events: Sequence[Recorded[PaymentSettled]], *, now: datetime) -> None:
    """An instalment somebody was asked for is paid; a sale of its own is never one."""
    for event in events:
        payment_id = event.body.payment_id
        settle_instalment(payment_id=payment_id, now=now)
        settle_late_fee(payment_id=payment_id, now=now)


@subscribe(
    DebitCollected,
    name="payments.settle_debited",
    in_transaction=True,
    when=lambda event, _now: event.source_kind == OWNER and event.source_id is not None,
)
def settle_debited(events: Sequence[Recorded[DebitCollected]], *, now: datetime) -> None:
    """An instalment was collected under a mandate."""
    for event in events:
        body = event.body
        settle_instalment(payment_id=body.payment_id, instalment_id=body.source_id, now=now)


@subscribe(PaymentReversed, name="payments.reopen_instalment", in_transaction=True)
def reopen(events: Sequence[Recorded[PaymentReversed]], *, now: datetime) -> None:
    """The money of an instalment went back: it is owed again."""
    for event in events:
        reopen_instalment(payment_id=event.body.payment_id, now=now)
        reopen_late_fee(payment_id=event.body.payment_id)


@subscribe(CustomersMerged, name="payments.follow")
def on_merge(event: Recorded[CustomersMerged], *, now: datetime) -> None:
    """What a customer owes and allowed follows their profile."""
    follow_merge(merge_id=event.body.merge_id, now=now)


@subscribe(CustomersUnmerged, name="payments.follow")
def on_unmerge(event: Recorded[CustomersUnmerged], *, now: datetime) -> None:
    """It goes back with the profile it came from."""
    follow_unmerge(merge_id=event.body.merge_id, now=now)
