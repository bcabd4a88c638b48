"""Payments for platform staff, read-only: every try, every word on the wire, every orphan."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from core.tenancy.admin import TenantAdmin
from payments.models import (
    OrphanCapture,
    Payment,
    PaymentAttempt,
    ProviderAccount,
    ProviderCall,
    Reversal,
)

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline

    _Inline = TabularInline[Any, Any]
else:
    from unfold.admin import TabularInline as _Inline


class ReadOnlyInline(_Inline):
    """Rows shown below their parent, never edited."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are made by operations."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by operations."""
        return False


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
    exclude = ("pay_token", "customer_hint")
    inlines = (AttemptInline, ReversalInline)


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(TenantAdmin):
    """Tries, newest first."""

    list_display = ("started_at", "number", "state", "provider_ref", "last_outcome", "last_code")
    list_filter = ("state", "last_outcome")
    search_fields = ("authority__exact", "provider_ref__exact", "id__exact")
    ordering = ("-started_at",)
    exclude = ("callback_token",)
    inlines = (CallInline,)


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


@admin.register(Reversal)
class ReversalAdmin(TenantAdmin):
    """Money on its way back."""

    list_display = ("requested_at", "reason", "state", "amount_rial", "last_code", "tries")
    list_filter = ("state", "reason")
    ordering = ("-requested_at",)


@admin.register(ProviderAccount)
class ProviderAccountAdmin(TenantAdmin):
    """Accounts at providers; credentials are never shown."""

    list_display = ("created_at", "provider", "hint", "is_sandbox", "is_active")
    list_filter = ("provider", "is_sandbox", "is_active")
    ordering = ("-created_at",)
