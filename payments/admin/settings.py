"""What a business decided for itself: manners, terms, bounds. Changed on its own pages."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from payments.models import (
    BankHoliday,
    CheckoutPolicy,
    CreditPolicy,
    DebitPolicy,
    InquiryPolicy,
    RefundPolicy,
    ReturnWindow,
)


@admin.register(BankHoliday)
class BankHolidayAdmin(TenantAdmin):
    """Days on which banks are closed, or open after all."""

    list_display = ("day", "name", "is_closed")
    list_filter = ("is_closed",)
    search_fields = ("name__startswith", "id__exact")
    ordering = ("-day",)


@admin.register(DebitPolicy)
class DebitPolicyAdmin(TenantAdmin):
    """Manners of collecting."""

    list_display = ("changed_at", "notice_hours", "grace_days", "max_tries", "pause_after")
    ordering = ("-changed_at",)


@admin.register(CreditPolicy)
class CreditPolicyAdmin(TenantAdmin):
    """Terms of credit, with what is lent of it now."""

    list_display = (
        "changed_at",
        "is_on",
        "least_grade",
        "most_customer_rial",
        "worth_percent",
        "most_total_rial",
        "owed_rial",
    )
    list_filter = ("is_on", "lends_without_history")
    ordering = ("-changed_at",)


@admin.register(CheckoutPolicy)
class CheckoutPolicyAdmin(TenantAdmin):
    """Whether unfinished checkouts are reminded, and how soon."""

    list_display = ("changed_at", "is_on", "after_minutes", "holdout_percent")
    list_filter = ("is_on",)
    ordering = ("-changed_at",)


@admin.register(RefundPolicy)
class RefundPolicyAdmin(TenantAdmin):
    """When a second person agrees to a refund."""

    list_display = ("changed_at", "approval_above_rial", "return_days")
    ordering = ("-changed_at",)


@admin.register(ReturnWindow)
class ReturnWindowAdmin(TenantAdmin):
    """For how long goods of a category, or of customers of a tier, come back."""

    list_display = ("category", "tier_id", "days", "changed_at")
    search_fields = ("category__startswith", "tier_id__exact", "id__exact")
    ordering = ("-changed_at",)


@admin.register(InquiryPolicy)
class InquiryPolicyAdmin(TenantAdmin):
    """How many questions to banks a day, and for how long an answer holds."""

    list_display = ("changed_at", "daily_limit", "valid_days")
    ordering = ("-changed_at",)
