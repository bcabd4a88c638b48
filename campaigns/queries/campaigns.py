"""Campaigns and their members."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from campaigns.models import Campaign, CampaignMember


def campaigns() -> QuerySet[Campaign]:
    """Return the active business's campaigns, newest first."""
    return Campaign.objects.order_by("-created_at", "-id")


def campaign_by_id(campaign_id: UUID) -> Campaign | None:
    """Return one campaign of the active business, or None."""
    return Campaign.objects.filter(id=campaign_id).first()


def segments_since(since: datetime) -> list[str]:
    """Return the segment of each campaign sent since a moment. One query."""
    rows = Campaign.objects.filter(started_at__gte=since)
    return list(rows.values_list("segment", flat=True))


def members_of(campaign_id: UUID) -> QuerySet[CampaignMember]:
    """Return a campaign's members with their customers, in order of customer."""
    rows = CampaignMember.objects.filter(campaign_id=campaign_id)
    return rows.select_related("customer").order_by("customer_id")
