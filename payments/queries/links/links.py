"""Payment links and what was paid at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from payments.enums import PaymentState
from payments.models import Payment, PaymentLink


@dataclass(frozen=True, slots=True)
class LinkSums:
    """What a link brought: payments made at it, those paid, and their sum."""

    made: int = 0
    paid: int = 0
    paid_rial: int = 0


def link_rows() -> QuerySet[PaymentLink]:
    """Return links; the caller orders and pages by `created_at`."""
    return PaymentLink.objects.all()


def open_links(now: datetime) -> QuerySet[PaymentLink]:
    """Return links that may still be paid at."""
    rows = PaymentLink.objects.filter(closed_at=None)
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=now))


def link_by_id(link_id: UUID) -> PaymentLink | None:
    """Return one link, or None."""
    return PaymentLink.objects.filter(id=link_id).first()


def link_by_token(token: str) -> PaymentLink | None:
    """Return the link of a public address, or None."""
    return PaymentLink.objects.filter(token=token).first()


def link_sums(ids: Sequence[UUID]) -> dict[UUID, LinkSums]:
    """Return what each link brought, in one query."""
    paid = Q(state=PaymentState.SETTLED)
    rows = (
        Payment.objects.filter(link_id__in=ids)
        .values("link_id")
        .annotate(made=Count("id"), paid=Count("id", filter=paid), rial=_sum(paid))
    )
    sums = {row["link_id"]: LinkSums(row["made"], row["paid"], row["rial"] or 0) for row in rows}
    return {one: sums.get(one, LinkSums()) for one in ids}


def link_url(link: PaymentLink) -> str:
    """Return the absolute public address of a link."""
    return str(settings.BASE_URL) + reverse("payments:link", args=[link.token])


def _sum(where: Q) -> Sum:
    return Sum("amount_rial", filter=where)
