"""The delivery log for platform staff, read-only."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from messaging.models import Consent, Message, SmsAccount


@admin.register(Message)
class MessageAdmin(TenantAdmin):
    """Messages, newest first; texts stay on the row's own page."""

    list_display = ("created_at", "purpose", "address", "state", "reason", "parts", "cost_rial")
    list_filter = ("state", "purpose", "reason")
    search_fields = ("address__exact", "provider_ref__exact")
    ordering = ("-created_at",)


@admin.register(Consent)
class ConsentAdmin(TenantAdmin):
    """Who agreed to what, and where."""

    list_display = ("at", "address", "purpose", "granted", "source")
    list_filter = ("purpose", "granted", "source")
    search_fields = ("address__exact",)
    ordering = ("-at",)


@admin.register(SmsAccount)
class SmsAccountAdmin(TenantAdmin):
    """Lines and prices; keys are never shown."""

    list_display = ("provider", "sender", "is_sandbox", "part_price_rial", "is_active")
    list_filter = ("is_sandbox", "is_active")
