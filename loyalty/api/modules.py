"""Which addresses belong to which part of the product, and what keeps a part on (C090).

What customers hold is honoured: a part they still hold something of cannot be switched off.
"""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from businesses.enums import Module
from businesses.queries.modules import register_module
from core.errors import Sentence
from loyalty.enums import CREDIT_CARDS, CardState, MembershipState
from loyalty.models import CouponPool, GiftCard, PaidMembership

_CUSTOMER: Final = "customers/<uuid:customer_id>/"
_MEMBERS: Final = (
    MembershipState.JOINING,
    MembershipState.ACTIVE,
    MembershipState.GRACE,
    MembershipState.PAUSED,
)


def register() -> None:
    """Say what is whose."""
    register_module(Module.MEMBERSHIPS, api=("memberships", "membership-plans"), guard=_memberships)
    register_module(
        Module.COUPONS,
        api=("coupons", "coupon-uses", "stamp-cards", f"{_CUSTOMER}stamps"),
        guard=_coupons,
    )
    register_module(
        Module.GIFT_CARDS,
        api=("gift-cards", "gift-card-uses", "gift-card-top-ups"),
        guard=_gift_cards,
    )
    register_module(
        Module.REFERRALS, api=("referrals", "referral-offer", f"{_CUSTOMER}referral-code")
    )
    register_module(Module.GOODWILL, api=("goodwill", "goodwill-budget"))
    register_module(
        Module.OCCASIONS, api=("occasion-rules", "shared-days", f"{_CUSTOMER}occasions")
    )
    register_module(
        Module.ENGAGEMENT,
        api=("engagements", "engagement-rules", "milestones", f"{_CUSTOMER}milestones"),
    )
    register_module(Module.STAFF, api=("staff",))


def _memberships(_now: datetime) -> Sentence | None:
    belong = PaidMembership.objects.filter(state__in=_MEMBERS).exists()
    return _("Customers still pay for a membership; end those first.") if belong else None


def _coupons(now: datetime) -> Sentence | None:
    offered = CouponPool.objects.filter(is_active=True, ends_at__gt=now).exists()
    return _("Coupons are still offered; withdraw them first.") if offered else None


def _gift_cards(_now: datetime) -> Sentence | None:
    usable = (CardState.ACTIVE, CardState.STOPPED)
    cards = GiftCard.objects.exclude(issue__kind__in=CREDIT_CARDS)
    held = cards.filter(state__in=usable, balance_rial__gt=0).exists()
    return _("There is still money on gift cards; it can be spent until then.") if held else None
