"""What the tables of campaigns hold of a person (rule R59)."""

from campaigns.models.campaign import Campaign
from campaigns.models.member import CampaignMember
from core.tenancy.personal import Facts, by, declare

declare(
    {
        Campaign: Facts(ours=("name", "segment", "body")),
        CampaignMember: Facts(of=by("customer_id"), told=("arm", "past_spend_rial")),
    }
)
