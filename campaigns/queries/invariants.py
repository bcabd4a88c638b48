"""What must always hold of one business's campaigns (`manage.py check_invariants`)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from campaigns.enums import Arm, CampaignState
from campaigns.models import Campaign, CampaignMember
from campaigns.queries.audience import arm_of
from campaigns.queries.results import MESSAGE_KIND, member_key
from messaging.queries import keys_about

_OPEN: Final = (CampaignState.DRAFT, CampaignState.CANCELLED)


def broken(now: datetime) -> list[str]:
    """Return a sentence per broken promise; empty when all is well."""
    del now
    return [
        f"{what}: {', '.join(str(row_id) for row_id in found)}"
        for what, found in (
            ("campaigns whose arms do not add up", _miscounted()),
            ("campaigns with members on the wrong side", _wrong_sides()),
            ("campaigns that wrote to the held out", _exposed()),
        )
        if found
    ]


def _miscounted() -> list[UUID]:
    counted = {
        row["campaign_id"]: (row["treated"], row["held_out"])
        for row in CampaignMember.objects.order_by()
        .values("campaign_id")
        .annotate(
            treated=Count("id", filter=Q(arm=Arm.TREATMENT)),
            held_out=Count("id", filter=Q(arm=Arm.HOLDOUT)),
        )
    }
    rows = Campaign.objects.exclude(state__in=_OPEN)
    return [
        row_id
        for row_id, *told in rows.values_list("id", "treatment_count", "holdout_count")
        if counted.get(row_id, (0, 0)) != tuple(told)
    ]


def _wrong_sides() -> list[UUID]:
    percents = dict(Campaign.objects.values_list("id", "holdout_percent"))
    rows = CampaignMember.objects.values_list("campaign_id", "customer_id", "arm")
    wrong = {
        campaign_id
        for campaign_id, customer_id, arm in rows.iterator()
        if arm != arm_of(campaign_id, customer_id, percents[campaign_id])
    }
    return sorted(wrong)


def _exposed() -> list[UUID]:
    exposed = []
    for campaign_id in Campaign.objects.exclude(state__in=_OPEN).values_list("id", flat=True):
        held_out = CampaignMember.objects.filter(campaign_id=campaign_id, arm=Arm.HOLDOUT)
        customers = held_out.values_list("customer_id", flat=True)
        keys = {member_key(campaign_id, one) for one in customers}
        if keys & keys_about(MESSAGE_KIND, campaign_id):
            exposed.append(campaign_id)
    return exposed
