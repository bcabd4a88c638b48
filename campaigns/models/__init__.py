"""Tables of campaigns and their members."""

from campaigns.models.campaign import Campaign
from campaigns.models.member import CampaignMember

__all__ = ["Campaign", "CampaignMember"]
