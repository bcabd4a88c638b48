"""Direct debit: mandates, what is due under them, and every try."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.admin.inline import ReadOnlyInline
from payments.models import BankLimit, Debit, DebitAttempt, DebitSchedule, Mandate


@admin.register(Mandate)
class MandateAdmin(TenantAdmin):
    """Permissions to debit, newest first; what opens an account is never shown."""

    list_display = (
        "requested_at",
        "state",
        "customer",
        "bank_name",
        "max_debit_rial",
        "expires_at",
    )
    list_filter = ("state", "bank")
    search_fields = ("authority__exact", "mandate_ref__exact", "mobile__exact", "id__exact")
    ordering = ("-requested_at",)
    exclude = ("public_token", "callback_token", "return_url", "leased_until", "checks")


class DebitAttemptInline(ReadOnlyInline):
    """A debit's tries."""

    model = DebitAttempt
    fields = ("number", "state", "reference", "failure", "last_outcome", "last_code", "sent_at")
    ordering = ("number",)


@admin.register(Debit)
class DebitAdmin(TenantAdmin):
    """Due sums, latest first."""

    list_display = (
        "due_at",
        "amount_rial",
        "state",
        "failure",
        "tries",
        "customer",
        "collected_at",
    )
    list_filter = ("state", "failure", "collects")
    search_fields = ("external_id__exact", "source_id__exact", "id__exact")
    ordering = ("-due_at",)
    exclude = ("leased_until", "doubts")
    inlines = (DebitAttemptInline,)


@admin.register(DebitAttempt)
class DebitAttemptAdmin(TenantAdmin):
    """Tries to collect, newest first."""

    list_display = ("started_at", "number", "state", "amount_rial", "last_outcome", "last_code")
    list_filter = ("state", "last_outcome", "failure")
    search_fields = ("key__exact", "reference__exact", "authority__exact", "id__exact")
    ordering = ("-started_at",)
    exclude = ("adapter_version",)


@admin.register(DebitSchedule)
class DebitScheduleAdmin(TenantAdmin):
    """Plans of repeated debits."""

    list_display = ("created_at", "state", "amount_rial", "every", "step", "made", "times")
    list_filter = ("state", "every")
    search_fields = ("source_id__exact", "id__exact")
    ordering = ("-created_at",)


@admin.register(BankLimit)
class BankLimitAdmin(TenantAdmin):
    """Banks one may sign at, with their limits, each as long as it was so."""

    list_display = ("since", "name", "code", "max_day_rial", "max_day_count", "is_healthy", "until")
    list_filter = ("is_healthy", "bank")
    ordering = ("-since",)
