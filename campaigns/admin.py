"""Campaigns for platform staff, read-only."""

from django.contrib import admin

from campaigns.models import Campaign, CampaignMember
from core.tenancy.admin import TenantAdmin


@admin.register(Campaign)
class CampaignAdmin(TenantAdmin):
    """Campaigns, newest first."""

    list_display = ("created_at", "name", "segment", "state", "treatment_count", "holdout_count")
    list_filter = ("state",)
    ordering = ("-created_at",)


@admin.register(CampaignMember)
class CampaignMemberAdmin(TenantAdmin):
    """Arms, as they were drawn."""

    list_display = ("campaign_id", "customer_id", "arm", "past_spend_rial")
    list_filter = ("arm",)
