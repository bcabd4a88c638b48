"""What customers do besides buying: offered, noted once, taken back (C065)."""

from loyalty.operations.engagement.merging import join_engagements, part_engagements
from loyalty.operations.engagement.note import note_engagement, note_profile, note_seen
from loyalty.operations.engagement.rules import NewEngagementRule, close_engagement, offer_points
from loyalty.operations.engagement.take_back import take_engagement_back, take_noted_back

__all__ = [
    "NewEngagementRule",
    "close_engagement",
    "join_engagements",
    "note_engagement",
    "note_profile",
    "note_seen",
    "offer_points",
    "part_engagements",
    "take_engagement_back",
    "take_noted_back",
]
