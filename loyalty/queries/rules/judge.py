"""What a basket that is not sold yet would earn; reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from customers.queries.baskets_sold import purchases_of
from loyalty.enums.happenings import HappeningKind
from loyalty.models import RuleMeter
from loyalty.queries.programme import Terms
from loyalty.queries.rules.basket import Basket, goods_of
from loyalty.queries.rules.buyers import known_of
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.evaluate import Earned, Room, evaluate
from loyalty.queries.rules.facts import standings_of
from loyalty.queries.rules.kept_out import kept_out
from loyalty.queries.rules.spans import share_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """How and of what a basket is sold; lines are (SKU, category, rial)."""

    lines: Sequence[tuple[str, str, int]] = ()
    channel: str = ""
    branch_id: UUID | None = None
    employee_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A basket somebody thinks about, or what might happen to a customer (`happened`)."""

    eligible_rial: int
    at: datetime
    customer_id: UUID | None = None
    sale: Sale = Sale()
    happened: HappeningKind | None = None


def judge(asked: Asked, rules: Rules, current: Terms) -> Earned:
    """Return what a basket would earn under the rules, limits as they stand this moment."""
    basket = _basket(asked, rules, current)
    return evaluate(basket, rules, room_left(rules, basket, current.unit_value_rial))


def room_left(rules: Rules, basket: Basket, unit_rial: int) -> Room:
    """Return what is left of the rules' limits for a basket; nothing is locked."""
    metered = [bonus for bonus in rules.bonuses if bonus.is_metered]
    if not metered:
        return Room()
    day = basket.local.date()
    rows = RuleMeter.objects.filter(
        Q(customer=basket.customer_id) | Q(customer=None), key__in=[one.key for one in metered]
    )
    used: dict[tuple[UUID, bool, date | None], int] = {
        (row.key, row.customer_id is None, row.since): row.used for row in rows
    }
    shares = {
        one.key: max(0, one.customer_cap_points - used.get((one.key, False, share_of(one, day)), 0))
        for one in metered
        if one.customer_cap_points is not None
    }
    budgets = {
        one.key: max(0, one.budget_rial - used.get((one.key, True, None), 0))
        // one.unit_rial(unit_rial)
        for one in metered
        if one.budget_rial is not None
    }
    return Room(shares, budgets)


def _basket(asked: Asked, rules: Rules, current: Terms) -> Basket:
    moment = (asked.customer_id, asked.at)
    held = standings_of({moment}, current)[moment]
    known = known_of({moment}, [one.when for one in rules.about(asked.happened).bonuses])
    number = purchases_of(asked.customer_id) + 1 if asked.customer_id else None
    kept = kept_out({asked.customer_id: held}) if asked.happened else {}
    return Basket(
        eligible_rial=0 if asked.happened else asked.eligible_rial,
        happened=asked.happened,
        kept_out=kept.get(asked.customer_id) if asked.customer_id else None,
        local=asked.at.astimezone(current.zone),
        goods=() if asked.happened else goods_of(asked.sale.lines, asked.eligible_rial),
        channel=asked.sale.channel,
        branch_id=asked.sale.branch_id,
        employee_id=asked.sale.employee_id,
        customer_id=asked.customer_id,
        tier_id=held.tier_id,
        number=number,
        point_rial=current.unit_value_rial,
        times_num=held.num,
        times_den=held.den,
        **known.at(asked.customer_id, asked.at),
    )
