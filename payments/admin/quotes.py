"""Promised prices."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.models import Quote


@admin.register(Quote)
class QuoteAdmin(TenantAdmin):
    """Quotes, newest first; the address itself is the business's to give out."""

    list_display = (
        "created_at",
        "title",
        "amount_rial",
        "customer",
        "valid_to",
        "withdrawn_at",
        "created_by",
    )
    search_fields = ("id__exact",)
    ordering = ("-created_at",)
    exclude = ("token", "lines")
