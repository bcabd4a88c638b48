"""A campaign of five weeks ago, and the lift planted in what followed.

Those who got the message bought as told; of the purchases that the held-out customers would have
made in the two weeks after, two in five are struck from the story.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import phonenumbers

from campaigns.enums import Arm
from campaigns.operations import CampaignPlan, create_campaign, send_campaign
from campaigns.queries import members_of
from customers.operations import NewPurchase
from messaging.enums import ConsentSource, Purpose
from messaging.operations import record_consents

WINDOW: Final = timedelta(days=14)
_HOLDOUT_PERCENT: Final = 30
_STRUCK: Final = 0.4
_AGREE: Final = 0.85
_PLAN: Final = CampaignPlan(
    name="پاییز با ما",
    body="{name} عزیز، دلمان برایتان تنگ شده. این دو هفته با هر خرید، یک نوشیدنی مهمان ما باشید.",
    segment="all",
    holdout_percent=_HOLDOUT_PERCENT,
    window_days=WINDOW.days,
    margin_percent=45,
)


def make_offer(mobiles: Mapping[str, UUID], now: datetime) -> set[UUID]:
    """Ask for consent, send the campaign at `now`; return the customers left out of it."""
    dice = random.Random("who agrees to offers")  # noqa: S311 - a story, not a secret
    agreed = [_e164(mobile) for mobile in sorted(mobiles) if dice.random() < _AGREE]
    record_consents(
        addresses=agreed,
        purpose=Purpose.MARKETING,
        granted=True,
        source=ConsentSource.TILL,
        now=now - timedelta(days=1),
    )
    campaign = create_campaign(plan=_PLAN, now=now - timedelta(hours=2))
    send_campaign(campaign_id=campaign.id, now=now)
    left_out = members_of(campaign.id).filter(arm=Arm.HOLDOUT)
    return set(left_out.values_list("customer_id", flat=True))


def strike(
    story: Sequence[NewPurchase],
    left_out: set[UUID],
    mobiles: Mapping[str, UUID],
    sent_at: datetime,
) -> list[NewPurchase]:
    """Return the story without some purchases of those who did not hear of the offer."""
    dice = random.Random("who stays away")  # noqa: S311 - a story, not a secret
    return [
        sale
        for sale in story
        if not (_in_window(sale, left_out, mobiles, sent_at) and dice.random() < _STRUCK)
    ]


def _in_window(
    sale: NewPurchase, left_out: set[UUID], mobiles: Mapping[str, UUID], sent_at: datetime
) -> bool:
    mobile = sale.customer.mobile if sale.customer else None
    at = sale.occurred_at
    is_left_out = mobiles.get(mobile or "") in left_out
    return is_left_out and at is not None and sent_at <= at < sent_at + WINDOW


def _e164(mobile: str) -> str:
    number = phonenumbers.parse(mobile, "IR")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
