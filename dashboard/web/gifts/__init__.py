"""Small gifts of the business: what its people give on the spot."""

from dashboard.web.gifts.allowing import goodwill_budget
from dashboard.web.gifts.giving import goodwill_give, till_goodwill
from dashboard.web.gifts.goodwill import goodwill

__all__ = ["goodwill", "goodwill_budget", "goodwill_give", "till_goodwill"]
