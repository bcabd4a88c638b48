"""Friends customers bring: the offer, who brought whom, what it brought and cost."""

from dashboard.web.referrals.listing import referrals
from dashboard.web.referrals.of_customer import referral_code
from dashboard.web.referrals.offering import referral_offer

__all__ = ["referral_code", "referral_offer", "referrals"]
