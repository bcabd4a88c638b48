"""Accounts at providers, and what a person should look at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.tenancy.admin import TenantAdmin
from payments.models import Alert, ProviderAccount
from payments.operations import resolve_alert


@admin.register(ProviderAccount)
class ProviderAccountAdmin(TenantAdmin):
    """Accounts at providers; credentials are never shown."""

    list_display = ("created_at", "provider", "hint", "is_sandbox", "is_active", "paused_until")
    list_filter = ("provider", "is_sandbox", "is_active")
    ordering = ("-created_at",)


@admin.register(Alert)
class AlertAdmin(TenantAdmin):
    """What should be looked at, newest first."""

    list_display = ("last_at", "kind", "times", "source_id", "resolved_at")
    list_filter = ("kind",)
    search_fields = ("source_id__exact", "payment_id__exact", "id__exact")
    ordering = ("-last_at",)
    actions = ("note_dealt_with",)

    @admin.action(description=_("Dealt with"), permissions=["act"])
    def note_dealt_with(self, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
        """Close alerts a person dealt with."""
        now, by = timezone.now(), f"staff:{request.user.pk}"
        n = self.in_each_business(
            queryset, lambda row: resolve_alert(alert_id=row.id, by=by, now=now)
        )
        sentence = ngettext("%d alert is closed.", "%d alerts are closed.", n)
        self.message_user(request, sentence % n)
