"""A checkout left unfinished: one reminder with the way back, and some left alone to compare.

The arm is fixed before the outcome is known, so that the page can say what reminding brought.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from businesses.queries import business_by_id
from core.errors import Problem
from core.ids import new_id
from core.money import RIAL_PER_TOMAN
from core.tenancy import acting_for, active_business_id, operation
from core.text import persian_digits
from messaging.enums import Purpose
from messaging.operations import queue_sms
from outbox.operations import publish
from payments.enums import LIVE, PaymentState
from payments.enums.links import RecoveryArm
from payments.events import CheckoutAbandoned
from payments.models import CheckoutPolicy, CheckoutRecovery, Payment, PaymentAttempt
from payments.operations.create import locked
from payments.queries import pay_url
from payments.queries.links import checkout_policy, is_decided, mobile_in, paid_otherwise

MESSAGE_KIND: Final = "checkout"
# The bounds the table checks too.
_AFTER_MINUTES: Final = range(5, 1441)
_HOLDOUT_PERCENT: Final = range(51)
_AT_THE_BANK: Final = timedelta(minutes=15)
# A reminder of a payment that is nearly over helps nobody.
_WORTH_IT: Final = timedelta(minutes=10)


@operation
def set_checkout_policy(
    *, is_on: bool, after_minutes: int, holdout_percent: int, now: datetime
) -> None:
    """Say whether and how soon unfinished checkouts are reminded; for payments made from now on.

    Raises Problem `invalid_policy` outside 5 to 1,440 minutes or 0 to 50 per cent.
    """
    if after_minutes not in _AFTER_MINUTES or holdout_percent not in _HOLDOUT_PERCENT:
        raise Problem(
            "invalid_policy",
            gettext_lazy("Remind after 5 to 1,440 minutes and leave at most half alone."),
        )
    values = {
        "is_on": is_on,
        "after_minutes": after_minutes,
        "holdout_percent": holdout_percent,
        "changed_at": now,
    }
    if not CheckoutPolicy.objects.update(**values):
        CheckoutPolicy.objects.create(**values)


def remind_unfinished(*, business_id: UUID, payment_id: UUID, now: datetime) -> bool:
    """Decide about one checkout whose moment has come; return whether it was due.

    Run outside any scope, under the worker role. The decision and the queued message are one
    commit; a second worker finds the row no longer due.
    """
    with acting_for(business_id, durable=True):
        payment = locked(payment_id)
        if payment.remind_at is None or payment.remind_at > now:
            return False
        if _is_at_the_bank(payment):
            _postpone(payment, now + _AT_THE_BANK)
            return True
        _postpone(payment, None)
        if payment.state == PaymentState.CREATED:
            _decide(payment, now)
        return True


def _is_at_the_bank(payment: Payment) -> bool:
    if payment.state != PaymentState.PROCESSING:
        return False
    return PaymentAttempt.objects.filter(payment=payment, state__in=LIVE).exists()


def _postpone(payment: Payment, moment: datetime | None) -> None:
    payment.remind_at = moment
    payment.save(update_fields=["remind_at"])


def _decide(payment: Payment, now: datetime) -> None:
    if is_decided(payment.external_id):
        return  # its cart had its one reminder, or was left alone
    arm = _arm(payment, now)
    recovery = CheckoutRecovery(
        id=new_id(), payment=payment, arm=arm, at=now, amount_rial=payment.amount_rial
    )
    if arm is RecoveryArm.REMINDED:
        recovery.message_id = _remind(payment, now)
    recovery.save(force_insert=True)
    event = CheckoutAbandoned(
        payment_id=payment.id,
        external_id=payment.external_id,
        amount_rial=payment.amount_rial,
        reminded=arm is RecoveryArm.REMINDED,
    )
    publish([event], now=now)


def _arm(payment: Payment, now: datetime) -> RecoveryArm:
    unreachable = mobile_in(payment) is None
    if unreachable or payment.expires_at <= now + _WORTH_IT or paid_otherwise(payment):
        return RecoveryArm.SKIPPED
    return drawn_arm(payment.id)


def drawn_arm(row_id: UUID) -> RecoveryArm:
    """Return what is done about a checkout somebody can be reminded of: its id draws the lot."""
    percent = checkout_policy().holdout_percent
    return RecoveryArm.HOLDOUT if row_id.int % 100 < percent else RecoveryArm.REMINDED


def _remind(payment: Payment, now: datetime) -> UUID:
    return remind_by_sms(
        way_back=WayBack(
            row_id=payment.id,
            mobile=mobile_in(payment) or "",
            amount_rial=payment.amount_rial,
            url=pay_url(payment),
            expires_at=payment.expires_at,
        ),
        now=now,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class WayBack:
    """What somebody left, and where to go on."""

    row_id: UUID
    mobile: str
    amount_rial: int
    url: str
    expires_at: datetime


def remind_by_sms(*, way_back: WayBack, now: datetime) -> UUID:
    """Queue the one reminder; consent, quiet hours and caps are messaging's."""
    shop = business_by_id(active_business_id())
    amount = persian_digits(f"{way_back.amount_rial // RIAL_PER_TOMAN:,}").replace(",", "٬")
    with translation.override("fa"):
        text = _("%(shop)s: your purchase of %(amount)s toman is waiting. Go on here: %(url)s") % {
            "shop": shop.name,
            "amount": amount,
            "url": way_back.url,
        }
    return queue_sms(
        address=way_back.mobile,
        body=text,
        purpose=Purpose.SURVEY,
        dedupe_key=f"checkout:{way_back.row_id}",
        expires_at=way_back.expires_at,
        ref_kind=MESSAGE_KIND,
        ref_id=way_back.row_id,
        now=now,
    )
