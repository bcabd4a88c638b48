"""States of payments, attempts and reversals, and which may follow which."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.enums.books import BookAccount as BookAccount


class Provider(models.TextChoices):
    """Whose wire we speak: one product of a provider, with credentials of its own."""

    ZARINPAL = "zarinpal", _("Zarinpal")
    ZIBAL = "zibal", _("Zibal")
    JIBIT_PPG = "jibit_ppg", _("Jibit gateway")
    VANDAR = "vandar", _("Vandar")
    SEP = "sep", _("Saman (SEP)")
    MELLAT = "mellat", _("Behpardakht Mellat")
    SNAPPPAY = "snapppay", _("SnappPay")
    JIBIT_PIP = "jibit_pip", _("Jibit identified deposits")
    JIBIT_TRANSFEROR = "jibit_transferor", _("Jibit transfers")
    JIBIT_IDE = "jibit_ide", _("Jibit inquiries")
    FINNOTECH = "finnotech", _("Finnotech")
    OWN_BANK = "own_bank", _("Own bank account")


class PaymentMethod(models.TextChoices):
    """The rail a payment's money comes on."""

    GATEWAY = "gateway", _("Online gateway")
    IDENTIFIED_DEPOSIT = "identified_deposit", _("Identified deposit")
    CARD_TO_CARD = "card_to_card", _("Card to card")
    DIRECT_DEBIT = "direct_debit", _("Direct debit")
    BNPL = "bnpl", _("Pay later")
    GIFT_CARD = "gift_card", _("Gift card")


class AlertKind(models.TextChoices):
    """What somebody at the business should look at."""

    FORGED_CALLBACK = "forged_callback", _("A return from the bank that fits no payment")
    AMOUNT_MISMATCH = "amount_mismatch", _("Another amount was paid")
    TENFOLD = "tenfold", _("Ten times or a tenth: rial and toman mixed up")
    DUPLICATE_REFERENCE = "duplicate_reference", _("A reference that was used before")
    CONTRADICTION = "contradiction", _("The provider changed its word")
    PROVIDER_DOWN = "provider_down", _("A provider does not answer")
    SETTLE_STUCK = "settle_stuck", _("Confirmed but not settled")
    ORPHAN = "orphan", _("Money nobody was waiting for")
    REFUND_TROUBLE = "refund_trouble", _("A refund is in trouble")
    REFUND_RETURNED = "refund_returned", _("A refund came back")
    DEPOSIT_TROUBLE = "deposit_trouble", _("A deposit needs a person")
    MANDATE_LOST = "mandate_lost", _("A mandate ended")
    DEBIT_TROUBLE = "debit_trouble", _("A debit is in trouble")
    RECONCILIATION = "reconciliation", _("Books and provider differ")
    REPORT_MISSING = "report_missing", _("A provider's report could not be fetched")
    LEDGER_BROKEN = "ledger_broken", _("The points ledger contradicts itself")
    BUDGET_SPENT = "budget_spent", _("A rule's budget is used up")
    WEBHOOK_LOST = "webhook_lost", _("Your software could not be told something")
    MISUSE = "misuse", _("A strong sign that points are misused")
    VOLUME = "volume", _("A product sells otherwise than expected")
    DISPUTE = "dispute", _("A customer says that a purchase is not theirs")

    AWAITED = "awaited", _("Good customers did not come when they were expected")
    COVER_LOST = "cover_lost", _("The gift card of a payment was not there any more")


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
    `settling`: confirmed, and the money is ours only once the provider has settled it.
    `auto_returned`: paid, not confirmed, and given back by the bank itself.
    """

    CREATED = "created", _("Prepared")
    REDIRECTED = "redirected", _("Sent to the bank")
    RETURNED = "returned", _("Back from the bank")
    PAID_UNCONFIRMED = "paid_unconfirmed", _("Paid, not yet confirmed")
    UNKNOWN = "unknown", _("Being asked about")
    SETTLING = "settling", _("Confirmed, being settled")
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
    UNSETTLED = "unsettled", _("Could not be settled")
    CONTRADICTION = "contradiction", _("Taken back by the provider")


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
    AttemptState.SETTLING,
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
    AttemptState.SETTLING,
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
        AttemptState.SETTLING,
        AttemptState.CONFIRMED,
        AttemptState.DECLINED,
        AttemptState.EXPIRED,
        AttemptState.AUTO_RETURNED,
        AttemptState.MISMATCH,
        AttemptState.NEEDS_REVIEW,
    }
)
# A provider may change its word about a try it called over: then the money is credited late.
_MADE_GOOD: Final = frozenset(
    {AttemptState.SETTLING, AttemptState.CONFIRMED, AttemptState.MISMATCH}
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
    AttemptState.SETTLING: frozenset(
        {
            AttemptState.CONFIRMED,
            AttemptState.AUTO_RETURNED,
            AttemptState.MISMATCH,
            AttemptState.NEEDS_REVIEW,
            AttemptState.REVERSED,
        }
    ),
    AttemptState.NEEDS_REVIEW: frozenset(
        {
            AttemptState.SETTLING,
            AttemptState.CONFIRMED,
            AttemptState.DECLINED,
            AttemptState.EXPIRED,
            AttemptState.AUTO_RETURNED,
            AttemptState.MISMATCH,
            AttemptState.REVERSED,
        }
    ),
    AttemptState.MISMATCH: frozenset({AttemptState.REVERSED, AttemptState.AUTO_RETURNED}),
    AttemptState.CONFIRMED: frozenset({AttemptState.REVERSED}),
    AttemptState.DECLINED: _MADE_GOOD | {AttemptState.AUTO_RETURNED},
    AttemptState.EXPIRED: _MADE_GOOD | {AttemptState.AUTO_RETURNED},
    AttemptState.AUTO_RETURNED: _MADE_GOOD,
    AttemptState.NOT_ATTEMPTED: frozenset(),
    AttemptState.ABANDONED: frozenset(),
    AttemptState.REVERSED: frozenset(),
}

# Over without money; a late transfer may still be taken for one whose time passed.
ENDED_UNPAID: Final = (PaymentState.EXPIRED, PaymentState.CANCELLED)

PAYMENT_MOVES: Final[Mapping[PaymentState, frozenset[PaymentState]]] = {
    # Straight to settled: money that came on a rail without tries, such as a deposit.
    PaymentState.CREATED: frozenset(
        {
            PaymentState.PROCESSING,
            PaymentState.SETTLED,
            PaymentState.CANCELLED,
            PaymentState.EXPIRED,
        }
    ),
    PaymentState.PROCESSING: frozenset(
        {PaymentState.CREATED, PaymentState.SETTLED, PaymentState.NEEDS_REVIEW}
    ),
    PaymentState.NEEDS_REVIEW: frozenset(
        {PaymentState.SETTLED, PaymentState.REVERSED, PaymentState.CREATED}
    ),
    PaymentState.SETTLED: frozenset({PaymentState.REVERSED}),
    PaymentState.CANCELLED: frozenset(),
    # A person accepts money that came too late.
    PaymentState.EXPIRED: frozenset({PaymentState.SETTLED}),
    PaymentState.REVERSED: frozenset(),
}


class ImpossibleMove(RuntimeError):
    """A state was asked to follow one it cannot follow."""


def check_move(moves: Mapping[Any, frozenset[Any]], before: str, after: str) -> None:
    """Raise ImpossibleMove unless `after` may follow `before`; staying is no move."""
    if before != after and after not in moves[before]:
        raise ImpossibleMove(f"{before} → {after}")
