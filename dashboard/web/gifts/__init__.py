"""Small gifts of the business: on the spot, and on customers' own days."""

from dashboard.web.gifts.allowing import goodwill_budget
from dashboard.web.gifts.benefits import (
    benefit_back,
    benefit_close,
    benefit_give,
    benefit_page,
    till_benefit,
    till_benefit_back,
)
from dashboard.web.gifts.engagement import (
    engagement,
    engagement_close,
    engagement_take_back,
)
from dashboard.web.gifts.giving import goodwill_back, goodwill_give, till_goodwill
from dashboard.web.gifts.goodwill import goodwill
from dashboard.web.gifts.milestones import milestone_close, milestone_page
from dashboard.web.gifts.noting import engagement_note
from dashboard.web.gifts.occasions import occasion_settings, occasions
from dashboard.web.gifts.of_customer import occasion_tell
from dashboard.web.gifts.shared_days import shared_day_cancel, shared_day_page

__all__ = [
    "benefit_back",
    "benefit_close",
    "benefit_give",
    "benefit_page",
    "engagement",
    "engagement_close",
    "engagement_note",
    "engagement_take_back",
    "goodwill",
    "goodwill_back",
    "goodwill_budget",
    "goodwill_give",
    "milestone_close",
    "milestone_page",
    "occasion_settings",
    "occasion_tell",
    "occasions",
    "shared_day_cancel",
    "shared_day_page",
    "till_benefit",
    "till_benefit_back",
    "till_goodwill",
]
