"""Payments: every try, every word on the wire, every orphan, and links anybody pays at."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.tenancy.admin import TenantAdmin
from payments.admin.inline import ReadOnlyInline
from payments.models import (
    OrphanCapture,
    Payment,
    PaymentAttempt,
    PaymentCover,
    PaymentLink,
    ProviderCall,
    Reversal,
)
from payments.operations import ask_again, close_orphan


class AttemptInline(ReadOnlyInline):
    """A payment's tries."""

    model = PaymentAttempt
    fields: ClassVar = (
        "number",
        "state",
        "provider_ref",
        "last_outcome",
        "last_code",
        "masked_pan",
    )
    ordering: ClassVar = ("number",)


class CallInline(ReadOnlyInline):
    """What was said about a try."""

    model = ProviderCall
    fields: ClassVar = ("operation", "outcome", "code", "message", "http_status", "took_ms")
    ordering: ClassVar = ("at", "id")


class CoverInline(ReadOnlyInline):
    """What gift cards and coupons stand for."""

    model = PaymentCover
    fields: ClassVar = ("kind", "label", "amount_rial", "state", "held_until")
    ordering: ClassVar = ("held_at",)


class ReversalInline(ReadOnlyInline):
    """A payment's money on its way back."""

    model = Reversal
    fields: ClassVar = ("reason", "state", "amount_rial", "last_outcome", "last_code", "tries")


@admin.register(Payment)
class PaymentAdmin(TenantAdmin):
    """Payments, newest first."""

    list_display = ("created_at", "external_id", "amount_rial", "state", "settled_at")
    list_filter = ("state",)
    search_fields = ("external_id__exact", "id__exact")
    ordering = ("-created_at",)
    exclude = ("pay_token", "customer_hint", "fingerprint", "lines")
    inlines = (AttemptInline, CoverInline, ReversalInline)


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(TenantAdmin):
    """Tries, newest first."""

    list_display = ("started_at", "number", "state", "provider_ref", "last_outcome", "last_code")
    list_filter = ("state", "last_outcome")
    search_fields = ("authority__exact", "provider_ref__exact", "id__exact")
    ordering = ("-started_at",)
    exclude = ("callback_token", "adapter_version", "leased_until", "checks", "doubts")
    inlines = (CallInline,)
    actions = ("ask_once_more",)

    @admin.action(description=_("Ask the provider again"), permissions=["act"])
    def ask_once_more(self, request: HttpRequest, queryset: QuerySet[PaymentAttempt]) -> None:
        """Hand tries that wait for a person back to the poller."""
        now = timezone.now()
        n = self.in_each_business(queryset, lambda row: ask_again(attempt_id=row.id, now=now))
        sentence = ngettext("%d try is being asked about.", "%d tries are being asked about.", n)
        self.message_user(request, sentence % n)


@admin.register(ProviderCall)
class ProviderCallAdmin(TenantAdmin):
    """The wire, newest first."""

    list_display = ("at", "operation", "outcome", "code", "message", "http_status", "took_ms")
    list_filter = ("operation", "outcome")
    ordering = ("-at",)


@admin.register(OrphanCapture)
class OrphanCaptureAdmin(TenantAdmin):
    """Money nobody was waiting for."""

    list_display = ("found_at", "amount_rial", "found_by", "state", "resolved_at")
    list_filter = ("state", "found_by")
    ordering = ("-found_at",)
    actions = ("close_by_hand",)

    @admin.action(description=_("Returned by other means"), permissions=["act"])
    def close_by_hand(self, request: HttpRequest, queryset: QuerySet[OrphanCapture]) -> None:
        """Close captures whose money a person sent back."""
        now = timezone.now()
        n = self.in_each_business(queryset, lambda row: close_orphan(orphan_id=row.id, now=now))
        sentence = ngettext("%d capture is closed.", "%d captures are closed.", n)
        self.message_user(request, sentence % n)


@admin.register(Reversal)
class ReversalAdmin(TenantAdmin):
    """Money on its way back."""

    list_display = ("requested_at", "reason", "state", "amount_rial", "last_code", "tries")
    list_filter = ("state", "reason")
    ordering = ("-requested_at",)


@admin.register(PaymentLink)
class PaymentLinkAdmin(TenantAdmin):
    """Links, newest first; the address itself is the business's to give out."""

    list_display = ("created_at", "title", "amount_rial", "payments", "expires_at", "closed_at")
    search_fields = ("id__exact",)
    ordering = ("-created_at",)
    exclude = ("token",)
