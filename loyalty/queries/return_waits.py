"""How long the points of each line wait: as long as its goods can be returned (rule R16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.money import largest_remainder
from customers.queries.baskets_sold import Line, goods_sold
from loyalty.models import Lot
from payments.queries.return_days import refund_policy
from payments.queries.tiers import tiers_held


@dataclass(frozen=True, slots=True)
class Wait:
    """Lines of one purchase whose points can be spent from the same moment on."""

    until: datetime
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """The points of a purchase that wait together, and the lines they are for."""

    wait: Wait
    points: int
    rial: int


def waits_of(
    bought: Mapping[UUID, datetime], pending_days: int, buyers: Mapping[UUID, UUID | None]
) -> dict[UUID, list[Wait]]:
    """Return what waits how long of purchases made at these times, longest first.

    Three queries; a fourth where a tier has days of its own: what buyers hold now counts (C074).

    Goods that come back at any time wait no longer than all points of the programme do: they would
    wait for ever. A purchase without lines is one line without a category.
    """
    rules, goods = refund_policy(), goods_sold(bought.keys())
    held = tiers_held(buyers.values()) if rules.tier_days else {}
    found: dict[UUID, list[Wait]] = {}
    for one, at in bought.items():
        buyer = buyers.get(one)
        tier = held.get(buyer) if buyer is not None else None
        lines = goods.get(one, [("", "", 0)])
        days = [rules.days_for([category], tier) for _sku, category, _rial in lines]
        found[one] = _waits([max(pending_days, own or 0) for own in days], at)
    return found


def shares_of(points: int, rial: int, waits: list[Wait], lines: list[Line]) -> list[Share]:
    """Split points by the amounts of their lines, whole and to the point (R6), longest wait first.

    Lines that come to no point are left out.
    """
    amounts = [amount for _sku, _category, amount in lines] or [1]
    each, money = largest_remainder(points, amounts), largest_remainder(rial, amounts)
    shares = [
        Share(wait, sum(each[n] for n in wait.lines), sum(money[n] for n in wait.lines))
        for wait in waits
    ]
    return [share for share in shares if share.points]


def _waits(days: Sequence[int], at: datetime) -> list[Wait]:
    together: dict[int, list[int]] = {}
    for place, own in enumerate(days):
        together.setdefault(own, []).append(place)
    return [
        Wait(at + timedelta(days=own), tuple(places))
        for own, places in sorted(together.items(), reverse=True)
    ]


def shares_back(
    whole: Lot, parts: Sequence[Lot], take: int, goods: Sequence[tuple[str, str, int, int]]
) -> dict[UUID, int]:
    """Return what of `take` points each lot of a purchase gives: those of its own lines (R16, R17).

    A part's share is counted from its beginning, so equal returns lose nothing to rounding; the
    first lot gives the rest. What came back without naming goods is of all lines alike. Where a lot
    cannot give its share the others make up for it: together it is always `take`.
    """
    due, left = {}, take
    loose = max(0, whole.returned_rial - sum(line[3] for line in goods))
    kept = sum(line[2] - line[3] for line in goods)
    for part in parts:
        lines = [goods[n] for n in part.part_lines or ()]
        sold, back = sum(line[2] for line in lines), sum(line[3] for line in lines)
        back += loose * (sold - back) // kept if kept else 0
        upto = part.earned_points * back // sold if sold else part.earned_points
        due[part.id] = min(left, max(0, upto - part.reversed_points))
        left -= due[part.id]
    apart = sum(part.earned_points - part.reversed_points for part in parts)
    due[whole.id] = min(left, whole.earned_points - whole.reversed_points - apart)
    left -= due[whole.id]
    for part in parts:
        more = min(left, part.earned_points - part.reversed_points - due[part.id])
        due[part.id] += more
        left -= more
    return due
