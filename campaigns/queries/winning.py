"""What a new customer cost, and what a kept one: the business's own numbers (C111).

A new customer's cost is known where somebody told what a source of leads cost, and of friends
brought. What keeping cost is measured: messages of finished campaigns, divided by the buyers they
brought beyond what the held-out group did anyway. Where that is no surely more, no cost is named.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from campaigns.queries.effect import Effect, share_effect, split_p_value
from campaigns.queries.results import FEWEST_BUYERS, MESSAGE_KIND, SMALLEST_ARM, SPLIT_ALARM
from core.tenancy import active_business_id
from customers.queries.leads import SourceFate, funnel
from customers.queries.spending import BOUGHT_WITHIN
from loyalty.queries.referrals import referral_sums
from messaging.queries import costs_of

_YEARS: Final = timedelta(days=730)
_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
_ARMS: Final = f"""
WITH finished AS (
    SELECT id, name, holdout_percent, started_at AS since,
           started_at + window_days * interval '1 day' AS until
    FROM campaigns_campaign
    WHERE business_id = %(business)s AND started_at >= %(since)s
      AND started_at + window_days * interval '1 day' <= %(now)s
), people AS (
    SELECT f.id, f.name, f.holdout_percent, f.since, f.until, m.customer_id AS who, m.arm
    FROM finished f JOIN campaigns_campaignmember m
      ON m.business_id = %(business)s AND m.campaign_id = f.id
), seen AS (SELECT id, name, holdout_percent, since, arm, {BOUGHT_WITHIN} AS bought FROM people)
SELECT id, name, holdout_percent, count(*) FILTER (WHERE arm = 'treatment'),
       count(*) FILTER (WHERE arm = 'treatment' AND bought),
       count(*) FILTER (WHERE arm = 'holdout'),
       count(*) FILTER (WHERE arm = 'holdout' AND bought)
FROM seen GROUP BY id, name, holdout_percent, since ORDER BY since DESC, id
"""  # noqa: S608 - the parts are constants


@dataclass(frozen=True, slots=True)
class Won:
    """Where new customers came from: who bought of so many who came, and what it cost."""

    kind: str
    title: str
    people: int
    bought: int
    cost_rial: int

    @property
    def each_rial(self) -> int | None:
        """Return what one new customer cost; None where no cost is told or nobody bought."""
        return self.cost_rial // self.bought if self.cost_rial and self.bought else None


@dataclass(frozen=True, slots=True)
class Kept:
    """A measured campaign: how many bought because of it, and what its messages cost."""

    campaign_id: UUID
    name: str
    people: int
    extra: Effect
    cost_rial: int


@dataclass(frozen=True, slots=True)
class KeptAll:
    """All measured campaigns together. A cost is named only where they surely kept somebody."""

    campaigns: int
    people: int
    extra: Effect
    cost_rial: int

    @property
    def is_sure(self) -> bool:
        """Tell whether the whole interval lies above nobody."""
        return self.extra.low > 0

    @property
    def each_rial(self) -> Effect | None:
        """Return what one kept customer cost, with its 95 % interval."""
        if not self.is_sure:
            return None
        return Effect(
            self.cost_rial / self.extra.value,
            self.cost_rial / self.extra.high,
            self.cost_rial / self.extra.low,
        )


@dataclass(frozen=True, slots=True)
class WinningAndKeeping:
    """Both sides of the comparison."""

    won: tuple[Won, ...]
    kept: tuple[Kept, ...]
    unmeasured: int

    @property
    def won_each_rial(self) -> int | None:
        """Return what a new customer cost over the sources whose cost is told."""
        told = [one for one in self.won if one.cost_rial]
        bought = sum(one.bought for one in told)
        return sum(one.cost_rial for one in told) // bought if bought else None

    @property
    def kept_all(self) -> KeptAll | None:
        """Return all measured campaigns together; None before the first."""
        if not self.kept:
            return None
        value = sum(one.extra.value for one in self.kept)
        down = math.sqrt(sum((one.extra.value - one.extra.low) ** 2 for one in self.kept))
        up = math.sqrt(sum((one.extra.high - one.extra.value) ** 2 for one in self.kept))
        return KeptAll(
            campaigns=len(self.kept),
            people=sum(one.people for one in self.kept),
            extra=Effect(value, value - down, value + up),
            cost_rial=sum(one.cost_rial for one in self.kept),
        )

    @property
    def times(self) -> float | None:
        """Return how many times as much a new customer cost as a kept one."""
        each = self.kept_all.each_rial if self.kept_all else None
        won = self.won_each_rial
        return won / each.value if each is not None and each.value > 0 and won else None


def winning_and_keeping(now: datetime) -> WinningAndKeeping:
    """Return what winning and keeping a customer cost. Five queries, however many campaigns."""
    rows = _finished(now)
    costs = costs_of(MESSAGE_KIND, [row[0] for row in rows])
    kept = [_kept(row, costs[row[0]]) for row in rows if _is_measured(row)]
    return WinningAndKeeping(tuple(_won(now)), tuple(kept), len(rows) - len(kept))


def _won(now: datetime) -> Sequence[Won]:
    friends = referral_sums()
    found = [_of_source(one) for one in funnel(_BEGINNING, now).sources]
    if friends.rewarded:
        people = friends.rewarded + friends.on_the_way
        found.append(Won("friend", "", people, friends.rewarded, friends.cost_rial))
    return sorted(found, key=lambda one: (-one.bought, one.kind, one.title))


def _of_source(one: SourceFate) -> Won:
    return Won(one.kind, one.title, one.leads, one.bought, one.cost_rial)


def _finished(now: datetime) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"business": active_business_id(), "since": now - _YEARS, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_ARMS, values)
        return list(cursor.fetchall())


def _is_measured(row: tuple[Any, ...]) -> bool:
    """Tell whether a campaign can be judged: by the same bounds as on its own page."""
    _id, _name, percent, treated, treated_bought, held_out, held_out_bought = row
    return (
        min(treated, held_out) >= SMALLEST_ARM
        and treated_bought + held_out_bought >= FEWEST_BUYERS
        and split_p_value(treated, held_out, percent) >= SPLIT_ALARM
    )


def _kept(row: tuple[Any, ...], cost_rial: int) -> Kept:
    campaign_id, name, _percent, treated, treated_bought, held_out, held_out_bought = row
    effect = share_effect(treated_bought, treated, held_out_bought, held_out)
    return Kept(campaign_id, name, treated, effect.times(treated), cost_rial)
