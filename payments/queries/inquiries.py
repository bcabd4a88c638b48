"""Questions asked of banks: the rules, the rows, what they found, what they cost."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum

from core.calendar import business_day, day_start
from payments.enums.inquiries import InquiryState
from payments.models import Inquiry, InquiryPolicy, ProviderCall
from payments.models.sealing import unseal_of_inquiry

_FORGOTTEN_AFTER: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Whose a card or an account is."""

    iban: str = field(default="", repr=False)
    bank: str = ""
    owners: tuple[str, ...] = field(default=(), repr=False)

    def to_text(self) -> str:
        """Return it as it is sealed."""
        return json.dumps({"iban": self.iban, "bank": self.bank, "owners": self.owners})


@dataclass(frozen=True, kw_only=True, slots=True)
class InquiryRules:
    """How many billed questions a day, and for how long an answer holds."""

    daily_limit: int
    valid_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InquirySums:
    """What questions came to: asked, answered from what was known, billed calls and their cost.

    `unpriced` of the billed calls went to accounts without a tariff.
    """

    asked: int
    used_again: int
    unanswered: int
    tries: int
    unpriced: int
    cost_rial: int


def inquiry_rules() -> InquiryRules:
    """Return the active business's rules."""
    row = InquiryPolicy.objects.first() or InquiryPolicy()
    return InquiryRules(daily_limit=row.daily_limit, valid_days=row.valid_days)


def inquiry_rows(*, kind: str = "", about_id: UUID | None = None) -> QuerySet[Inquiry]:
    """Return questions with the account that answered; the caller orders and pages."""
    rows = Inquiry.objects.select_related("account", "answered_by")
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(about_id=about_id) if about_id else rows


def inquiry_by_id(inquiry_id: UUID) -> Inquiry | None:
    """Return one question of the active business, or None."""
    return inquiry_rows().filter(id=inquiry_id).first()


def inquiries_about(about_id: UUID) -> list[Inquiry]:
    """Return what was asked for one refund, deposit or mandate, newest first."""
    return list(inquiry_rows(about_id=about_id).order_by("-asked_at", "-id"))


def calls_of(inquiry_id: UUID) -> list[ProviderCall]:
    """Return what was said on the wire for one question, in order."""
    rows = ProviderCall.objects.filter(about_id=inquiry_id).select_related("account")
    return list(rows.order_by("at", "id"))


def found_by(row: Inquiry) -> Found | None:
    """Open what a question found, or the earlier one that answered it; None for nothing."""
    source = row.answered_by or row
    if source.found is None:
        return None
    opened = json.loads(
        unseal_of_inquiry(source.found, business_id=source.business_id, inquiry_id=source.id)
    )
    return Found(iban=opened["iban"], bank=opened["bank"], owners=tuple(opened["owners"]))


def billed_today(zone: ZoneInfo, now: datetime) -> int:
    """Return how many calls of this business day a provider may bill."""
    since = day_start(business_day(now, zone), zone)
    told = Inquiry.objects.filter(asked_at__gte=since).aggregate(n=Sum("tries"))
    return told["n"] or 0


def inquiry_sums(*, since: datetime) -> InquirySums:
    """Return what the questions since a moment came to."""
    told = Inquiry.objects.filter(asked_at__gte=since).aggregate(
        asked=Count("id"),
        used_again=Count("id", filter=Q(answered_by__isnull=False)),
        unanswered=Count("id", filter=Q(state=InquiryState.UNANSWERED)),
        billed=Sum("tries", default=0),
        unpriced=Sum("tries", filter=Q(cost_rial=None), default=0),
        cost=Sum("cost_rial", default=0),
    )
    return InquirySums(
        asked=told["asked"],
        used_again=told["used_again"],
        unanswered=told["unanswered"],
        tries=told["billed"],
        unpriced=told["unpriced"],
        cost_rial=told["cost"],
    )


def forgotten(now: datetime) -> list[UUID]:
    """Return questions that nobody will end."""
    rows = Inquiry.objects.filter(leased_until__lt=now - _FORGOTTEN_AFTER)
    return list(rows.values_list("id", flat=True))
