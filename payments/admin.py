"""Payments for platform staff, read-only: every try, every word on the wire, every orphan."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.tenancy.admin import TenantAdmin
from payments.models import (
    BankAccount,
    BankRow,
    Deposit,
    DepositIdentifier,
    DepositReturn,
    Inquiry,
    OrphanCapture,
    Payment,
    PaymentAttempt,
    ProviderAccount,
    ProviderCall,
    Reversal,
    StatementFile,
    Transfer,
    TransferPart,
)
from payments.operations import ask_again, close_orphan
from payments.operations.refunds import try_again

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline

    _Inline = TabularInline[Any, Any]
else:
    from unfold.admin import TabularInline as _Inline


class ReadOnlyInline(_Inline):
    """Rows shown below their parent, never edited."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are made by operations."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are changed by operations."""
        return False


class AttemptInline(ReadOnlyInline):
    """A payment's tries."""

    model = PaymentAttempt
    fields: ClassVar = (
        "number",
        "state",
        "provider_ref",
        "last_outcome",
        "last_code",
        "masked_pan",
    )
    ordering: ClassVar = ("number",)


class CallInline(ReadOnlyInline):
    """What was said about a try."""

    model = ProviderCall
    fields: ClassVar = ("operation", "outcome", "code", "message", "http_status", "took_ms")
    ordering: ClassVar = ("at", "id")


class ReversalInline(ReadOnlyInline):
    """A payment's money on its way back."""

    model = Reversal
    fields: ClassVar = ("reason", "state", "amount_rial", "last_outcome", "last_code", "tries")


@admin.register(Payment)
class PaymentAdmin(TenantAdmin):
    """Payments, newest first."""

    list_display = ("created_at", "external_id", "amount_rial", "state", "settled_at")
    list_filter = ("state",)
    search_fields = ("external_id__exact", "id__exact")
    ordering = ("-created_at",)
    exclude = ("pay_token", "customer_hint", "fingerprint", "lines")
    inlines = (AttemptInline, ReversalInline)


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(TenantAdmin):
    """Tries, newest first."""

    list_display = ("started_at", "number", "state", "provider_ref", "last_outcome", "last_code")
    list_filter = ("state", "last_outcome")
    search_fields = ("authority__exact", "provider_ref__exact", "id__exact")
    ordering = ("-started_at",)
    exclude = ("callback_token", "adapter_version", "leased_until", "checks", "doubts")
    inlines = (CallInline,)
    actions = ("ask_once_more",)

    @admin.action(description=_("Ask the provider again"), permissions=["act"])
    def ask_once_more(self, request: HttpRequest, queryset: QuerySet[PaymentAttempt]) -> None:
        """Hand tries that wait for a person back to the poller."""
        now = timezone.now()
        n = self.in_each_business(queryset, lambda row: ask_again(attempt_id=row.id, now=now))
        sentence = ngettext("%d try is being asked about.", "%d tries are being asked about.", n)
        self.message_user(request, sentence % n)


@admin.register(ProviderCall)
class ProviderCallAdmin(TenantAdmin):
    """The wire, newest first."""

    list_display = ("at", "operation", "outcome", "code", "message", "http_status", "took_ms")
    list_filter = ("operation", "outcome")
    ordering = ("-at",)


@admin.register(OrphanCapture)
class OrphanCaptureAdmin(TenantAdmin):
    """Money nobody was waiting for."""

    list_display = ("found_at", "amount_rial", "found_by", "state", "resolved_at")
    list_filter = ("state", "found_by")
    ordering = ("-found_at",)
    actions = ("close_by_hand",)

    @admin.action(description=_("Returned by other means"), permissions=["act"])
    def close_by_hand(self, request: HttpRequest, queryset: QuerySet[OrphanCapture]) -> None:
        """Close captures whose money a person sent back."""
        now = timezone.now()
        n = self.in_each_business(queryset, lambda row: close_orphan(orphan_id=row.id, now=now))
        sentence = ngettext("%d capture is closed.", "%d captures are closed.", n)
        self.message_user(request, sentence % n)


@admin.register(Reversal)
class ReversalAdmin(TenantAdmin):
    """Money on its way back."""

    list_display = ("requested_at", "reason", "state", "amount_rial", "last_code", "tries")
    list_filter = ("state", "reason")
    ordering = ("-requested_at",)


class PartInline(ReadOnlyInline):
    """The transfers a refund or payout is made of."""

    model = TransferPart
    fields = ("number", "reference", "amount_rial", "state", "left_at", "paid_at", "ended_at")


@admin.register(Transfer)
class TransferAdmin(TenantAdmin):
    """Refunds and payouts; whose account they go to is not shown."""

    list_display = ("requested_at", "kind", "state", "waiting", "amount_rial", "paid_rial")
    list_filter = ("kind", "state", "waiting", "route")
    search_fields = ("external_id__exact", "reference__exact", "id__exact")
    ordering = ("-requested_at",)
    exclude = ("leased_until", "doubts", "receiver")
    inlines = (PartInline,)
    actions = ("ask_once_more",)

    @admin.action(description=_("Ask the provider again"), permissions=["act"])
    def ask_once_more(self, request: HttpRequest, queryset: QuerySet[Transfer]) -> None:
        """Hand refunds and payouts that wait for a person back to the worker."""
        now = timezone.now()
        n = self.in_each_business(queryset, lambda row: try_again(transfer_id=row.id, now=now))
        sentence = ngettext("%d refund is tried again.", "%d refunds are tried again.", n)
        self.message_user(request, sentence % n)


@admin.register(ProviderAccount)
class ProviderAccountAdmin(TenantAdmin):
    """Accounts at providers; credentials are never shown."""

    list_display = ("created_at", "provider", "hint", "is_sandbox", "is_active")
    list_filter = ("provider", "is_sandbox", "is_active")
    ordering = ("-created_at",)


@admin.register(Inquiry)
class InquiryAdmin(TenantAdmin):
    """What banks were asked; the names they told are the business's to read."""

    list_display = ("asked_at", "kind", "purpose", "state", "match", "reason", "tries", "cost_rial")
    list_filter = ("kind", "purpose", "state", "match")
    search_fields = ("id__exact",)
    ordering = ("-asked_at",)
    exclude = ("request_hash", "found", "leased_until")


@admin.register(BankAccount)
class BankAccountAdmin(TenantAdmin):
    """Accounts deposits arrive at."""

    list_display = ("created_at", "title", "iban", "check_digits", "is_active")
    ordering = ("-created_at",)
    exclude = ("next_number", "leased_until", "feed_cursor", "next_poll_at")


@admin.register(BankRow)
class BankRowAdmin(TenantAdmin):
    """Lines of banks, exactly as heard."""

    list_display = ("at", "amount_rial", "bank_reference", "identifier", "source")
    list_filter = ("source",)
    search_fields = ("bank_reference__exact", "provider_reference__exact", "identifier__exact")
    ordering = ("-at",)


@admin.register(Deposit)
class DepositAdmin(TenantAdmin):
    """Deposits and what became of them."""

    list_display = ("at", "amount_rial", "state", "reason", "allocated_rial", "returned_rial")
    list_filter = ("state", "reason")
    ordering = ("-at",)
    exclude = ("leased_until", "tries")


@admin.register(DepositIdentifier)
class DepositIdentifierAdmin(TenantAdmin):
    """Identifiers of customers and payments."""

    list_display = ("created_at", "digits", "state", "customer", "payment", "closed_at")
    list_filter = ("state",)
    search_fields = ("digits__exact",)
    ordering = ("-created_at",)
    exclude = ("callback_token", "leased_until", "tries")


@admin.register(DepositReturn)
class DepositReturnAdmin(TenantAdmin):
    """Deposits on their way back."""

    list_display = ("ordered_at", "amount_rial", "way", "state", "bank_reference")
    list_filter = ("state", "way")
    ordering = ("-ordered_at",)


@admin.register(StatementFile)
class StatementFileAdmin(TenantAdmin):
    """Statement files."""

    list_display = ("created_at", "file_name", "state", "rows_new", "rows_known", "rows_failed")
    list_filter = ("state",)
    ordering = ("-created_at",)
    exclude = ("file_path", "leased_until", "next_run_at")
