"""Reading campaigns, estimates and effects."""

from campaigns.queries.audience import (
    Audience,
    Recipient,
    arm_of,
    audience,
    known_segment,
    segment_name,
)
from campaigns.queries.campaigns import campaign_by_id, campaigns, members_of
from campaigns.queries.effect import Effect
from campaigns.queries.estimate import Estimate, estimate, outgoing
from campaigns.queries.results import MESSAGE_KIND, ArmSummary, CampaignResults, member_key, results
from campaigns.queries.texts import clean_body, personal

__all__ = [
    "MESSAGE_KIND",
    "ArmSummary",
    "Audience",
    "CampaignResults",
    "Effect",
    "Estimate",
    "Recipient",
    "arm_of",
    "audience",
    "campaign_by_id",
    "campaigns",
    "clean_body",
    "estimate",
    "known_segment",
    "member_key",
    "members_of",
    "outgoing",
    "personal",
    "results",
    "segment_name",
]
