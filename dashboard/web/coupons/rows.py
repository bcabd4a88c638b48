"""Coupons and stamp cards as the pages show them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from customers.enums import Channel
from dashboard.web import words
from dashboard.web.parts import Meter
from loyalty.enums import Stacking
from loyalty.queries.coupons import PoolTotals


@dataclass(frozen=True, kw_only=True)
class PoolRow:
    """A kind of coupon in a list."""

    id: UUID
    name: str
    code: str
    gives: str
    conditions: str
    used: Meter
    discount_rial: int
    sold_rial: int
    last_moment: datetime
    state: str
    tone: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class StampRow:
    """A stamp card in a list."""

    id: UUID
    name: str
    of: str
    needed: int
    most_rial: int
    rewards: int
    customers: int
    starts_on: date
    active: bool
    pool_id: UUID


def pool_row(row: Any, totals: PoolTotals, now: datetime) -> PoolRow:
    """Return a kind of coupon with how it was used."""
    over = row.ends_at <= now
    active = row.is_active and not over
    state = _("can be used") if active else (_("over") if over else _("withdrawn"))
    return PoolRow(
        id=row.id,
        name=row.name,
        code=row.code or _("%(n)s codes") % {"n": words.number(totals.codes)},
        gives=_gives(row),
        conditions=" · ".join(_conditions(row)),
        used=_used(row, totals),
        discount_rial=totals.discount_rial,
        sold_rial=totals.sold_rial,
        last_moment=row.ends_at - timedelta(seconds=1),
        state=state,
        tone="chip-good" if active else "",
        active=active,
    )


def stamp_row(row: Any, rewards: tuple[int, int]) -> StampRow:
    """Return a stamp card with its rewards."""
    return StampRow(
        id=row.id,
        name=row.name,
        of=row.category or words.code(row.sku),
        needed=row.needed,
        most_rial=row.pool.most_rial,
        rewards=rewards[0],
        customers=rewards[1],
        starts_on=row.starts_on,
        active=row.is_active,
        pool_id=row.pool_id,
    )


def _gives(row: Any) -> str:
    if row.percent is None:
        return _("%(amount)s toman off") % {"amount": words.toman(row.off_rial)}
    off = _("%(percent)s off") % {"percent": words.percent(row.percent / 100, 0)}
    if row.most_rial is None:
        return off
    return _("%(off)s, at most %(most)s toman") % {"off": off, "most": words.toman(row.most_rial)}


def _conditions(row: Any) -> list[str]:
    told = []
    if row.category:
        told.append(_("only %(category)s") % {"category": row.category})
    if row.channel:
        told.append(str(Channel(row.channel).label))
    if row.least_basket_rial:
        least = words.toman(row.least_basket_rial)
        told.append(_("from %(least)s toman") % {"least": least})
    if row.stacking == Stacking.BESIDE:
        group = _("together with others, of «%(group)s» the best") % {"group": row.group}
        told.append(group if row.group else _("together with others"))
    if row.most_each:
        told.append(_("%(n)s for each customer") % {"n": words.number(row.most_each)})
    return told


def _used(row: Any, totals: PoolTotals) -> Meter:
    most = row.most_uses or totals.codes or None
    if most is None:
        return Meter(label=_("Used"), share=0.0, text=words.number(row.taken), note=_("no limit"))
    left = _("%(n)s left") % {"n": words.number(max(0, most - row.taken))}
    return Meter(label=_("Used"), share=row.taken / most, text=words.number(row.taken), note=left)
