"""Coupons: made, held, spent with a sale, given back when all of it is returned."""

from loyalty.operations.coupons.make import MadeCoupons, NewCoupons, make_coupons, withdraw_coupons
from loyalty.operations.coupons.use import (
    commit_coupon,
    give_coupons_back,
    release_coupon,
    release_overdue_coupons,
    release_unused_coupon,
    reserve_coupon,
    reserve_coupons,
)

__all__ = [
    "MadeCoupons",
    "NewCoupons",
    "commit_coupon",
    "give_coupons_back",
    "make_coupons",
    "release_coupon",
    "release_overdue_coupons",
    "release_unused_coupon",
    "reserve_coupon",
    "reserve_coupons",
    "withdraw_coupons",
]
