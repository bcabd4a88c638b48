"""Questions to banks about cards, accounts and people."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.models import Inquiry


@admin.register(Inquiry)
class InquiryAdmin(TenantAdmin):
    """What banks were asked; the names they told are the business's to read."""

    list_display = ("asked_at", "kind", "purpose", "state", "match", "reason", "tries", "cost_rial")
    list_filter = ("kind", "purpose", "state", "match")
    search_fields = ("id__exact",)
    ordering = ("-asked_at",)
    exclude = ("request_hash", "found", "leased_until")
