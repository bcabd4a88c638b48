"""Services without a price, and who had one today."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from dashboard.management.demo.trades import Trade
from loyalty.enums.benefits import BenefitKind
from loyalty.operations.benefits import (
    NewBenefit,
    give_benefit,
    offer_benefit,
    take_benefit_back,
)
from loyalty.queries.programme import tiers

_SMALL: Final = {
    "cafe": ("نان گرم کنار قهوه", BenefitKind.OTHER, 80_000),
    "clothing": ("کادوپیچی", BenefitKind.WRAPPING, 150_000),
    "toys": ("کادوپیچی", BenefitKind.WRAPPING, 120_000),
}
_GIFTS: Final = {
    "cafe": ("فنجان سفالی یادگاری", 900_000),
    "clothing": ("کیف پارچه‌ای", 700_000),
    "toys": ("بادکنک و برچسب", 250_000),
}
_SHOWN: Final = 6
_STOCK: Final = 20


def play_benefits(trade: Trade, customers: Sequence[UUID], now: datetime) -> None:
    """Offer a small thing to all and no waiting to the highest tier; give some of the first."""
    name, kind, cost = _SMALL[trade.vertical]
    small = NewBenefit(name=name, kind=kind, unit_cost_rial=cost, most_each=2)
    row = offer_benefit(new=small, actor=None, now=now)
    top = max(tiers(), key=lambda tier: tier.threshold_rial)
    first = NewBenefit(
        name="بدون ایستادن در صف", kind=BenefitKind.PRIORITY, unit_cost_rial=0, tier_id=top.id
    )
    offer_benefit(new=first, actor=None, now=now)
    for customer_id in customers[:_SHOWN]:
        give_benefit(benefit_id=row.id, customer_id=customer_id, by="صندوق", now=now)
    _play_gift(trade, customers[:_SHOWN], now)


def _play_gift(trade: Trade, customers: Sequence[UUID], now: datetime) -> None:
    """Offer a gift there are twenty of; give some, one of which comes back (C050)."""
    name, cost = _GIFTS[trade.vertical]
    gift = NewBenefit(
        name=name, kind=BenefitKind.GIFT, unit_cost_rial=cost, most_each=1, stock=_STOCK
    )
    row = offer_benefit(new=gift, actor=None, now=now)
    for customer_id in customers:
        given = give_benefit(benefit_id=row.id, customer_id=customer_id, by="صندوق", now=now)
    take_benefit_back(given_id=given.id, actor=None, by="صندوق", now=now)
