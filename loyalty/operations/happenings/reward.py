"""Something happened that is no purchase: rules of the version in force give for it, once.

Locks are those of a sale: wallets first, then limits in one order (rules R43, R49). Whoever comes
with several customers holds their wallets already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.calendar import business_day
from core.tenancy import part_of_operation
from loyalty.enums import EntryKind, LotOrigin
from loyalty.enums.happenings import HappeningKind
from loyalty.models import Happening, Lot, RulePoints, Wallet
from loyalty.operations.movements import Cause, grant, settled_wallet
from loyalty.operations.rules.budgets import tell_used_up
from loyalty.operations.rules.funding import fund
from loyalty.operations.rules.grant import limited
from loyalty.operations.rules.meters import Meters, lock_meters
from loyalty.operations.rules.presents.give import Given, give_presents
from loyalty.queries.happenings import baskets_after
from loyalty.queries.lives import life_of
from loyalty.queries.programme import Terms
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.evaluate import Earned, Part, evaluate
from loyalty.queries.rules.known import row_ids, rules_of
from loyalty.queries.rules.spans import share_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """What happened to whom; `reference` is the id of the row that says so."""

    kind: HappeningKind
    reference: str
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class _At:
    """Under which terms and rules it is judged, and when."""

    current: Terms
    rules: Rules
    now: datetime


@part_of_operation
def reward_happened(*, happened: Sequence[Happened], current: Terms, now: datetime) -> None:
    """Give what rules give for these; what was judged once is not judged again.

    Where no rule is about them nothing is asked of the database.
    """
    rules = rules_of(current.rule_id)
    afters = rules.afters
    about = [one for one in happened if one.kind in afters]
    if not about:
        return
    at = _At(current, rules, now)
    wallets = {
        whose: settled_wallet(whose, current, now)
        for whose in sorted({one.customer_id for one in about})
    }
    rows = _begin(about, wallets, at)
    held = {wallet.id: wallet for wallet in wallets.values()}
    _give_all(rows, held, at)


def _begin(about: Sequence[Happened], wallets: Mapping[UUID, Wallet], at: _At) -> list[Happening]:
    """Write down what was not judged before; who comes at the same time waits here."""
    fresh = [
        Happening(
            customer_id=wallets[one.customer_id].id,
            kind=one.kind,
            reference=one.reference,
            version_id=at.current.rule_id,
            at=at.now,
        )
        for one in about
    ]
    Happening.objects.bulk_create(fresh, ignore_conflicts=True)
    return list(Happening.objects.filter(id__in=[one.id for one in fresh]).order_by("id"))


def _give_all(rows: Sequence[Happening], wallets: Mapping[UUID, Wallet], at: _At) -> None:
    asked = [(HappeningKind(row.kind), row.customer_id) for row in rows]
    baskets = baskets_after(asked, at.rules, at.current, at.now)
    limits = [one for basket in baskets for one in limited(basket, at.rules)]
    meters = lock_meters(limits, at.current.unit_value_rial)
    names: dict[UUID, str] = {}
    for row, basket in zip(rows, baskets, strict=True):
        earned = evaluate(basket, at.rules, meters.room(basket, at.rules))
        meters.take(basket, earned)
        names |= {part.bonus.key: part.bonus.name for part in earned.parts}
        _give(row, basket, earned, wallets[row.customer_id], at)
    _count(meters, names, at.now)


def _count(meters: Meters, names: Mapping[UUID, str], now: datetime) -> None:
    meters.save()
    for key in meters.used_up:
        tell_used_up(key=key, name=names[key], now=now)


def _give(row: Happening, basket: Basket, earned: Earned, wallet: Wallet, at: _At) -> None:
    row.facts = [_told(part) for part in earned.parts]
    row.points = earned.points
    if row.points:
        row.lot = _grant(row, earned, wallet, at)
        fund([(row.lot.id, earned)], at.now)
    row.save(update_fields=["facts", "points", "lot"])
    ids = row_ids(at.current.rule_id)
    RulePoints.objects.bulk_create(
        _points(row, basket, part, ids[part.bonus.key], at) for part in earned.given
    )
    presents = [
        Given(row.customer_id, basket, part, happening_id=row.id) for part in earned.presents
    ]
    if presents:
        give_presents(given=presents, current=at.current, now=at.now)


def _grant(row: Happening, earned: Earned, wallet: Wallet, at: _At) -> Lot:
    facts = {
        "happened": row.kind,
        "happening": str(row.id),
        "rules": [_told(part) for part in earned.given],
    }
    return grant(
        wallet,
        earned.points,
        Cause(EntryKind.GIFT, data=facts),
        at.now,
        origin=LotOrigin.GIFT,
        life=life_of(at.current, business_day(at.now, at.current.zone)),
    )


def _told(part: Part) -> dict[str, Any]:
    told = {
        "key": str(part.bonus.key),
        "name": part.bonus.name,
        "points": part.points,
        "presents": part.presents,
        "verdict": str(part.verdict),
    }
    return told | ({"cut": str(part.cut)} if part.cut else {})


def _points(row: Happening, basket: Basket, part: Part, rule_id: UUID, at: _At) -> RulePoints:
    worth = part.points * at.current.unit_value_rial
    return RulePoints(
        happening=row,
        customer_id=row.customer_id,
        rule_id=rule_id,
        key=part.bonus.key,
        points=part.points,
        amount_rial=0,
        cost_rial=worth,
        budget_rial=worth if part.bonus.budget_rial is not None else 0,
        since=share_of(part.bonus, basket.local.date()),
        at=at.now,
    )
