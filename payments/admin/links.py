"""Checkouts left unfinished, and what was decided about each."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.models import CheckoutRecovery


@admin.register(CheckoutRecovery)
class CheckoutRecoveryAdmin(TenantAdmin):
    """Decisions about unfinished checkouts, newest first."""

    list_display = ("at", "arm", "amount_rial", "payment")
    list_filter = ("arm",)
    search_fields = ("payment__id__exact", "id__exact")
    ordering = ("-at",)
