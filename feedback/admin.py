"""Surveys and answers for platform staff, read-only."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from feedback.models import (
    BonusLine,
    BonusObjection,
    BonusPlan,
    BonusRun,
    BonusSale,
    Response,
    Survey,
    SurveyInvitation,
)


@admin.register(Survey)
class SurveyAdmin(TenantAdmin):
    """Surveys and their rules."""

    list_display = ("title", "kind", "is_active", "cooldown_days", "sample_rate", "created_at")
    list_filter = ("kind", "is_active")


@admin.register(SurveyInvitation)
class SurveyInvitationAdmin(TenantAdmin):
    """Who was asked about which purchase."""

    list_display = ("created_at", "customer_id", "purchase_id", "state", "due_at", "expires_at")
    list_filter = ("state",)
    ordering = ("-created_at",)


@admin.register(Response)
class ResponseAdmin(TenantAdmin):
    """Answers, newest first."""

    list_display = ("answered_at", "score", "comment", "flagged")
    list_filter = ("score", "flagged")
    ordering = ("-answered_at",)


@admin.register(BonusPlan)
class BonusPlanAdmin(TenantAdmin):
    """Terms of staff bonuses."""

    list_display = ("version", "months", "most_rial", "reach_percent", "made_at", "made_by")
    ordering = ("-version",)


@admin.register(BonusRun)
class BonusRunAdmin(TenantAdmin):
    """Periods worked out."""

    list_display = ("starts_on", "ends_on", "state", "frozen_at", "approved_by", "paid_reference")
    list_filter = ("state",)
    ordering = ("-starts_on",)


@admin.register(BonusLine)
class BonusLineAdmin(TenantAdmin):
    """Who gets what."""

    list_display = ("employee", "asked", "answers", "content", "reason", "amount_rial", "paid_rial")
    list_filter = ("reason",)
    ordering = ("-id",)


@admin.register(BonusSale)
class BonusSaleAdmin(TenantAdmin):
    """The sales bonuses stand on."""

    list_display = ("purchase_id", "weight_bp", "value_bp", "expected_bp", "came_back", "set_aside")
    ordering = ("-id",)


@admin.register(BonusObjection)
class BonusObjectionAdmin(TenantAdmin):
    """Objections and their answers."""

    list_display = ("raised_at", "raised_by", "reason", "upheld", "decided_by")
    ordering = ("-raised_at",)
