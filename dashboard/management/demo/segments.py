"""Segments of the shop's own, a customer who buys only at a discount, and a file about them."""

from datetime import datetime, timedelta
from typing import Any, Final

from businesses.operations import Actor
from core.calendar import TEHRAN, add_months, business_day, month_start
from customers.operations import (
    CustomerHint,
    NewLine,
    NewPurchase,
    NewTender,
    record_purchases,
)
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
    """Make three segments; propose a measure where the night found somebody."""
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
