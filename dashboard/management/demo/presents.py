"""Rules that give presents, one a supplier pays for, and some without a purchase; who was given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    record_purchases,
    record_return,
)
from dashboard.management.demo.trades import Item, Trade
from loyalty.enums import CapSpan, RuleEffect
from loyalty.enums.engagement import EngagementKind
from loyalty.enums.happenings import HappeningKind
from loyalty.enums.presents import OccasionKind
from loyalty.operations.engagement import note_engagement
from loyalty.operations.rules.drafts import publish_draft, save_draft
from loyalty.queries.coupons import given_pools
from loyalty.queries.rules.document import Around, Bonus, Present, Rules, When
from loyalty.queries.rules.reading import rules_in_force
from loyalty.queries.stamps import card_rows

_BEGAN: Final = timedelta(minutes=50)
# Nobody else's story is told of these.
_FIRST: Final = 40
_BUYERS: Final = 4
_PIECES: Final = 3
_BUDGET_PIECES: Final = 60
_MORE_POINTS: Final = 20


def play_presents(trade: Trade, mobiles: Sequence[str], by: str, now: datetime) -> None:
    """Publish the rules, then sell to a few; one brings everything back."""
    found = rules_in_force()
    if found is None:
        return
    began = now - _BEGAN
    rules = Rules(rate=found[1].rate, bonuses=(*found[1].bonuses, *_rules(trade)))
    draft = save_draft(rules=rules, actor=None, now=began, by=by)
    publish_draft(
        draft_id=draft.id,
        helps_customer=True,
        benefit_note="کسی که بیشتر می‌خرد یا روز خودش می‌آید چیزی می‌گیرد که به کارش می‌آید.",
        actor=None,
        now=began,
        by=by,
    )
    for number, mobile in enumerate(mobiles[_FIRST : _FIRST + _BUYERS]):
        at = began + timedelta(minutes=10 * (number + 1))
        _follow(_sell(trade, number, mobile, at), number, at + timedelta(minutes=5))


def _rules(trade: Trade) -> tuple[Bonus, ...]:
    item = trade.items[0]
    return (*_with_a_purchase(item), _paid_for(item), *_after(item))


def _with_a_purchase(item: Item) -> tuple[Bonus, ...]:
    card = card_rows(active=True)[0]
    large = When(least_rial=item.price_rial * _PIECES)
    birthday = When(around=Around(kinds=(OccasionKind.BIRTHDAY,), days=3))
    return (
        Bonus(
            name="کوپن دفعهٔ بعد",
            effect=RuleEffect.COUPON,
            num=1,
            when=large,
            present=Present(pool=given_pools().order_by("made_at")[0].id, days=30),
            customer_cap_points=2,
            customer_span=CapSpan.MONTH,
        ),
        Bonus(
            name="مهمانی تولد",
            effect=RuleEffect.ITEM,
            num=1,
            when=birthday,
            present=Present(category=item.category, worth_rial=item.price_rial, days=14),
            customer_cap_points=1,
            customer_span=CapSpan.YEAR,
        ),
        Bonus(
            name="مهر دوم با سبد بزرگ",
            effect=RuleEffect.STAMP,
            num=1,
            when=large,
            present=Present(stamp_card=card.id),
        ),
        Bonus(
            name="کارت سپاس",
            effect=RuleEffect.GIFT_CARD,
            num=1,
            when=When(least_rial=item.price_rial * _PIECES * 2),
            present=Present(worth_rial=item.price_rial, days=60),
            budget_rial=item.price_rial * _BUDGET_PIECES,
        ),
    )


def _paid_for(item: Item) -> Bonus:
    """Return a rule whose points the wholesaler pays for."""
    return Bonus(
        name=f"امتیاز بیشتر برای {item.name}",
        effect=RuleEffect.FIXED,
        num=_MORE_POINTS,
        when=When(skus=(item.sku,)),
        funder="پخش مهرگان",
    )


def _after(item: Item) -> tuple[Bonus, Bonus]:
    """Return what is given without a purchase: to who joins, and to good customers who follow."""
    return (
        Bonus(
            name="خوش‌آمد به باشگاه",
            effect=RuleEffect.FIXED,
            num=_MORE_POINTS,
            when=When(after=(HappeningKind.JOINED,)),
            budget_rial=item.price_rial * _BUDGET_PIECES,
        ),
        Bonus(
            name="کارت همراهی",
            effect=RuleEffect.GIFT_CARD,
            num=1,
            when=When(after=(HappeningKind.FOLLOW,), bought_rial=item.price_rial * _PIECES),
            present=Present(worth_rial=item.price_rial, days=30),
            customer_cap_points=1,
            budget_rial=item.price_rial * _BUDGET_PIECES,
        ),
    )


def _follow(customer_id: UUID, number: int, now: datetime) -> None:
    """Let the shop's page tell of somebody who follows it since."""
    kind = EngagementKind.FOLLOW
    note_engagement(customer_id=customer_id, kind=kind, reference=f"page-{number}", now=now)


def _sell(trade: Trade, number: int, mobile: str, now: datetime) -> UUID:
    item = trade.items[0]
    pieces = _PIECES * (1 + number % 2)
    sale = NewPurchase(
        external_id=f"present-{number}",
        channel="pos",
        customer=CustomerHint(mobile=mobile),
        lines=(
            NewLine(
                quantity=pieces,
                unit_price_rial=item.price_rial,
                sku=item.sku,
                name=item.name,
                category=item.category,
            ),
        ),
        tenders=(NewTender(method="pos", amount_rial=pieces * item.price_rial),),
        occurred_at=now,
    )
    [outcome] = record_purchases(purchases=[sale], source="demo", now=now)
    if outcome.error is not None or outcome.purchase_id is None or outcome.customer_id is None:
        raise outcome.error or LookupError(sale.external_id)
    if number == _BUYERS - 1:
        record_return(
            purchase_id=outcome.purchase_id,
            external_id="present-return",
            reason="از خرید پشیمان شد",
            now=now,
        )
    return outcome.customer_id
