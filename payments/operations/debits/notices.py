"""What a customer is told: before a debit, after it, when it fails, and when a permission ends.

Every message has a key of its own, so nothing is said twice, whoever runs twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from businesses.queries import business_by_id
from core.calendar import TEHRAN, format_jalali
from core.money import RIAL_PER_TOMAN
from core.tenancy import acting_for, active_business_id, operation
from core.text import persian_digits
from messaging.enums import Purpose
from messaging.operations import NewSms, cancel_queued, queue_sms_many
from payments.enums import AlertKind
from payments.enums.debits import DEBIT_OPEN, DebitFailure, DebitState
from payments.models import Debit, Mandate
from payments.operations.alerts import raise_alert
from payments.operations.debits.schedules import pause_schedule
from payments.queries.mandates import debit_policy

MESSAGE_KIND: Final = "debit"


def announce(*, business_id: UUID, debit_ids: Sequence[UUID], now: datetime) -> int:
    """Tell customers of debits to come; run outside any scope. Returns how many were told."""
    with acting_for(business_id, durable=True):
        rows = Debit.objects.select_for_update(of=("self",)).select_related("mandate")
        due = list(rows.filter(id__in=debit_ids, notice_at__lte=now).order_by("id"))
        told = [debit for debit in due if debit.state in DEBIT_OPEN and debit.tries == 0]
        with translation.override("fa"):
            texts = {
                debit.id: _("%(shop)s: %(amount)s toman is debited on %(day)s. Details: %(url)s")
                % _words(debit)
                for debit in told
            }
        _say(told, texts, "notice", now)
        Debit.objects.filter(id__in=[debit.id for debit in due]).update(notice_at=None)
        return len(told)


@operation
def tell_collected(*, debit_ids: Sequence[UUID], now: datetime) -> None:
    """Tell customers what was debited; reminders of it are withdrawn."""
    debits = _debits(debit_ids)
    cancel_queued(ref_kind=MESSAGE_KIND, ref_ids=debit_ids, now=now)
    with translation.override("fa"):
        texts = {
            debit.id: _("%(shop)s: %(amount)s toman was debited. Thank you. %(url)s")
            % _words(debit)
            for debit in debits
        }
    _say(debits, texts, "collected", now)


@operation
def tell_failed(*, debit_ids: Sequence[UUID], now: datetime) -> None:
    """Tell customers, once for each debit, that nothing could be debited and what follows."""
    debits = _debits(debit_ids)
    with translation.override("fa"):
        texts = {debit.id: _failed_text(debit) for debit in debits}
    _say(debits, texts, "failed", now)


@operation
def start_dunning(*, debit_id: UUID, now: datetime) -> None:
    """Queue the reminders of a debit that was given up; a row that keeps failing is paused."""
    manners = debit_policy()
    (debit,) = _debits([debit_id])
    if debit.state != DebitState.FAILED:
        return
    for days in manners.reminders:
        with translation.override("fa"):
            text = _("%(shop)s: %(amount)s toman is still to be paid. %(url)s") % _words(debit)
        key = f"reminder-{days}"
        _say([debit], {debit.id: text}, key, now, not_before=now + timedelta(days=days))
    if debit.schedule_id is not None and _fails(debit.schedule_id, manners.pause_after):
        pause_schedule(schedule_id=debit.schedule_id, now=now)
        raise_alert(
            kind=AlertKind.DEBIT_TROUBLE,
            source_id=debit.schedule_id,
            detail={"reason": "paused"},
            now=now,
        )


@operation
def tell_ended(*, mandate_id: UUID, now: datetime) -> None:
    """Tell a customer that a permission is no longer in force."""
    mandate = Mandate.objects.get(id=mandate_id)
    with translation.override("fa"):
        text = _("%(shop)s: your permission to debit is no longer in force. %(url)s") % {
            "shop": business_by_id(active_business_id()).name,
            "url": mandate_url(mandate.public_token),
        }
    message = NewSms(mandate.mobile, text, f"mandate-ended:{mandate.id}", mandate.id)
    queue_sms_many(messages=[message], purpose=Purpose.TRANSACTIONAL, ref_kind="mandate", now=now)


def mandate_url(public_token: str) -> str:
    """Return the address of a customer's page of a mandate."""
    return str(settings.BASE_URL) + reverse("payments:mandate", args=[public_token])


def _debits(debit_ids: Sequence[UUID]) -> list[Debit]:
    return list(Debit.objects.select_related("mandate").filter(id__in=debit_ids).order_by("id"))


def _failed_text(debit: Debit) -> str:
    words = _words(debit)
    if debit.state != DebitState.RETRY_WAIT:
        return _("%(shop)s: %(amount)s toman could not be debited. %(url)s") % words
    if debit.failure == DebitFailure.NO_FUNDS:
        return (
            _("%(shop)s: your account had too little for %(amount)s toman; we try again. %(url)s")
            % words
        )
    return _("%(shop)s: %(amount)s toman was not debited yet; we try again. %(url)s") % words


def _words(debit: Debit) -> dict[str, str]:
    amount = f"{debit.amount_rial // RIAL_PER_TOMAN:,}".replace(",", "٬")
    return {
        "shop": business_by_id(active_business_id()).name,
        "amount": persian_digits(amount),
        "day": format_jalali(debit.due_at, TEHRAN),
        "url": mandate_url(debit.mandate.public_token),
    }


def _say(
    debits: Sequence[Debit],
    texts: dict[UUID, str],
    what: str,
    now: datetime,
    not_before: datetime | None = None,
) -> None:
    messages = [
        NewSms(debit.mandate.mobile, texts[debit.id], f"debit-{what}:{debit.id}", debit.id)
        for debit in debits
    ]
    queue_sms_many(
        messages=messages,
        purpose=Purpose.TRANSACTIONAL,
        ref_kind=MESSAGE_KIND,
        not_before=not_before,
        now=now,
    )


def _fails(schedule_id: UUID, most: int) -> bool:
    """Tell whether a row's last debits were all given up."""
    ended = Debit.objects.filter(schedule_id=schedule_id, ended_at__isnull=False)
    last = list(ended.order_by("-period").values_list("state", flat=True)[:most])
    return len(last) == most and set(last) == {DebitState.FAILED}
