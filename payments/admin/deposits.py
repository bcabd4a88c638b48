"""Identified deposits: accounts, lines of banks, what became of them, statement files."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.admin.inline import ReadOnlyInline
from payments.models import (
    AmountSignature,
    BankAccount,
    BankRow,
    Deposit,
    DepositAllocation,
    DepositIdentifier,
    DepositReturn,
    StatementError,
    StatementFile,
)


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
    exclude = ("fingerprint",)


class AllocationInline(ReadOnlyInline):
    """The payments a deposit pays for."""

    model = DepositAllocation
    fields = ("payment", "amount_rial", "state", "by", "settled_at")
    ordering = ("created_at", "id")


class DepositReturnInline(ReadOnlyInline):
    """A deposit's money on its way back."""

    model = DepositReturn
    fields = ("ordered_at", "amount_rial", "way", "state", "bank_reference")
    ordering = ("ordered_at", "id")


@admin.register(Deposit)
class DepositAdmin(TenantAdmin):
    """Deposits and what became of them."""

    list_display = ("at", "amount_rial", "state", "reason", "allocated_rial", "returned_rial")
    list_filter = ("state", "reason")
    ordering = ("-at",)
    exclude = ("leased_until", "tries")
    inlines = (AllocationInline, DepositReturnInline)


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


class StatementErrorInline(ReadOnlyInline):
    """The rows of a file that were refused."""

    model = StatementError
    fields = ("line", "code", "message")
    ordering = ("line",)


@admin.register(StatementFile)
class StatementFileAdmin(TenantAdmin):
    """Statement files."""

    list_display = ("created_at", "file_name", "state", "rows_new", "rows_known", "rows_failed")
    list_filter = ("state",)
    ordering = ("-created_at",)
    exclude = ("file_path", "leased_until", "next_run_at")
    inlines = (StatementErrorInline,)


@admin.register(StatementError)
class StatementErrorAdmin(TenantAdmin):
    """Rows of statement files that were refused, and why; whose money they were is not shown."""

    list_display = ("statement", "line", "code", "message")
    list_filter = ("code",)
    search_fields = ("statement__id__exact", "id__exact")
    ordering = ("statement", "line")
    exclude = ("raw",)


@admin.register(AmountSignature)
class AmountSignatureAdmin(TenantAdmin):
    """Sums lent to card-to-card payments."""

    list_display = ("created_at", "amount_rial", "added_rial", "state", "payment", "expires_at")
    list_filter = ("state",)
    search_fields = ("amount_rial__exact", "id__exact")
    ordering = ("-created_at",)
