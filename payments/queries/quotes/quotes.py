"""Promised prices and where each stands at a moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.urls import reverse

from payments.enums import ENDED_UNPAID, PaymentState
from payments.enums.quotes import QuoteState
from payments.models import Payment, Quote

_AT_THE_BANK: Final = (PaymentState.PROCESSING, PaymentState.NEEDS_REVIEW)


@dataclass(frozen=True, kw_only=True, slots=True)
class QuoteView:
    """A promised price as it stands; `payment_id` is the payment under way or that used it."""

    quote: Quote
    state: QuoteState
    payment_id: UUID | None
    pay_token: str

    @property
    def is_payable(self) -> bool:
        """Whether the price can be had, or somebody is paying it."""
        return self.state in {QuoteState.OPEN, QuoteState.ACCEPTED}


def quote_rows(*, now: datetime, state: str = "") -> QuerySet[Quote]:
    """Return quotes with their customer and standing; the caller orders and pages by `created_at`.

    `view_of` reads a row.
    """
    return _standing(Quote.objects.select_related("customer"), now, state)


def promised_rows(*, now: datetime) -> QuerySet[Quote]:
    """Return promises somebody may still take up, or is about to."""
    rows = Quote.objects.filter(plan=None, withdrawn_at=None, valid_to__gt=now)
    used = Payment.objects.filter(quote=OuterRef("id"), state=PaymentState.SETTLED)
    return rows.exclude(Exists(used))


def view_of(row: Any) -> QuoteView:
    """Return a row of `quote_rows` as a value."""
    return QuoteView(
        quote=row,
        state=QuoteState(row.standing),
        payment_id=row.used_by,
        pay_token=row.used_at or "",
    )


def quote_by_id(quote_id: UUID, *, now: datetime) -> QuoteView | None:
    """Return one quote, or None. One query."""
    row = quote_rows(now=now).filter(id=quote_id).first()
    return view_of(row) if row else None


def quote_by_token(token: str, *, now: datetime) -> QuoteView | None:
    """Return the quote of a public address, or None."""
    row = quote_rows(now=now).filter(token=token).first()
    return view_of(row) if row else None


def mobile_of(quote: Quote) -> str:
    """Return the mobile of whom a price was promised to, or ""."""
    return (quote.customer.mobile or "") if quote.customer else quote.mobile


def quote_url(quote: Quote) -> str:
    """Return the absolute public address of a quote."""
    return str(settings.BASE_URL) + reverse("payments:quote", args=[quote.token])


def broken_promises() -> list[UUID]:
    """Return payments that ask another price than was promised, or of a quote sold on credit."""
    asked = F("amount_rial") + F("covered_rial") + F("discount_rial")
    wrong = ~Q(quote__amount_rial=asked) | Q(
        quote__plan__isnull=False, state__in=[s for s in PaymentState if s not in ENDED_UNPAID]
    )
    rows = Payment.objects.filter(quote__isnull=False).filter(wrong)
    return list(rows.values_list("id", flat=True))


def _standing(rows: QuerySet[Quote], now: datetime, state: str) -> QuerySet[Quote]:
    """Add how each stands: one payment at most is alive or came to something."""
    live = Payment.objects.filter(quote=OuterRef("pk")).exclude(state__in=ENDED_UNPAID)
    used = rows.annotate(
        used_by=Subquery(live.values("id")[:1]),
        used_at=Subquery(live.values("pay_token")[:1]),
        paying=Subquery(live.values("state")[:1]),
        payable_until=Subquery(live.values("expires_at")[:1]),
    )
    # Begun in time: a transfer is awaited beyond the end of the promise.
    awaited = Q(paying=PaymentState.CREATED, valid_to__lte=now, payable_until__gt=now)
    found = used.annotate(
        standing=Case(
            When(paying=PaymentState.SETTLED, then=Value(QuoteState.PAID)),
            When(paying=PaymentState.REVERSED, then=Value(QuoteState.RETURNED)),
            When(plan__isnull=False, then=Value(QuoteState.ON_CREDIT)),
            When(withdrawn_at__isnull=False, then=Value(QuoteState.WITHDRAWN)),
            When(Q(paying__in=_AT_THE_BANK) | awaited, then=Value(QuoteState.ACCEPTED)),
            When(valid_to__lte=now, then=Value(QuoteState.EXPIRED)),
            When(valid_from__gt=now, then=Value(QuoteState.UPCOMING)),
            default=Value(QuoteState.OPEN),
            output_field=TextField(),
        )
    )
    return found.filter(standing=state) if state else found
