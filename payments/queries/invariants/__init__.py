"""What must always hold of one business's payments (`manage.py check_invariants`)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from payments.enums import (
    CHECKABLE,
    AttemptState,
    BookAccount,
    OrphanState,
    PaymentMethod,
    PaymentState,
)
from payments.enums.debits import Collects
from payments.models import MoneyEntry, OrphanCapture, Payment, PaymentAttempt
from payments.queries.covers import miscounted_covers
from payments.queries.inquiries import forgotten as forgotten_inquiries
from payments.queries.instalments.credit import broken_plans, misjudged_credit
from payments.queries.invariants import debits, deposits
from payments.queries.quotes import broken_promises
from payments.queries.refund_invariants import broken_refunds

_ORPHAN_LIMIT: Final = timedelta(hours=24)
_STUCK_AFTER: Final = timedelta(hours=1)
_PAID: Final = [AttemptState.CONFIRMED, AttemptState.REVERSED]


def broken(now: datetime) -> list[str]:
    """Return a sentence per broken promise; empty when all is well."""
    return [
        f"{what}: {', '.join(str(row_id) for row_id in found)}"
        for what, found in (
            ("settled payments without exactly one confirmed attempt", _settled_wrongly()),
            ("confirmed attempts of payments that are not settled", _credited_nowhere()),
            ("settled payments without a purchase", _without_purchase()),
            ("attempts whose amount is not the payment's", _other_amount()),
            ("open attempts nobody will ask about", _forgotten()),
            ("attempts overdue for an hour", _stuck(now)),
            ("orphan captures older than a day", _old_orphans(now)),
            ("postings that do not sum to zero", _unbalanced()),
            ("settled payments that are not in the books", _unposted()),
            *broken_refunds(now),
            *deposits.found(now),
            *debits.found(now),
            ("inquiries nobody will end", forgotten_inquiries(now)),
            ("plans whose parts do not sum", broken_plans()),
            ("payments that break a promised price", broken_promises()),
            ("payments whose covers do not sum", miscounted_covers()),
            ("credit owed that is not what the instalments say", misjudged_credit()),
        )
        if found
    ]


# Rails on which money comes by a try at a gateway or a partner.
_BY_TRY: Final = (PaymentMethod.GATEWAY, PaymentMethod.BNPL)


def _settled_wrongly() -> list[UUID]:
    confirmed = Count("pk", filter=Q(state__in=_PAID))
    wrong = (
        PaymentAttempt.objects.filter(
            payment__state=PaymentState.SETTLED, payment__method__in=_BY_TRY
        )
        .values("payment_id")
        .annotate(n=confirmed)
        .exclude(n=1)
    )
    none = Payment.objects.filter(state=PaymentState.SETTLED, method__in=_BY_TRY).exclude(
        Exists(PaymentAttempt.objects.filter(payment_id=OuterRef("id")))
    )
    return [row["payment_id"] for row in wrong] + list(none.values_list("id", flat=True))


def _credited_nowhere() -> list[UUID]:
    rows = PaymentAttempt.objects.filter(state=AttemptState.CONFIRMED)
    return list(rows.exclude(payment__state=PaymentState.SETTLED).values_list("id", flat=True))


def _without_purchase() -> list[UUID]:
    rows = Payment.objects.filter(state=PaymentState.SETTLED, purchase=None, collects=Collects.SALE)
    return list(rows.values_list("id", flat=True))


def _other_amount() -> list[UUID]:
    # A try that is over may have been for more, before a gift card took part of it.
    live = [AttemptState.CREATED, *CHECKABLE, AttemptState.CONFIRMED]
    rows = PaymentAttempt.objects.filter(state__in=live)
    rows = rows.exclude(sent_amount=F("payment__amount_rial"))
    return list(rows.values_list("id", flat=True))


def _forgotten() -> list[UUID]:
    rows = PaymentAttempt.objects.filter(
        state__in=[AttemptState.CREATED, *CHECKABLE], next_check_at=None
    )
    return list(rows.exclude(state=AttemptState.NEEDS_REVIEW).values_list("id", flat=True))


def _stuck(now: datetime) -> list[UUID]:
    rows = PaymentAttempt.objects.filter(next_check_at__lt=now - _STUCK_AFTER)
    return list(rows.values_list("id", flat=True))


def _old_orphans(now: datetime) -> list[UUID]:
    rows = OrphanCapture.objects.filter(state=OrphanState.OPEN, found_at__lt=now - _ORPHAN_LIMIT)
    return list(rows.values_list("id", flat=True))


def _unbalanced() -> list[UUID]:
    postings = MoneyEntry.objects.values("kind", "source_id").annotate(total=Sum("amount_rial"))
    return [row["source_id"] for row in postings.exclude(total=0)]


def _unposted() -> list[UUID]:
    posted = MoneyEntry.objects.filter(
        source_id=OuterRef("id"),
        kind="payment",
        account__in=[BookAccount.SALES, BookAccount.RECEIVABLE, BookAccount.GIFT_CARDS],
    )
    # One that gift cards covered whole brought no money.
    rows = Payment.objects.filter(state=PaymentState.SETTLED, amount_rial__gt=0)
    rows = rows.exclude(Exists(posted))
    return list(rows.values_list("id", flat=True))
