"""What sales earn where a version has rules beside the rate: read, lock the limits, judge, count.

The earn statement then writes what was judged. A business without such rules never comes here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from loyalty.enums import EntryKind, Verdict
from loyalty.models import LedgerEntry, RulePoints
from loyalty.operations.rules.budgets import tell_used_up
from loyalty.operations.rules.funding import fund
from loyalty.operations.rules.meters import Meters, lock_meters
from loyalty.operations.rules.presents.give import Given, give_presents, told
from loyalty.queries.programme import Terms
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.evaluate import Earned, Part, evaluate
from loyalty.queries.rules.facts import Sold, Standing, baskets_of
from loyalty.queries.rules.known import row_ids, rows_of, rules_of
from loyalty.queries.rules.spans import share_of

# Verdicts a limit's lock may still change.
_OPEN: Final = frozenset({Verdict.APPLIED, Verdict.BEATEN, Verdict.TOO_LITTLE, Verdict.FULL})

_NOTHING: Final = Earned(base_points=0, parts=(), below=False, capped=False)
_USED_UP: Final = frozenset({Verdict.SHARE, Verdict.BUDGET})


@dataclass(frozen=True, slots=True)
class Priced:
    """What a sale earns, and what its ledger entry keeps for its sentence."""

    sold: Sold
    basket: Basket
    earned: Earned
    facts: dict[str, Any]

    @property
    def base_rial(self) -> int:
        """Return the amount that counts: nothing of who is out of the club."""
        return 0 if "away" in self.facts else self.sold.eligible_rial


@dataclass(frozen=True, slots=True)
class Judged:
    """Sales that earn now, and the limits they take of, locked until the transaction ends."""

    sales: Sequence[Priced]
    meters: Meters


def price(*, sales: Sequence[Sold], current: Terms) -> Judged:
    """Judge the sales that have not earned yet; nothing is counted before `count`.

    Limits are locked in one order after the wallets, and only those of rules that are about one
    of the sales (rule R49).
    """
    earned = LedgerEntry.objects.filter(
        kind=EntryKind.EARN, purchase__in=[one.purchase_id for one in sales]
    )
    before = set(earned.values_list("purchase_id", flat=True))
    rules = rules_of(current.rule_id).about(None)
    found = baskets_of([one for one in sales if one.purchase_id not in before], rules, current)
    meters = lock_meters(_limits(found, rules), current.unit_value_rial)
    priced = []
    for sold, standing, basket in found:
        if standing.away:
            priced.append(Priced(sold, basket, _NOTHING, {"away": True}))
            continue
        judged = evaluate(basket, rules, meters.room(basket, rules))
        meters.take(basket, judged)
        facts = _facts(sold, standing, judged, rules, current)
        priced.append(Priced(sold, basket, judged, facts))
    return Judged(priced, meters)


def count(judged: Judged, *, current: Terms, now: datetime) -> None:
    """Count what posted sales took of limits, and write down what each rule gave."""
    judged.meters.save()
    given = [(one, part) for one in judged.sales for part in one.earned.given]
    presents = [
        Given(buyer, one.basket, part, purchase_id=one.sold.purchase_id)
        for one in judged.sales
        for part in one.earned.presents
        if (buyer := one.sold.customer_id) is not None
    ]
    if not (given or presents):
        return
    bonuses = [part.bonus for _one, part in given] + [one.part.bonus for one in presents]
    names = {bonus.key: bonus.name for bonus in bonuses}
    for key in judged.meters.used_up:
        tell_used_up(key=key, name=names[key], now=now)
    if presents:
        give_presents(given=presents, current=current, now=now)
    fund([(one.sold.purchase_id, one.earned) for one in judged.sales], now)
    rows = row_ids(current.rule_id)
    RulePoints.objects.bulk_create(
        _row(one, part, rows[part.bonus.key], current.unit_value_rial, now) for one, part in given
    )


def limited(basket: Basket, rules: Rules) -> list[tuple[Basket, Part]]:
    """Return the limited rules that are about a basket, as far as their locks may decide."""
    return [
        (basket, part)
        for part in evaluate(basket, rules).parts
        if part.bonus.is_metered and part.verdict in _OPEN
    ]


def _limits(
    found: Sequence[tuple[Sold, Standing, Basket]], rules: Rules
) -> list[tuple[Basket, Part]]:
    """Return the limited rules that are about a basket."""
    if not any(bonus.is_metered for bonus in rules.bonuses):
        return []
    return [
        one
        for _sold, standing, basket in found
        if not standing.away
        for one in limited(basket, rules)
    ]


def _facts(
    sold: Sold, standing: Standing, earned: Earned, rules: Rules, current: Terms
) -> dict[str, Any]:
    rate = rules.rate
    facts = {
        "base_rial": sold.eligible_rial,
        "num": rate.num,
        "den": rate.den,
        "rule": current.rule_version,
        **standing.because,
    }
    last = max((place for place, part in enumerate(earned.parts) if part.points), default=0)
    gave = [
        _told(part)
        for place, part in enumerate(earned.parts)
        if _is_told(part) or (place < last and part.exact)
    ]
    if earned.below:
        facts["least"] = rate.minimum_rial
    # What rules give below the minimum is capped too, and the sentence says so.
    if earned.capped or (not earned.below and earned.points == rate.cap_points):
        facts["most"] = rate.cap_points
    if earned.lines_less is not None:
        facts["by_line"] = earned.lines_less
    if earned.presents:
        facts["presents"] = _presents(earned, current)
    return facts | ({"base_points": earned.base_points, "bonuses": gave} if gave else {})


def _presents(earned: Earned, current: Terms) -> list[dict[str, Any]]:
    rules = rows_of(current.rule_id)
    return [told(part, rules[part.bonus.key]) for part in earned.presents]


def _is_told(part: Part) -> bool:
    """Tell whether a rule's part is kept; fractions before the last one count in its floor too."""
    return bool(part.points) or part.verdict in _USED_UP


def _told(part: Part) -> dict[str, Any]:
    bonus = part.bonus
    told: dict[str, Any] = {
        "key": str(bonus.key),
        "name": bonus.name,
        "effect": str(bonus.effect),
        "num": bonus.num,
        "den": bonus.den,
        "rial": part.amount_rial,
        "points": part.points,
    }
    if bonus.funder:
        told["funder"] = bonus.funder
    if part.capped:
        told["most"] = bonus.cap_points
    cut = part.cut or (part.verdict if part.verdict in _USED_UP else None)
    if cut:
        told["cut"] = str(cut)
    return told


def _row(one: Priced, part: Part, rule_id: UUID, unit_rial: int, now: datetime) -> RulePoints:
    worth = part.points * unit_rial
    return RulePoints(
        purchase_id=one.sold.purchase_id,
        customer_id=one.sold.customer_id,
        rule_id=rule_id,
        key=part.bonus.key,
        points=part.points,
        amount_rial=part.amount_rial,
        cost_rial=worth,
        budget_rial=worth if part.bonus.budget_rial is not None else 0,
        since=share_of(part.bonus, one.basket.local.date()),
        at=now,
    )
