"""Sales on credit and their instalments."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.admin.inline import ReadOnlyInline
from payments.models import Instalment, InstalmentPlan, LateFee


class InstalmentInline(ReadOnlyInline):
    """A plan's instalments."""

    model = Instalment
    fields = ("number", "due_on", "amount_rial", "state", "payment", "paid_on")
    ordering = ("number",)


@admin.register(InstalmentPlan)
class InstalmentPlanAdmin(TenantAdmin):
    """Plans, newest first."""

    list_display = ("created_at", "customer", "title", "total_rial", "paid_rial", "state")
    list_filter = ("state",)
    search_fields = ("external_id__exact", "id__exact")
    ordering = ("-created_at",)
    exclude = ("token", "fingerprint")
    inlines = (InstalmentInline,)


@admin.register(Instalment)
class InstalmentAdmin(TenantAdmin):
    """Instalments, latest first."""

    list_display = ("due_on", "number", "plan", "amount_rial", "state", "paid_on")
    list_filter = ("state",)
    search_fields = ("id__exact",)
    ordering = ("-due_on",)


@admin.register(LateFee)
class LateFeeAdmin(TenantAdmin):
    """Fees for being late, newest first."""

    list_display = ("charged_at", "instalment", "amount_rial", "state", "ended_at", "waived_by")
    list_filter = ("state",)
    search_fields = ("id__exact", "instalment__id__exact")
    ordering = ("-charged_at",)
