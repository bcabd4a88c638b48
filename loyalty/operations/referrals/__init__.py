"""Friends customers bring: told, looked at once they may not be returned, rewarded, taken back."""

from loyalty.operations.referrals.merging import join_referrals, part_referrals
from loyalty.operations.referrals.offer import NewOffer, offer_referrals, referral_code_for
from loyalty.operations.referrals.settle import settle_due_referrals
from loyalty.operations.referrals.take_back import lock_referred, take_referrals_back
from loyalty.operations.referrals.tell import FirstSale, tell_referral

__all__ = [
    "FirstSale",
    "NewOffer",
    "join_referrals",
    "lock_referred",
    "offer_referrals",
    "part_referrals",
    "referral_code_for",
    "settle_due_referrals",
    "take_referrals_back",
    "tell_referral",
]
