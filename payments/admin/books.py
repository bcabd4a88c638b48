"""Books: the journal, and what comparing it with providers' reports found."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.admin.inline import ReadOnlyInline
from payments.models import MoneyEntry, Reconciliation, ReconciliationLine, ReportFetch


@admin.register(MoneyEntry)
class MoneyEntryAdmin(TenantAdmin):
    """The journal, newest first."""

    list_display = ("at", "kind", "account", "party", "amount_rial", "source_id")
    list_filter = ("account",)
    search_fields = ("source_id__exact", "id__exact")
    ordering = ("-at",)


class ReconciliationLineInline(ReadOnlyInline):
    """A report's differences and agreements."""

    model = ReconciliationLine
    fields = ("kind", "result", "reference", "ours_rial", "theirs_rial", "resolved_at")
    ordering = ("result", "id")


@admin.register(Reconciliation)
class ReconciliationAdmin(TenantAdmin):
    """Reports compared, latest day first."""

    list_display = ("day", "account", "source", "ours_rial", "theirs_rial", "compared_at")
    list_filter = ("source",)
    search_fields = ("id__exact",)
    ordering = ("-day",)
    inlines = (ReconciliationLineInline,)


@admin.register(ReconciliationLine)
class ReconciliationLineAdmin(TenantAdmin):
    """What each line of a report agrees with."""

    list_display = ("reconciliation", "kind", "result", "reference", "ours_rial", "theirs_rial")
    list_filter = ("result", "kind")
    list_select_related = ("reconciliation__account",)
    search_fields = ("reference__exact", "payment_id__exact", "source_id__exact", "id__exact")
    ordering = ("-id",)


@admin.register(ReportFetch)
class ReportFetchAdmin(TenantAdmin):
    """Reports asked of providers, latest day first."""

    list_display = ("day", "account", "state", "tries", "last_code", "next_try_at")
    list_filter = ("state",)
    ordering = ("-day",)
    exclude = ("leased_until",)
