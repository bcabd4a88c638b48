"""Which pages belong to which part of the product (capability C090)."""

from typing import Final

from businesses.enums import Module
from businesses.queries.modules import register_module

_CUSTOMER: Final = "customers/<uuid:customer_id>/"
PAGES: Final = {
    Module.LEADS: ("leads",),
    Module.MEMBERSHIPS: ("memberships",),
    Module.COUPONS: ("coupons", "till/coupon", "till/reward"),
    Module.GIFT_CARDS: ("gift-cards", "till/gift"),
    Module.REFERRALS: ("referrals", f"{_CUSTOMER}referral-code"),
    Module.GOODWILL: ("goodwill", "till/goodwill", f"{_CUSTOMER}goodwill"),
    Module.OCCASIONS: ("occasions", f"{_CUSTOMER}occasions"),
    Module.ENGAGEMENT: ("engagement", "milestones", f"{_CUSTOMER}engagement"),
    Module.STAFF: ("staff", "bonuses"),
    Module.SURVEYS: ("opinions",),
    Module.CAMPAIGNS: ("campaigns",),
    Module.LINKS: ("payment-links",),
    Module.QUOTES: ("quotes",),
    Module.INSTALMENTS: ("instalments",),
    Module.INQUIRIES: ("inquiries",),
}


def register() -> None:
    """Say which pages are whose."""
    for module, pages in PAGES.items():
        register_module(module, pages=pages)
