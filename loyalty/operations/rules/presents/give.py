"""What rules give besides points, made in the transaction of the sale or what else earned it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.calendar import business_day, day_start
from core.ids import new_id
from core.tenancy import part_of_operation
from loyalty.enums import RuleEffect
from loyalty.models import BonusRule, Coupon, GiftCard, RulePresent
from loyalty.operations.gift_cards.single import give_card
from loyalty.queries.gift_codes import digest_of
from loyalty.queries.programme import Terms
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.document import Bonus
from loyalty.queries.rules.evaluate import Part
from loyalty.queries.rules.known import rows_of
from loyalty.queries.rules.present_codes import code_of
from loyalty.queries.rules.spans import share_of


@dataclass(frozen=True, slots=True)
class Given:
    """A present of a sale whose buyer is known, or of something else that happened to them."""

    customer_id: UUID
    basket: Basket
    part: Part
    purchase_id: UUID | None = None
    happening_id: UUID | None = None


@part_of_operation
def give_presents(*, given: Sequence[Given], current: Terms, now: datetime) -> None:
    """Make coupons and gift cards, and write down what each rule gave."""
    rules = rows_of(current.rule_id)
    for one in given:
        bonus = one.part.bonus
        row = _row(one, rules[bonus.key], now)
        pool_id = rules[bonus.key].pool_id
        if bonus.effect == RuleEffect.GIFT_CARD:
            row.gift_card = _card(row, bonus, current, now)
        elif pool_id is not None:
            row.coupon = _coupon(row, pool_id, bonus, current, now)
        row.save(force_insert=True)


def told(part: Part, rule: BonusRule) -> dict[str, Any]:
    """Return what a present's sentence is said from."""
    bonus, present = part.bonus, part.bonus.present
    facts: dict[str, Any] = {
        "name": bonus.name,
        "effect": str(bonus.effect),
        "what": _what(bonus, rule),
        "number": part.presents,
        "worth_rial": present.worth_rial if present else 0,
    }
    return facts | ({"cut": str(part.cut)} if part.cut else {})


def _what(bonus: Bonus, rule: BonusRule) -> str:
    if bonus.effect == RuleEffect.ITEM and bonus.present is not None:
        return bonus.present.category
    if rule.stamp_card is not None:
        return rule.stamp_card.name
    return rule.pool.name if rule.pool is not None else ""


def _row(one: Given, rule: BonusRule, now: datetime) -> RulePresent:
    bonus, number = one.part.bonus, one.part.presents
    worth = number * bonus.unit_rial(0)
    return RulePresent(
        id=new_id(),
        purchase_id=one.purchase_id,
        happening_id=one.happening_id,
        customer_id=one.customer_id,
        buyer_id=one.customer_id,
        rule=rule,
        key=bonus.key,
        effect=bonus.effect,
        number=number,
        worth_rial=worth,
        budget_rial=worth if bonus.budget_rial is not None else 0,
        since=share_of(bonus, one.basket.local.date()),
        stamp_card_id=rule.stamp_card_id,
        facts=told(one.part, rule) | {"amount_rial": one.part.amount_rial},
        at=now,
    )


def _end(bonus: Bonus, current: Terms, now: datetime) -> datetime:
    days = bonus.present.days if bonus.present else 0
    return day_start(business_day(now, current.zone) + timedelta(days=days + 1), current.zone)


def _coupon(row: RulePresent, pool_id: UUID, bonus: Bonus, current: Terms, now: datetime) -> Coupon:
    code = code_of(row.id)
    coupon = Coupon(
        id=new_id(),
        pool_id=pool_id,
        code_hmac=digest_of(code),
        ends_with=code[-4:],
        ends_at=_end(bonus, current, now),
    )
    coupon.save(force_insert=True)
    return coupon


def _card(row: RulePresent, bonus: Bonus, current: Terms, now: datetime) -> GiftCard:
    return give_card(
        code=code_of(row.id),
        name=bonus.name,
        amount_rial=row.worth_rial,
        ends_at=_end(bonus, current, now),
        by=f"rule:{bonus.key}",
        now=now,
    )
