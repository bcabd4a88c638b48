"""A stall of the café at a fair: two people sell side by side, the one much better liked (C084).

Only who sells beside somebody is compared with anybody, and only where twenty of each one's
customers answered. So this is where a return takes something of a staff bonus away (N8).
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from businesses.operations import hire_employee, open_branch
from businesses.queries import branch_ids_by_code, employee_ids_by_code
from core.calendar import TEHRAN, add_months, business_day, month_start
from customers.operations import CustomerHint, NewLine, NewPurchase, NewTender, record_purchases
from dashboard.management.demo.trades import FIRST_NAMES, LAST_NAMES, Trade
from feedback.operations import Bought, answer_survey, expire_invitations, invite_buyers
from feedback.queries import survey_links

STALL: Final = "fair"
_NAME: Final = "کافه نارنج، غرفهٔ نمایشگاه"
# Two months ago: within the quarter whose bonuses are worked out.
_MONTHS_AGO: Final = 2
_FIRST_DAY: Final = timedelta(days=2)
_DAYS: Final = 10
_MOBILE: Final = 101_000


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells at the stall, to how many, and what those who answer say."""

    code: str
    name: str
    buyers: int
    scores: tuple[int, ...]
    words: str


LIKED: Final = Seller("hana", "هانا فروتن", 34, (10, 9, 10, 9, 8) * 5, "با حوصله توضیح دادند.")
_BESIDE: Final = Seller("kaveh", "کاوه نیک‌پی", 40, (7, 8, 7, 9) * 5 + (6,), "کمی عجله داشتند.")


def play_stall(trade: Trade, now: datetime) -> None:
    """Open the stall for ten days, sell, and ask everybody once."""
    begins = add_months(month_start(business_day(now, TEHRAN)), -_MONTHS_AGO) + _FIRST_DAY
    opened = _at(begins, 9, 0)
    branch = open_branch(code=STALL, name=_NAME, now=opened)
    for seller in (LIKED, _BESIDE):
        hire_employee(code=seller.code, name=seller.name, branch_id=branch.id, now=opened)
    dice = random.Random(f"stall of {trade.slug}")  # noqa: S311 - a story, not a secret
    told = list(_sales(trade, begins, dice))
    sales = [sale for _seller, _answer, sale in told]
    outcomes = record_purchases(
        purchases=sales, source="import", now=opened + timedelta(days=_DAYS)
    )
    for (seller, score, sale), outcome in zip(told, outcomes, strict=True):
        if outcome.error is not None or outcome.purchase_id is None or outcome.customer_id is None:
            raise outcome.error or LookupError(sale.external_id)
        _ask(seller, score, sale, outcome.purchase_id, outcome.customer_id)
    expire_invitations(now=now)


def _sales(
    trade: Trade, begins: date, dice: random.Random
) -> Iterator[tuple[Seller, int | None, NewPurchase]]:
    number = 0
    for seller in (LIKED, _BESIDE):
        for place in range(seller.buyers):
            number += 1
            answer = seller.scores[place] if place < len(seller.scores) else None
            day = begins + timedelta(days=place % _DAYS)
            yield (
                seller,
                answer,
                _sale(trade, seller, number, _at(day, 11 + place % 9, number), dice),
            )


def _sale(
    trade: Trade, seller: Seller, number: int, at: datetime, dice: random.Random
) -> NewPurchase:
    item = dice.choice(trade.items[:3])
    return NewPurchase(
        external_id=f"fair-{number:03d}",
        channel="pos",
        occurred_at=at,
        branch_code=STALL,
        employee_code=seller.code,
        customer=CustomerHint(
            mobile=f"0999{_MOBILE + number:07d}",
            name=f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}",
        ),
        lines=(
            NewLine(
                unit_price_rial=item.price_rial,
                sku=item.sku,
                name=item.name,
                category=item.category,
            ),
        ),
        tenders=(NewTender(method="pos", amount_rial=item.price_rial),),
    )


def _ask(
    seller: Seller, score: int | None, sale: NewPurchase, purchase_id: UUID, customer_id: UUID
) -> None:
    at = sale.occurred_at
    if at is None:
        raise ValueError("a story has its times")
    branch = branch_ids_by_code({STALL}).get(STALL)
    person = employee_ids_by_code({seller.code}).get(seller.code)
    invite_buyers(purchases=[Bought(purchase_id, customer_id, branch, person)], now=at)
    link = survey_links([purchase_id], at).get(purchase_id)
    if link is None or score is None:
        return
    token = str(link["url"]).rstrip("/").rsplit("/", 1)[-1]
    comment = seller.words if score % 3 == 0 else ""
    answer_survey(token=token, score=score, comment=comment, now=at + timedelta(hours=4))


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute % 60), tzinfo=TEHRAN)
