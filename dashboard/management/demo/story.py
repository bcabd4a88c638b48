"""From a trade's habits to a list of purchases: pure, seeded, no clock and no database."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from core.calendar import TEHRAN, jalali
from customers.operations import CustomerHint, NewLine, NewPurchase, NewTender
from dashboard.management.demo.trades import FIRST_NAMES, LAST_NAMES, Item, Trade

DAYS: Final = 365
_MOVED: Final = timedelta(days=16)
_WEEKEND: Final = {3, 4}  # Thursday and Friday, as Python counts
_METHODS: Final = ("pos", "pos", "pos", "cash", "card_to_card")
# Numbers of a range used here for trials only; the demonstration sends to its own SMS centre.
_NUMBERS: Final = {"narenj": 100_000, "termeh": 200_000, "donya": 300_000}


@dataclass(frozen=True, slots=True)
class Person:
    """An imagined customer."""

    name: str
    mobile: str
    branch: str
    since: date
    until: date
    gap_days: float
    favourite: Item


def tell(trade: Trade, today: date) -> list[NewPurchase]:
    """Return the year's purchases in order of time, the last ones of yesterday."""
    dice = random.Random(trade.slug)  # noqa: S311 - a story, not a secret
    start = today - timedelta(days=DAYS)
    people = [_person(trade, number, start, today, dice) for number in range(trade.customers)]
    people += _colleagues(trade, today)
    sales = [sale for person in people for sale in _sales(trade, person, today, dice)]
    sales.sort(key=lambda sale: sale[0])
    return [
        _purchase(trade, number, at, person, dice) for number, (at, person) in enumerate(sales, 1)
    ]


def _colleagues(trade: Trade, today: date) -> list[Person]:
    """Return the people of an office nearby, who came often until it moved away."""
    dice = random.Random(f"office of {trade.slug}")  # noqa: S311 - a story, not a secret
    return [
        Person(
            name=f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}",
            mobile=f"0999{_NUMBERS[trade.slug] + trade.customers + number:07d}",
            branch=trade.branches[0][0],
            since=today - timedelta(days=dice.randint(85, 100)),
            until=today - _MOVED,
            gap_days=4,
            favourite=dice.choice(trade.items),
        )
        for number in range(trade.colleagues)
    ]


def _person(trade: Trade, number: int, start: date, today: date, dice: random.Random) -> Person:
    since = start + timedelta(days=int(DAYS * dice.random() ** 1.6))
    stays = 0 if dice.random() < trade.one_timers else int(dice.expovariate(1 / 420)) + 30
    pace = dice.gammavariate(trade.regularity, trade.visits / trade.regularity)
    return Person(
        name=f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}",
        mobile=f"0999{_NUMBERS[trade.slug] + number:07d}"[:11],
        branch=dice.choice(trade.branches)[0],
        since=since,
        until=min(since + timedelta(days=stays), today - timedelta(days=1)),
        gap_days=DAYS / max(pace, 0.8),
        favourite=dice.choice(trade.items),
    )


def _sales(
    trade: Trade, person: Person, today: date, dice: random.Random
) -> Iterator[tuple[datetime, Person]]:
    on = person.since
    while on <= person.until:
        yield _moment(on, dice), person
        pause = dice.expovariate(1 / person.gap_days) / _mood(trade, person, on, today)
        on = _nudge(trade, on + timedelta(days=max(1, round(pause))), dice)


def _mood(trade: Trade, person: Person, on: date, today: date) -> float:
    """Return how eagerly people buy around a day: the season, and a branch that disappoints."""
    month = jalali(on).month
    mood = trade.busy_months.get(month, 1.0)
    spoiled = month >= trade.spoiled_from_month and (today - on).days < DAYS // 2
    if trade.spoiled_branch and person.branch == trade.spoiled_branch and spoiled:
        mood *= 0.5
    return mood


def _nudge(trade: Trade, on: date, dice: random.Random) -> date:
    """Move some visits of the week to its end."""
    if on.weekday() in _WEEKEND or dice.random() > 1 - 1 / trade.weekend:
        return on
    return on + timedelta(days=(3 - on.weekday()) % 7)


def _moment(on: date, dice: random.Random) -> datetime:
    minutes = int(min(max(dice.gauss(16.5, 3), 9), 22.5) * 60)
    local = datetime.combine(on, time(minutes // 60, minutes % 60), tzinfo=TEHRAN)
    return local.astimezone(UTC)


def _purchase(
    trade: Trade, number: int, at: datetime, person: Person, dice: random.Random
) -> NewPurchase:
    lines = tuple(_line(trade, person, dice) for _item in range(dice.choice(trade.basket)))
    total = sum(int(line.quantity) * line.unit_price_rial - line.discount_rial for line in lines)
    sellers = [code for code, _name, branch in trade.employees if branch == person.branch]
    return NewPurchase(
        external_id=f"demo-{number:05d}",
        channel="pos",
        occurred_at=at,
        branch_code=person.branch,
        employee_code=dice.choice(sellers),
        customer=CustomerHint(mobile=person.mobile, name=person.name),
        lines=lines,
        tenders=(NewTender(method=dice.choice(_METHODS), amount_rial=total),),
    )


def _line(trade: Trade, person: Person, dice: random.Random) -> NewLine:
    item = person.favourite if dice.random() < 0.45 else dice.choice(trade.items)  # noqa: PLR2004
    chosen = {item.attribute: dice.choice(item.choices)} if item.choices else {}
    return NewLine(
        sku=item.sku,
        name=item.name,
        category=item.category,
        quantity=dice.choice((1, 1, 1, 2)) if item.price_rial < 5_000_000 else 1,  # noqa: PLR2004
        unit_price_rial=item.price_rial,
        attributes=chosen,
    )
