"""Payments with their tries and every word said on the wire."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from core.text import normalise_code
from payments.models import OrphanCapture, Payment, PaymentAttempt, ProviderCall, Reversal

# Numbers we make ourselves, for a debit or a deposit, hold an id; they say nothing to people.
_AN_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class AttemptDetail:
    """One try and what was said about it, oldest word first."""

    attempt: PaymentAttempt
    calls: list[ProviderCall] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PaymentDetail:
    """A payment with everything that belongs to it."""

    payment: Payment
    attempts: list[AttemptDetail]
    reversals: list[Reversal]
    orphans: list[OrphanCapture]


def payment_rows(
    *,
    state: str = "",
    method: str = "",
    q: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    link_id: UUID | None = None,
) -> QuerySet[Payment]:
    """Return payments with their number of tries (`tries`); the caller orders and pages.

    `q` is the beginning of an order number or part of a description; `until` is exclusive.
    """
    exact = {"state": state, "method": method, "link_id": link_id}
    rows = Payment.objects.annotate(tries=Coalesce(_tries(), 0)).filter(
        **{name: value for name, value in exact.items() if value}
    )
    if since:
        rows = rows.filter(created_at__gte=since)
    if until:
        rows = rows.filter(created_at__lt=until)
    if text := normalise_code(q):
        rows = rows.filter(Q(external_id__startswith=text) | Q(description__contains=text))
    return rows


def payment_by_id(payment_id: UUID) -> Payment | None:
    """Return one payment of the active business, or None."""
    return Payment.objects.filter(id=payment_id).first()


def payment_by_pay_token(token: str) -> Payment | None:
    """Return the payment a pay page belongs to, or None."""
    return Payment.objects.filter(pay_token=token).first()


def is_machine_number(number: str) -> bool:
    """Tell whether an order number was made by us for ourselves."""
    return _AN_ID.search(number) is not None


def last_attempt(payment_id: UUID) -> PaymentAttempt | None:
    """Return a payment's newest try, or None before the first."""
    tries = PaymentAttempt.objects.select_related("account").filter(payment_id=payment_id)
    return tries.order_by("-number").first()


def payment_detail(payment_id: UUID) -> PaymentDetail | None:
    """Return one payment with its tries and calls in five queries, or None."""
    payment = payment_by_id(payment_id)
    if payment is None:
        return None
    attempts = list(
        PaymentAttempt.objects.select_related("account").filter(payment=payment).order_by("number")
    )
    calls = _calls(attempt.id for attempt in attempts)
    return PaymentDetail(
        payment=payment,
        attempts=[AttemptDetail(attempt, calls[attempt.id]) for attempt in attempts],
        reversals=list(Reversal.objects.filter(payment=payment).order_by("requested_at")),
        orphans=list(OrphanCapture.objects.filter(attempt__in=attempts).order_by("found_at")),
    )


def pay_url(payment: Payment | str) -> str:
    """Return the absolute address of the pay page of a payment or a pay token."""
    token = payment if isinstance(payment, str) else payment.pay_token
    return str(settings.BASE_URL) + reverse("payments:pay", args=[token])


def _calls(attempt_ids: Iterable[UUID]) -> defaultdict[UUID | None, list[ProviderCall]]:
    by_attempt: defaultdict[UUID | None, list[ProviderCall]] = defaultdict(list)
    rows = ProviderCall.objects.filter(attempt_id__in=list(attempt_ids))
    for call in rows.order_by("at", "id"):
        by_attempt[call.attempt_id].append(call)
    return by_attempt


def _tries() -> Subquery:
    counted = (
        PaymentAttempt.objects.filter(payment_id=OuterRef("id"))
        .values("payment_id")
        .annotate(n=Count("id"))
        .values("n")
    )
    return Subquery(counted, output_field=IntegerField())
