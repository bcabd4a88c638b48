"""States of mandates and debits, and which may follow which."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class MandateState(models.TextChoices):
    """Where a customer's permission to debit stands. Only an active one is ever debited.

    `void`: signed at the bank, but not confirmed before the provider's deadline.
    """

    DRAFT = "draft", _("Being prepared")
    AWAITING_SIGNATURE = "awaiting_signature", _("Waiting for the signature")
    SIGNED_UNCONFIRMED = "signed_unconfirmed", _("Signed, not yet confirmed")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED_BY_CUSTOMER = "revoked_by_customer", _("Ended by the customer")
    REVOKED_BY_MERCHANT = "revoked_by_merchant", _("Ended by the business")
    EXPIRED = "expired", _("Expired")
    VOID = "void", _("Not confirmed in time")
    FAILED = "failed", _("Failed")
    DECLINED = "declined", _("Refused at the bank")


class DebitState(models.TextChoices):
    """Where one due sum stands."""

    SCHEDULED = "scheduled", _("Scheduled")
    SUBMITTED = "submitted", _("At the bank")
    RETRY_WAIT = "retry_wait", _("Waiting to be tried again")
    UNKNOWN = "unknown", _("Being asked about")
    COLLECTED = "collected", _("Collected")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    REFUNDED = "refunded", _("Given back")
    REVERSED_LATE = "reversed_late", _("Taken back by the bank")


class TryState(models.TextChoices):
    """Where one try of a debit stands. `intent`: committed, nothing charged by it yet."""

    INTENT = "intent", _("Prepared")
    SENT = "sent", _("Sent")
    WAITING = "waiting", _("At the bank")
    UNKNOWN = "unknown", _("Being asked about")
    COLLECTED = "collected", _("Collected")
    FAILED = "failed", _("Failed")
    NOT_ATTEMPTED = "not_attempted", _("Did not reach the provider")
    CANCELLED = "cancelled", _("Cancelled")


class DebitFailure(models.TextChoices):
    """Why a debit brought nothing."""

    NO_FUNDS = "no_funds", _("Not enough money in the account")
    CAP = "cap", _("A limit of the permission or the bank is reached")
    BANK_DOWN = "bank_down", _("The bank does not answer")
    MANDATE = "mandate", _("The permission is not in force")
    ACCOUNT = "account", _("The account is closed or blocked")
    OTHER = "other", _("Another reason")


class Wage(models.TextChoices):
    """Who pays the provider's wage."""

    BUSINESS = "business", _("The business")
    CUSTOMER = "customer", _("The customer")


class Collects(models.TextChoices):
    """What money settles: a sale of its own, what is owed for an earlier one, or one to come."""

    SALE = "sale", _("A sale")
    RECEIVABLE = "receivable", _("Part of an earlier sale")
    PREPAID = "prepaid", _("Gift cards, spent later")


class Every(models.TextChoices):
    """The unit of a schedule; months are Jalali."""

    MONTH = "month", _("Month")
    WEEK = "week", _("Week")


class HolidayShift(models.TextChoices):
    """Where a due day that is a holiday moves."""

    NONE = "none", _("Stays where it is")
    LATER = "later", _("To the next working day")
    EARLIER = "earlier", _("To the working day before")


class ScheduleState(models.TextChoices):
    """Where a row of debits stands."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDED = "ended", _("Ended")


MANDATE_OPEN: Final = (
    MandateState.DRAFT,
    MandateState.AWAITING_SIGNATURE,
    MandateState.SIGNED_UNCONFIRMED,
)
MANDATE_IN_FORCE: Final = (MandateState.ACTIVE, MandateState.SUSPENDED)
# Money may be on its way or here: such a try forbids another one and counts against the caps.
TRY_OPEN: Final = (TryState.INTENT, TryState.SENT, TryState.WAITING, TryState.UNKNOWN)
TRY_EXCLUSIVE: Final = (*TRY_OPEN, TryState.COLLECTED)
DEBIT_OPEN: Final = (
    DebitState.SCHEDULED,
    DebitState.SUBMITTED,
    DebitState.RETRY_WAIT,
    DebitState.UNKNOWN,
)

_ENDS: Final = frozenset(
    {
        MandateState.REVOKED_BY_CUSTOMER,
        MandateState.REVOKED_BY_MERCHANT,
        MandateState.EXPIRED,
        MandateState.FAILED,
    }
)
MANDATE_MOVES: Final[Mapping[MandateState, frozenset[MandateState]]] = {
    MandateState.DRAFT: frozenset(
        {MandateState.AWAITING_SIGNATURE, MandateState.FAILED, MandateState.REVOKED_BY_MERCHANT}
    ),
    MandateState.AWAITING_SIGNATURE: _ENDS
    | {MandateState.SIGNED_UNCONFIRMED, MandateState.ACTIVE, MandateState.DECLINED},
    MandateState.SIGNED_UNCONFIRMED: _ENDS
    | {MandateState.ACTIVE, MandateState.VOID, MandateState.DECLINED},
    MandateState.ACTIVE: _ENDS | {MandateState.SUSPENDED},
    MandateState.SUSPENDED: _ENDS | {MandateState.ACTIVE},
    **{state: frozenset() for state in (*_ENDS, MandateState.VOID, MandateState.DECLINED)},
}
_TRIED: Final = frozenset(
    {
        DebitState.SUBMITTED,
        DebitState.RETRY_WAIT,
        DebitState.UNKNOWN,
        DebitState.COLLECTED,
        DebitState.FAILED,
        DebitState.CANCELLED,
        DebitState.REFUNDED,
    }
)
DEBIT_MOVES: Final[Mapping[DebitState, frozenset[DebitState]]] = {
    DebitState.SCHEDULED: frozenset(
        {
            DebitState.SUBMITTED,
            DebitState.RETRY_WAIT,
            DebitState.FAILED,
            DebitState.CANCELLED,
        }
    ),
    DebitState.SUBMITTED: _TRIED,
    DebitState.RETRY_WAIT: _TRIED,
    DebitState.UNKNOWN: _TRIED,
    DebitState.COLLECTED: frozenset({DebitState.REFUNDED, DebitState.REVERSED_LATE}),
    # A "no" the provider took back later; whoever owns the debit hears of it.
    DebitState.FAILED: frozenset({DebitState.COLLECTED}),
    DebitState.CANCELLED: frozenset({DebitState.COLLECTED}),
    DebitState.REFUNDED: frozenset(),
    DebitState.REVERSED_LATE: frozenset(),
}
