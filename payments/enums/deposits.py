"""States of identified deposits, their identifiers and amount signatures."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckDigits(models.TextChoices):
    """How an own identifier proves that it was typed right."""

    MOD_97 = "mod_97", _("Two digits, modulo 97")
    VERHOEFF = "verhoeff", _("One digit, Verhoeff")
    MOD_11 = "mod_11", _("One digit, modulo 11")
    NONE = "none", _("None")


class IdentifierState(models.TextChoices):
    """pending → active → closed; failed when the provider refused it."""

    PENDING = "pending", _("Being issued")
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")
    FAILED = "failed", _("Refused")


class RowSource(models.TextChoices):
    """By which way we heard of a bank row."""

    STATEMENT = "statement", _("Statement file")
    FEED = "feed", _("Provider's feed")
    NOTICE = "notice", _("Bank's text message")
    TYPED = "typed", _("Typed by a person")


class DepositState(models.TextChoices):
    """The life of money that came in. Only `confirmed` credits anybody."""

    DETECTED = "detected", _("Seen")
    AUTO_MATCHED = "auto_matched", _("Recognised")
    UNMATCHED = "unmatched", _("Needs a person")
    SUSPICIOUS = "suspicious", _("Suspicious")
    AWAITING_CONFIRM = "awaiting_confirm", _("Being confirmed")
    CONFIRMED = "confirmed", _("Taken")
    REJECTED = "rejected", _("Refused")
    RETURNING = "returning", _("On its way back")
    RETURNED = "returned", _("Sent back")
    RETURN_FAILED = "return_failed", _("Could not be sent back")
    IGNORED = "ignored", _("Not a customer's")


class DepositReason(models.TextChoices):
    """Why a deposit credits nobody by itself."""

    NO_IDENTIFIER = "no_identifier", _("Came without an identifier")
    UNKNOWN_IDENTIFIER = "unknown_identifier", _("Unknown identifier")
    MISTYPED = "mistyped", _("Mistyped identifier")
    CLOSED_IDENTIFIER = "closed_identifier", _("Closed identifier")
    UNREGISTERED_SOURCE = "unregistered_source", _("Came from an account that is not registered")
    OVER = "over", _("Too much")
    UNDER = "under", _("Too little")
    TENFOLD = "tenfold", _("Ten times or a tenth: rial and toman?")
    DUPLICATE = "duplicate", _("Same again within a minute")
    LATE = "late", _("Came too late")
    PAID_ALREADY = "paid_already", _("Paid already")
    PROVIDER_DOUBT = "provider_doubt", _("The provider finds it suspicious")
    CONFIRM_REFUSED = "confirm_refused", _("The provider did not confirm it")
    RETURN_REFUSED = "return_refused", _("It could not be sent back")


class ReturnState(models.TextChoices):
    """ordered → done or failed."""

    ORDERED = "ordered", _("Being returned")
    DONE = "done", _("Returned")
    FAILED = "failed", _("Failed")


class ReturnWay(models.TextChoices):
    """How money goes back."""

    PROVIDER = "provider", _("The provider sends it back")
    BY_HAND = "by_hand", _("By the business itself")


class AllocationState(models.TextChoices):
    """held until its payment is complete, then settled; released when a person takes it back."""

    HELD = "held", _("Waiting for the rest")
    SETTLED = "settled", _("Credited")
    RELEASED = "released", _("Taken back")


class StatementState(models.TextChoices):
    """uploaded → checked → queued → running → done; failed says why."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKED = "checked", _("Checked")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class SignatureState(models.TextChoices):
    """open → used by its money, or over."""

    OPEN = "open", _("Open")
    USED = "used", _("Used")
    OVER = "over", _("Over")


# A person, or a wire, still has to do something.
WAITING: Final = (DepositState.UNMATCHED, DepositState.SUSPICIOUS, DepositState.RETURN_FAILED)
# The money is here and belongs to nobody yet, except for what allocations have settled.
UNSETTLED: Final = (
    DepositState.DETECTED,
    DepositState.AUTO_MATCHED,
    *WAITING,
    DepositState.AWAITING_CONFIRM,
    DepositState.REJECTED,
)

_RESOLVED: Final = frozenset(
    {
        DepositState.AWAITING_CONFIRM,
        DepositState.CONFIRMED,
        DepositState.REJECTED,
        DepositState.RETURNING,
        DepositState.RETURNED,
        DepositState.IGNORED,
    }
)
DEPOSIT_MOVES: Final[Mapping[DepositState, frozenset[DepositState]]] = {
    DepositState.DETECTED: frozenset(
        {DepositState.AUTO_MATCHED, DepositState.UNMATCHED, DepositState.SUSPICIOUS}
    ),
    DepositState.AUTO_MATCHED: frozenset(
        {
            DepositState.AWAITING_CONFIRM,
            DepositState.CONFIRMED,
            DepositState.UNMATCHED,
            DepositState.SUSPICIOUS,
        }
    ),
    DepositState.UNMATCHED: _RESOLVED,
    DepositState.SUSPICIOUS: _RESOLVED | {DepositState.UNMATCHED},
    DepositState.AWAITING_CONFIRM: frozenset(
        {
            DepositState.CONFIRMED,
            DepositState.REJECTED,
            DepositState.RETURNED,
            DepositState.UNMATCHED,
            DepositState.SUSPICIOUS,
        }
    ),
    DepositState.REJECTED: frozenset({DepositState.RETURNING}),
    DepositState.RETURNING: frozenset({DepositState.RETURNED, DepositState.RETURN_FAILED}),
    DepositState.RETURN_FAILED: _RESOLVED,
    # What was to go back of its rest did not.
    DepositState.CONFIRMED: frozenset({DepositState.UNMATCHED}),
    DepositState.RETURNED: frozenset({DepositState.RETURN_FAILED}),
    DepositState.IGNORED: frozenset(),
}
