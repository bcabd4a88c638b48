"""What keeps campaigns switched on (capability C090)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.queries.modules import register_module
from campaigns.enums import CampaignState
from campaigns.models import Campaign
from core.errors import Sentence


def register() -> None:
    """Say what keeps the part on."""
    register_module(Module.CAMPAIGNS, guard=_sending)


def _sending(_now: datetime) -> Sentence | None:
    is_sending = Campaign.objects.filter(state=CampaignState.SENDING).exists()
    return _("A campaign is being sent; wait until it is done.") if is_sending else None
