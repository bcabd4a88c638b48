"""Segments of the shop's own, a customer who buys only at a discount, and a file about them."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from businesses.operations import Actor
from core.calendar import TEHRAN, add_months, business_day, month_start
from customers.enums import MeasureStep
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    record_purchases,
)
from customers.operations.measures import decide_measure
from dashboard.management.demo.trades import Trade
from segmentation.enums import NamedSegment
from segmentation.operations import (
    change_scoring,
    create_own_segment,
    propose_measure,
    state_margin,
)
from segmentation.queries.named.reading import named_night, named_rows
from segmentation.queries.source import Level, Terms

_MOBILE: Final = "09120004602"
_PRICE_RIAL: Final = 2_000_000
_OFF_RIAL: Final = 900_000
_TIMES: Final = 10
_MARGINS: Final = {"narenj": 45, "termeh": 35}
# Prices of sixteen months, each 2.6 percent above the one before.
_MONTHS: Final = 15
_LEVEL: Final = 100_000
_RISE: Final = 1.026
_OWN: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    (
        "سازگار و تازه‌آمده",
        {"kind": "all", "of": [
            {"kind": "fit", "least": 8}, {"kind": "last_purchase", "most": 45},
        ]},
    ),
    (
        "سه خرید در نود روز، بی شکایت",
        {"kind": "all", "of": [
            {"kind": "bought", "least": 3, "days": 90},
            {"kind": "not", "of": {"kind": "cases", "least": 1, "case": "complaint"}},
        ]},
    ),
    ("بیش از دو ماه نیامده", {"kind": "last_purchase", "least": 60}),
)  # fmt: skip


# Long enough for something harder (decision 69).
_TRIED: Final = timedelta(days=45)
_FILES: Final = (
    (NamedSegment.SERIAL_RETURNER, MeasureStep.SHORT_RETURNS),
    (NamedSegment.ABUSIVE, MeasureStep.ENDED),
)


def plant_deal_seeker(trade: Trade, now: datetime) -> None:
    """Let one customer buy ten times in a year, each time at little more than half the price."""
    sales = [
        NewPurchase(
            external_id=f"deal-{n}",
            channel="till",
            occurred_at=now - timedelta(days=30 * n + 4),
            customer=CustomerHint(mobile=_MOBILE, name="پیمان تخفیفی"),
            employee_code=trade.employees[0][0],
            lines=(NewLine(unit_price_rial=_PRICE_RIAL, discount_rial=_OFF_RIAL, name="حراج فصل"),),
            tenders=(NewTender(method="cash", amount_rial=_PRICE_RIAL - _OFF_RIAL),),
        )
        for n in range(_TIMES, 0, -1)
    ]
    record_purchases(purchases=sales, source="till", now=now)


def tell_margin_and_prices(trade: Trade, owner: Actor, now: datetime) -> None:
    """Say what is earned of a sale and how prices rose, where the shop is one that keeps books."""
    if trade.slug not in _MARGINS:
        return
    state_margin(percent=_MARGINS[trade.slug], actor=owner, now=now)
    month = month_start(business_day(now, TEHRAN))
    levels = [
        Level(add_months(month, -ago), round(_LEVEL * _RISE ** (_MONTHS - ago)))
        for ago in range(_MONTHS, -1, -1)
    ]
    change_scoring(terms=Terms(), levels=levels, actor=owner, now=now)


def make_segments(owner: Actor, now: datetime) -> None:
    """Make three segments; open files about whom the night found."""
    for name, rule in _OWN:
        create_own_segment(name=name, rule=rule, actor=owner, now=now)
    night = named_night()
    found = named_rows(NamedSegment.DEAL_SEEKER, night).first() if night else None
    if found is not None:
        propose_measure(
            customer_id=found.customer_id,
            step="no_offers",
            reason="جز با تخفیف سنگین نمی‌خرد؛ پیشنهاد می‌کنم شش ماه پیام تخفیف نگیرد.",
            by=f"user:{owner.pk}",
            actor=owner,
            now=now,
        )
    for segment, next_step in _FILES:
        row = named_rows(segment, night).first() if night else None
        if row is not None:
            _files(row.customer_id, next_step, owner, now)


def _files(customer_id: UUID, next_step: MeasureStep, owner: Actor, now: datetime) -> None:
    """Let something mild have held, and the shop's software propose what comes next.

    Shorter days are decided already; the end of a relationship waits for the owner.
    """
    long_ago, day = now - _TRIED, timedelta(days=1)
    _decide(_proposed(customer_id, MeasureStep.NO_OFFERS, long_ago), 35, owner, long_ago + day)
    row = _proposed(customer_id, next_step, now - 5 * day)
    if next_step == MeasureStep.SHORT_RETURNS:
        _decide(row, 60, owner, now - 4 * day)


def _proposed(customer_id: UUID, step: MeasureStep, now: datetime) -> Any:
    return propose_measure(
        customer_id=customer_id,
        step=step,
        reason="نشانه‌ها چند بار تکرار شده است.",
        by="api_key:software",
        actor=None,
        now=now,
    )


def _decide(row: Any, days: int, owner: Actor, now: datetime) -> None:
    decide_measure(
        measure_id=row.id,
        accept=True,
        note="شواهد را دیدم و درست است.",
        ends_on=business_day(now, TEHRAN) + timedelta(days=days),
        by=f"user:{owner.pk}",
        actor=owner,
        now=now,
    )
