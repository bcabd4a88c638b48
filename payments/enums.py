"""States of payments, attempts and reversals, and which may follow which."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Provider(models.TextChoices):
    """Whose wire we speak."""

    ZARINPAL = "zarinpal", _("Zarinpal")


class PaymentState(models.TextChoices):
    """Where a payment stands for the business and its customer."""

    CREATED = "created", _("Waiting for payment")
    PROCESSING = "processing", _("At the bank")
    SETTLED = "settled", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    REVERSED = "reversed", _("Money returned")
    NEEDS_REVIEW = "needs_review", _("Needs a person")


class AttemptState(models.TextChoices):
    """Where one try at one provider stands.

    `abandoned`: the session may exist at the provider, but nobody was ever sent to it.
    `auto_returned`: paid, not confirmed, and given back by the bank itself.
    """

    CREATED = "created", _("Prepared")
    REDIRECTED = "redirected", _("Sent to the bank")
    RETURNED = "returned", _("Back from the bank")
    PAID_UNCONFIRMED = "paid_unconfirmed", _("Paid, not yet confirmed")
    UNKNOWN = "unknown", _("Being asked about")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    NOT_ATTEMPTED = "not_attempted", _("Did not reach the provider")
    ABANDONED = "abandoned", _("Abandoned before the bank")
    EXPIRED = "expired", _("Never paid")
    AUTO_RETURNED = "auto_returned", _("Returned by the bank")
    MISMATCH = "mismatch", _("Amount differs")
    NEEDS_REVIEW = "needs_review", _("Needs a person")
    REVERSED = "reversed", _("Money returned")


class ReversalReason(models.TextChoices):
    """Why money goes back."""

    REQUESTED = "requested", _("Asked for")
    ORPHAN = "orphan", _("Paid too late")
    MISMATCH = "mismatch", _("Amount differs")


class ReversalState(models.TextChoices):
    """requested → returned, or requested → failed after a final no."""

    REQUESTED = "requested", _("Under way")
    RETURNED = "returned", _("Money returned")
    FAILED = "failed", _("Failed")


class OrphanState(models.TextChoices):
    """What became of money that no payment was waiting for."""

    OPEN = "open", _("Being returned")
    RETURNED = "returned", _("Money returned")
    NEEDS_PERSON = "needs_person", _("Needs a person")


class FoundBy(models.TextChoices):
    """How we learned of something."""

    CALLBACK = "callback", _("Return from the bank")
    POLL = "poll", _("Inquiry")
    SWEEP = "sweep", _("List of unconfirmed payments")


LIVE: Final = (
    AttemptState.CREATED,
    AttemptState.REDIRECTED,
    AttemptState.RETURNED,
    AttemptState.PAID_UNCONFIRMED,
    AttemptState.UNKNOWN,
)
# While one of these exists a payment gets no other attempt: its money may be on the way or here.
EXCLUSIVE: Final = (
    *LIVE,
    AttemptState.CONFIRMED,
    AttemptState.MISMATCH,
    AttemptState.NEEDS_REVIEW,
)
# The provider has been given a session whose fate is open, or a person should look.
CHECKABLE: Final = (
    AttemptState.REDIRECTED,
    AttemptState.RETURNED,
    AttemptState.PAID_UNCONFIRMED,
    AttemptState.UNKNOWN,
    AttemptState.NEEDS_REVIEW,
)
# The try is over and no money is held; a later success is an orphan.
ENDED: Final = (
    AttemptState.DECLINED,
    AttemptState.NOT_ATTEMPTED,
    AttemptState.ABANDONED,
    AttemptState.EXPIRED,
    AttemptState.AUTO_RETURNED,
)

_AT_BANK: Final = frozenset(
    {
        AttemptState.RETURNED,
        AttemptState.PAID_UNCONFIRMED,
        AttemptState.UNKNOWN,
        AttemptState.CONFIRMED,
        AttemptState.DECLINED,
        AttemptState.EXPIRED,
        AttemptState.AUTO_RETURNED,
        AttemptState.MISMATCH,
        AttemptState.NEEDS_REVIEW,
    }
)

ATTEMPT_MOVES: Final[Mapping[AttemptState, frozenset[AttemptState]]] = {
    AttemptState.CREATED: frozenset(
        {
            AttemptState.REDIRECTED,
            AttemptState.DECLINED,
            AttemptState.NOT_ATTEMPTED,
            AttemptState.ABANDONED,
        }
    ),
    AttemptState.REDIRECTED: _AT_BANK,
    AttemptState.RETURNED: _AT_BANK,
    AttemptState.PAID_UNCONFIRMED: _AT_BANK
    - {AttemptState.PAID_UNCONFIRMED, AttemptState.RETURNED},
    AttemptState.UNKNOWN: _AT_BANK - {AttemptState.UNKNOWN, AttemptState.RETURNED},
    AttemptState.NEEDS_REVIEW: frozenset(
        {
            AttemptState.CONFIRMED,
            AttemptState.DECLINED,
            AttemptState.EXPIRED,
            AttemptState.AUTO_RETURNED,
            AttemptState.MISMATCH,
        }
    ),
    AttemptState.MISMATCH: frozenset({AttemptState.REVERSED, AttemptState.AUTO_RETURNED}),
    AttemptState.CONFIRMED: frozenset({AttemptState.REVERSED}),
    **{state: frozenset() for state in ENDED},
    AttemptState.REVERSED: frozenset(),
}

PAYMENT_MOVES: Final[Mapping[PaymentState, frozenset[PaymentState]]] = {
    PaymentState.CREATED: frozenset(
        {PaymentState.PROCESSING, PaymentState.CANCELLED, PaymentState.EXPIRED}
    ),
    PaymentState.PROCESSING: frozenset(
        {PaymentState.CREATED, PaymentState.SETTLED, PaymentState.NEEDS_REVIEW}
    ),
    PaymentState.NEEDS_REVIEW: frozenset(
        {PaymentState.SETTLED, PaymentState.REVERSED, PaymentState.CREATED}
    ),
    PaymentState.SETTLED: frozenset({PaymentState.REVERSED}),
    PaymentState.CANCELLED: frozenset(),
    PaymentState.EXPIRED: frozenset(),
    PaymentState.REVERSED: frozenset(),
}


class ImpossibleMove(RuntimeError):
    """A state was asked to follow one it cannot follow."""


def check_move(moves: Mapping[Any, frozenset[Any]], before: str, after: str) -> None:
    """Raise ImpossibleMove unless `after` may follow `before`; staying is no move."""
    if before != after and after not in moves[before]:
        raise ImpossibleMove(f"{before} → {after}")
