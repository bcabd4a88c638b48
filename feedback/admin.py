"""Surveys and answers for platform staff, read-only."""

from django.contrib import admin

from core.tenancy.admin import TenantAdmin
from feedback.models import Response, Survey, SurveyInvitation


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
