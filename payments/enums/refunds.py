"""States of refunds and payouts, and which may follow which."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class TransferKind(models.TextChoices):
    """Why money leaves: a payment goes back, or the business sends money to somebody."""

    REFUND = "refund", _("Refund")
    PAYOUT = "payout", _("Payout")


class RefundRoute(models.TextChoices):
    """The way money goes back. Reversing undoes the card payment, credit sends none."""

    REVERSE = "reverse", _("The payment is undone")
    GATEWAY = "gateway", _("Refund through the gateway")
    PAYOUT = "payout", _("Transfer to an account")
    CREDIT = "credit", _("Kept for the customer as store credit")


class Destination(models.TextChoices):
    """Where money goes. Store credit stays here, where the business offers it."""

    SAME_CARD = "same_card", _("The card that paid")
    ACCOUNT = "account", _("A bank account")
    STORE_CREDIT = "store_credit", _("Store credit")


class RefundReason(models.TextChoices):
    """Why a customer gets money back."""

    CUSTOMER_REQUEST = "customer_request", _("The customer asked")
    QUALITY = "quality", _("Quality was not as promised")
    DAMAGED = "damaged", _("Damaged on the way")
    OUT_OF_STOCK = "out_of_stock", _("Out of stock")
    ORDER_CANCELLED = "order_cancelled", _("The order was cancelled")
    DUPLICATE = "duplicate", _("Paid twice")
    SUSPICIOUS = "suspicious", _("Suspicious payment")
    OTHER = "other", _("Another reason")


class RefundState(models.TextChoices):
    """Where a refund or payout stands.

    `rejected`: refused before anything left. `failed`: taken in by the provider, never arrived.
    `partly_paid`: some of its transfers arrived, the others did not.
    """

    AWAITING_APPROVAL = "awaiting_approval", _("Waiting for approval")
    REQUESTED = "requested", _("Requested")
    SUBMITTED = "submitted", _("Handed to the provider")
    UNKNOWN = "unknown", _("Being asked about")
    IN_TRANSIT = "in_transit", _("On its way")
    PAID = "paid", _("Paid")
    PARTLY_PAID = "partly_paid", _("Partly paid")
    REJECTED = "rejected", _("Refused")
    FAILED = "failed", _("Did not arrive")
    RETURNED_AFTER_PAID = "returned_after_paid", _("Came back")
    CANCELLED = "cancelled", _("Cancelled")


class Waiting(models.TextChoices):
    """What a refund or payout waits for."""

    DESTINATION = "destination", _("The account's owner is being asked about")
    LIMIT = "limit", _("The amount needs a second person")
    LATE = "late", _("The days to return are over: a second person")
    MEASURE = "measure", _("Two people decided so about this customer: a second person")
    OWNER_UNSURE = "owner_unsure", _("Whose account it is could not be proved: a second person")
    OTHER_OWNER = "other_owner", _("The account belongs to somebody else: two more people")
    BALANCE = "balance", _("Not enough money at the provider")
    PROVIDER = "provider", _("The provider holds it")
    BANK = "bank", _("The bank's next cycle")
    ANSWER = "answer", _("The provider's answer is not known")
    PERSON = "person", _("A person must look")


class Decision(models.TextChoices):
    """What somebody decided about money that waits for approval."""

    APPROVE = "approve", _("Approved")
    REJECT = "reject", _("Refused")


# The order was given, or may have been: what became of it is the provider's to say.
AT_PROVIDER: Final = (RefundState.SUBMITTED, RefundState.UNKNOWN, RefundState.IN_TRANSIT)
# Nothing of these was paid, and nothing will be.
NOT_PAID: Final = (
    RefundState.REJECTED,
    RefundState.FAILED,
    RefundState.RETURNED_AFTER_PAID,
    RefundState.CANCELLED,
)

_OUTCOMES: Final = frozenset(
    {
        RefundState.REQUESTED,
        RefundState.UNKNOWN,
        RefundState.IN_TRANSIT,
        RefundState.PAID,
        RefundState.PARTLY_PAID,
        RefundState.REJECTED,
        RefundState.FAILED,
        RefundState.RETURNED_AFTER_PAID,
        RefundState.CANCELLED,
    }
)
REFUND_MOVES: Final[Mapping[RefundState, frozenset[RefundState]]] = {
    RefundState.AWAITING_APPROVAL: frozenset(
        {RefundState.REQUESTED, RefundState.REJECTED, RefundState.CANCELLED}
    ),
    RefundState.REQUESTED: frozenset(
        {RefundState.SUBMITTED, RefundState.REJECTED, RefundState.CANCELLED}
    ),
    RefundState.SUBMITTED: _OUTCOMES,
    RefundState.UNKNOWN: _OUTCOMES - {RefundState.UNKNOWN} | {RefundState.SUBMITTED},
    RefundState.IN_TRANSIT: frozenset(
        {
            RefundState.PAID,
            RefundState.PARTLY_PAID,
            RefundState.FAILED,
            RefundState.CANCELLED,
            RefundState.RETURNED_AFTER_PAID,
        }
    ),
    # Money that looked paid can come back for days.
    RefundState.PAID: frozenset({RefundState.RETURNED_AFTER_PAID, RefundState.PARTLY_PAID}),
    RefundState.PARTLY_PAID: frozenset({RefundState.RETURNED_AFTER_PAID}),
    **{state: frozenset() for state in NOT_PAID},
}
