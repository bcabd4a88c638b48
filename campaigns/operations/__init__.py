"""Drafting, preparing, sending and stopping campaigns."""

from campaigns.operations.draft import CampaignPlan, change_campaign, create_campaign
from campaigns.operations.launch import (
    cancel_campaign,
    prepare_campaign,
    send_campaign,
    start_campaign,
)
from campaigns.operations.sweep import queue_batch, sweep

__all__ = [
    "CampaignPlan",
    "cancel_campaign",
    "change_campaign",
    "create_campaign",
    "prepare_campaign",
    "queue_batch",
    "send_campaign",
    "start_campaign",
    "sweep",
]
