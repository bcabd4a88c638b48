"""Coupons and stamp cards: what is offered, how it is used, what it costs."""

from dashboard.web.coupons.listing import coupons
from dashboard.web.coupons.making import coupons_csv, coupons_new, stamp_card_new
from dashboard.web.coupons.showing import coupon_pool, coupons_withdraw, stamp_card_withdraw

__all__ = [
    "coupon_pool",
    "coupons",
    "coupons_csv",
    "coupons_new",
    "coupons_withdraw",
    "stamp_card_new",
    "stamp_card_withdraw",
]
