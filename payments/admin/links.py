"""Checkouts left unfinished, and what was decided about each."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.models import Cart, CheckoutRecovery


@admin.register(Cart)
class CartAdmin(TenantAdmin):
    """Carts shops told of, the last changed first."""

    list_display = ("changed_at", "external_id", "amount_rial", "closed_at")
    search_fields = ("external_id__exact", "id__exact")
    ordering = ("-changed_at",)
    exclude = ("mobile", "customer_hint", "resume_url", "return_url")


@admin.register(CheckoutRecovery)
class CheckoutRecoveryAdmin(TenantAdmin):
    """Decisions about unfinished checkouts, newest first."""

    list_display = ("at", "arm", "amount_rial", "payment", "cart")
    list_filter = ("arm",)
    search_fields = ("payment__id__exact", "id__exact")
    ordering = ("-at",)
