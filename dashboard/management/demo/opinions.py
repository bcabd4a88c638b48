"""What the imagined customers thought: invitations of the last months, some of them answered."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from businesses.queries import branch_ids_by_code, employee_ids_by_code
from core.calendar import jalali
from customers.operations import NewPurchase, PurchaseOutcome
from dashboard.management.demo.trades import Trade
from feedback.operations import Bought, answer_survey, expire_invitations, invite_buyers
from feedback.queries import survey_links

_ASKED_SINCE: Final = timedelta(days=150)
_ANSWERS_ONE_IN: Final = 3
_FAIR: Final = 7
_HAPPY: Final = (10, 10, 10, 9, 9, 9, 8, 8, 7, 10, 9, 6)
_DISAPPOINTED: Final = (3, 4, 5, 6, 6, 7, 7, 8, 2, 9)
_PRAISE: Final = (
    "مثل همیشه عالی بود، سپاس.", "برخورد همکارانتان خیلی خوب بود.", "کیفیت خوب و قیمت منصفانه.",
    "", "", "", "", "فضای آرام و دلپذیری دارید.", "بسته‌بندی تمیز بود.",
)  # fmt: skip
_REGRET: Final = (
    "خیلی معطل شدیم.", "سفارش اشتباه آماده شد و کسی عذرخواهی نکرد.", "", "نسبت به قبل افت کرده‌اید.",
    "", "میز تمیز نبود.", "شلوغ بود و صف طولانی.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """A purchase that may be asked about."""

    sale: NewPurchase
    purchase_id: UUID
    customer_id: UUID
    at: datetime


def give_opinions(
    trade: Trade, story: Sequence[NewPurchase], outcomes: Sequence[PurchaseOutcome], now: datetime
) -> None:
    """Invite by the product's own rules, at the time of each purchase; a third answer."""
    dice = random.Random(f"opinions of {trade.slug}")  # noqa: S311 - a story, not a secret
    visits = list(_asked(story, outcomes, now))
    _invite(visits)
    links = survey_links([visit.purchase_id for visit in visits], now - _ASKED_SINCE)
    for visit in visits:
        answered_at = visit.at + timedelta(hours=3)
        if visit.purchase_id not in links or dice.randrange(_ANSWERS_ONE_IN) or answered_at > now:
            continue
        score, comment = _opinion(trade, visit, now, dice)
        token = str(links[visit.purchase_id]["url"]).rstrip("/").rsplit("/", 1)[-1]
        answer_survey(token=token, score=score, comment=comment, now=answered_at)
    expire_invitations(now=now)


def _asked(
    story: Sequence[NewPurchase], outcomes: Sequence[PurchaseOutcome], now: datetime
) -> Iterator[Visit]:
    for sale, outcome in zip(story, outcomes, strict=True):
        at, purchase_id, customer_id = sale.occurred_at, outcome.purchase_id, outcome.customer_id
        if at is not None and purchase_id and customer_id and at > now - _ASKED_SINCE:
            yield Visit(sale, purchase_id, customer_id, at)


def _invite(visits: Sequence[Visit]) -> None:
    branches = branch_ids_by_code({visit.sale.branch_code or "" for visit in visits})
    sellers = employee_ids_by_code({visit.sale.employee_code or "" for visit in visits})
    for visit in visits:
        bought = Bought(
            visit.purchase_id,
            visit.customer_id,
            branches.get(visit.sale.branch_code or ""),
            sellers.get(visit.sale.employee_code or ""),
        )
        invite_buyers(purchases=[bought], now=visit.at)


def _opinion(trade: Trade, visit: Visit, now: datetime, dice: random.Random) -> tuple[int, str]:
    spoiled = (
        visit.sale.branch_code == trade.spoiled_branch
        and jalali(visit.at.date()).month >= trade.spoiled_from_month
        and (now - visit.at).days < 180  # noqa: PLR2004 - half a year
    )
    score = dice.choice(_DISAPPOINTED if spoiled else _HAPPY)
    return score, dice.choice(_PRAISE if score > _FAIR else _REGRET)
