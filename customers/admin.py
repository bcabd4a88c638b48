"""Customers, sales and imports for platform staff: to look at, not to change."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.tenancy import acting_for
from core.tenancy.admin import TenantAdmin
from customers.enums import ImportState, ViewPlace
from customers.models import (
    AttributeDefinition,
    AttributeValue,
    Case,
    CodeMeter,
    ContextField,
    Customer,
    CustomerIdentity,
    CustomerMerge,
    CustomerTotals,
    Erasure,
    ImportJob,
    ImportRowError,
    Lead,
    LeadSource,
    Measure,
    MergedRow,
    MergeSuggestion,
    OneTimeCode,
    ProfileView,
    Purchase,
    PurchaseDispute,
    PurchaseLine,
    Return,
    Tender,
    TimelineEntry,
)
from customers.operations import note_view, queue_import


@admin.register(Customer)
class CustomerAdmin(TenantAdmin):
    """Who buys."""

    list_display = ("__str__", "status", "member_code", "created_at")
    list_filter = ("status",)
    search_fields = ("id__exact", "member_code__exact", "mobile__exact")
    ordering = ("-id",)

    def render_change_form(  # noqa: PLR0917 - the framework's own signature
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,  # noqa: FBT001, FBT002
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Show one customer, and write down who looked."""
        if obj is not None:
            with acting_for(obj.business_id):
                note_view(
                    customer_id=obj.id,
                    place=ViewPlace.ADMIN,
                    viewer_id=UUID(str(request.user.pk)),
                    viewer_name=str(request.user),
                    now=timezone.now(),
                )
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(ProfileView)
class ProfileViewAdmin(TenantAdmin):
    """Who looked at whose profile."""

    list_display = ("customer", "viewer_name", "place", "at")
    list_filter = ("place",)
    list_select_related = ("customer",)
    search_fields = ("customer__id__exact", "viewer_id__exact")
    ordering = ("-at",)


@admin.register(AttributeDefinition)
class AttributeDefinitionAdmin(TenantAdmin):
    """What businesses want to know of their customers."""

    list_display = ("key", "title_fa", "kind", "privacy", "learned_from", "is_active")
    list_filter = ("kind", "privacy", "is_active")
    search_fields = ("id__exact", "key__exact")
    ordering = ("-id",)


@admin.register(ContextField)
class ContextFieldAdmin(TenantAdmin):
    """What businesses' lines may say of what is sold."""

    list_display = ("key", "title_fa", "kind", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("id__exact", "key__exact")
    ordering = ("-id",)


@admin.register(AttributeValue)
class AttributeValueAdmin(TenantAdmin):
    """When something was said of somebody and by whom; what it was is not for staff to see."""

    list_display = ("customer_id", "key", "source", "observed_at", "valid_to")
    list_filter = ("source",)
    search_fields = ("customer__id__exact",)
    ordering = ("-recorded_at",)
    exclude = ("value",)


@admin.register(LeadSource)
class LeadSourceAdmin(TenantAdmin):
    """Where people who have not bought yet come from."""

    list_display = ("title", "kind", "code", "cost_rial", "is_open", "created_at")
    list_filter = ("kind", "is_open")
    search_fields = ("id__exact", "code__exact")
    ordering = ("-id",)


@admin.register(Lead)
class LeadAdmin(TenantAdmin):
    """Who has not bought yet and how far they are; what they want is not for staff to see."""

    list_display = ("customer_id", "source", "stage", "next_at", "made_at")
    list_filter = ("stage",)
    list_select_related = ("source",)
    search_fields = ("id__exact", "customer__id__exact")
    ordering = ("-made_at",)
    exclude = ("wants",)


@admin.register(Erasure)
class ErasureAdmin(TenantAdmin):
    """Who was erased, why and by whom."""

    list_display = ("customer", "state", "reason", "asked_by", "asked_at", "ended_by", "ended_at")
    list_filter = ("state", "reason")
    list_select_related = ("customer",)
    search_fields = ("id__exact", "customer__id__exact")
    ordering = ("-asked_at",)


@admin.register(CustomerIdentity)
class CustomerIdentityAdmin(TenantAdmin):
    """How customers are recognised; the values themselves are not kept."""

    list_display = ("kind", "hint", "customer", "source", "reason", "verified_at", "created_at")
    list_filter = ("kind", "source")
    list_select_related = ("customer",)
    search_fields = ("customer__id__exact",)
    ordering = ("-id",)


@admin.register(CustomerTotals)
class CustomerTotalsAdmin(TenantAdmin):
    """Running sums."""

    list_display = (
        "customer",
        "purchases",
        "purchase_days",
        "gross_rial",
        "returned_rial",
        "last_at",
    )
    list_select_related = ("customer",)
    search_fields = ("id__exact",)
    ordering = ("-last_at",)


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(TenantAdmin):
    """Codes that were sent; the digits themselves are not kept."""

    list_display = ("sent_at", "purpose", "state", "tries", "customer", "expires_at")
    list_filter = ("purpose", "state")
    list_select_related = ("customer",)
    search_fields = ("customer__id__exact",)
    ordering = ("-sent_at",)


@admin.register(CodeMeter)
class CodeMeterAdmin(TenantAdmin):
    """How many codes went out on a day."""

    list_display = ("day", "purpose", "sent")
    list_filter = ("purpose",)
    ordering = ("-day", "-sent")


@admin.register(MergeSuggestion)
class MergeSuggestionAdmin(TenantAdmin):
    """Profiles that may be one person."""

    list_display = ("first", "second", "state", "because", "times", "last_at", "decided_by")
    list_filter = ("state",)
    list_select_related = ("first", "second")
    search_fields = ("first__id__exact", "second__id__exact")
    ordering = ("-last_at",)


@admin.register(CustomerMerge)
class CustomerMergeAdmin(TenantAdmin):
    """Profiles that were joined."""

    list_display = ("merged", "survivor", "state", "merged_by", "merged_at", "undo_until")
    list_filter = ("state",)
    list_select_related = ("merged", "survivor")
    search_fields = ("id__exact", "survivor__id__exact", "merged__id__exact")
    ordering = ("-merged_at",)


@admin.register(MergedRow)
class MergedRowAdmin(TenantAdmin):
    """What moved with a profile; search by the merge's id."""

    list_display = ("what", "row_id", "merge")
    list_select_related = ("merge",)
    search_fields = ("merge__id__exact", "row_id__exact")
    ordering = ("-id",)


@admin.register(Purchase)
class PurchaseAdmin(TenantAdmin):
    """Sales, newest first."""

    list_display = (
        "external_id",
        "channel",
        "source",
        "customer",
        "total_rial",
        "returned_rial",
        "occurred_at",
    )
    list_filter = ("channel", "source")
    list_select_related = ("customer",)
    search_fields = ("id__exact", "external_id__exact", "payment_id__exact")
    ordering = ("-occurred_at",)


@admin.register(PurchaseLine)
class PurchaseLineAdmin(TenantAdmin):
    """Items of sales; search by the sale's id."""

    list_display = ("purchase", "position", "sku", "name", "quantity", "total_rial")
    list_select_related = ("purchase",)
    search_fields = ("purchase__id__exact", "sku__exact")
    ordering = ("-id",)


@admin.register(Tender)
class TenderAdmin(TenantAdmin):
    """How sales were paid; search by the sale's id."""

    list_display = ("purchase", "method", "amount_rial", "reference", "masked_pan")
    list_filter = ("method",)
    list_select_related = ("purchase",)
    search_fields = ("purchase__id__exact", "reference__exact")
    ordering = ("-id",)


@admin.register(Return)
class ReturnAdmin(TenantAdmin):
    """What came back."""

    list_display = ("external_id", "purchase", "amount_rial", "returned_so_far_rial", "occurred_at")
    list_select_related = ("purchase",)
    search_fields = ("id__exact", "purchase__id__exact")
    ordering = ("-occurred_at",)


@admin.register(Case)
class CaseAdmin(TenantAdmin):
    """Complaints, requests and low scores."""

    list_display = ("title", "kind", "state", "customer", "opened_at", "resolved_at")
    list_filter = ("state", "kind")
    list_select_related = ("customer",)
    ordering = ("-opened_at",)


@admin.register(TimelineEntry)
class TimelineEntryAdmin(TenantAdmin):
    """Remarks in customers' stories."""

    list_display = ("kind", "customer", "occurred_at")
    list_filter = ("kind",)
    list_select_related = ("customer",)
    search_fields = ("customer__id__exact",)
    ordering = ("-occurred_at",)


@admin.register(ImportJob)
class ImportJobAdmin(TenantAdmin):
    """Files of past purchases; stopped ones can be set going again."""

    list_display = (
        "file_name",
        "state",
        "rows_done",
        "rows_recorded",
        "rows_failed",
        "created_by",
        "created_at",
    )
    list_filter = ("state",)
    ordering = ("-created_at",)
    actions = ("go_on",)

    @admin.action(description=_("Set stopped imports going again"), permissions=["act"])
    def go_on(self, request: HttpRequest, queryset: QuerySet[ImportJob]) -> None:
        """Queue failed and cancelled imports again; they go on where they stopped."""
        now = timezone.now()
        stopped = queryset.filter(state__in=[ImportState.FAILED, ImportState.CANCELLED])
        count = self.in_each_business(
            stopped, lambda row: bool(queue_import(job_id=row.id, now=now))
        )
        sentence = ngettext("%d import goes on.", "%d imports go on.", count)
        self.message_user(request, sentence % count)


@admin.register(ImportRowError)
class ImportRowErrorAdmin(TenantAdmin):
    """Refused rows of imports."""

    list_display = ("job", "row", "code", "message")
    list_filter = ("code",)
    list_select_related = ("job",)
    search_fields = ("job__id__exact",)
    ordering = ("-id",)


@admin.register(Measure)
class MeasureAdmin(TenantAdmin):
    """What people decided to do about customers."""

    list_display = ("customer", "step", "state", "proposed_at", "ends_on", "lapses_on")
    list_filter = ("step", "state")


@admin.register(PurchaseDispute)
class PurchaseDisputeAdmin(TenantAdmin):
    """Purchases customers said are not theirs."""

    list_display = ("customer", "purchase", "state", "opened_at", "decided_at", "decided_by")
    list_filter = ("state",)
    list_select_related = ("customer", "purchase")
