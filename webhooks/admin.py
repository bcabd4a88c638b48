"""Receivers and messages for platform staff, to read."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from webhooks.models import WebhookEndpoint, WebhookMessage


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(TenantAdmin):
    """Receivers, newest first."""

    list_display = ("url", "is_open", "failures", "made_at", "closed_at")
    list_filter = ("is_open",)
    search_fields = ("url",)
    ordering = ("-made_at",)


@admin.register(WebhookMessage)
class WebhookMessageAdmin(TenantAdmin):
    """Messages; filter by state to see what was given up."""

    list_display = ("kind", "endpoint", "state", "attempts", "status", "made_at", "done_at")
    list_filter = ("state", "kind")
    list_select_related = ("endpoint",)
    search_fields = ("key__exact", "answer")
    ordering = ("-made_at",)
