"""What happened to customers besides purchases, as rules look at it; and a year of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.queries.joined import joined_after, joined_between
from customers.queries.sold_stream import Place
from loyalty.enums.happenings import HappeningKind
from loyalty.models import EarningRule, Tier
from loyalty.queries.programme import Terms
from loyalty.queries.rules.basket import Basket
from loyalty.queries.rules.buyers import Known, known_of
from loyalty.queries.rules.document import Rules
from loyalty.queries.rules.facts import standings_of
from loyalty.queries.rules.kept_out import kept_out
from loyalty.queries.rules.replay import Came

# Everything written down here that rules may be about, with what was given for it then.
_SEEN: Final = """
FROM (
    SELECT kind, customer_id, at, id FROM loyalty_engagement WHERE business_id = %(business)s
    UNION ALL SELECT 'day_' || kind, customer_id, at, id FROM loyalty_celebration
        WHERE business_id = %(business)s
    UNION ALL SELECT 'shared_day', customer_id, at, id FROM loyalty_sharedgreeting
        WHERE business_id = %(business)s
    UNION ALL SELECT 'milestone', customer_id, at, id FROM loyalty_milestonereached
        WHERE business_id = %(business)s AND no_gift <> 'before'
) s
"""
_PAGE: Final = f"""
SELECT s.at, s.id, s.kind, s.customer_id {_SEEN}
WHERE (s.at, s.id) > (%(at)s, %(id)s) AND s.at < %(until)s AND s.kind = ANY(%(kinds)s)
ORDER BY s.at, s.id LIMIT %(limit)s
"""
_COUNT: Final = f"""
SELECT count(*) {_SEEN}
WHERE s.at >= %(since)s AND s.at < %(until)s AND s.kind = ANY(%(kinds)s)
"""
_GIVEN: Final = """
SELECT kind, reference, points FROM loyalty_happening
WHERE business_id = %(business)s AND kind = ANY(%(kinds)s) AND reference = ANY(%(references)s)
"""
# The level at somebody's last purchase before, as its entry kept it.
_LEVEL: Final = """
SELECT s.customer_id, s.at, (
    SELECT e.data ->> 'tier' FROM loyalty_ledgerentry e
    WHERE e.business_id = %(business)s AND e.customer_id = s.customer_id AND e.kind = 'earn'
        AND e.at <= s.at ORDER BY e.at DESC, e.id DESC LIMIT 1)
FROM unnest(%(customers)s::uuid[], %(moments)s::timestamptz[]) AS s (customer_id, at)
"""
PAGE: Final = 2_000

# When, its row's id, what, whose.
Seen = tuple[datetime, UUID, str, UUID]


def rule_at(at: datetime) -> EarningRule | None:
    """Return the version in force at a moment, None before the first."""
    return EarningRule.objects.filter(starts_at__lte=at).order_by("-version").first()


def baskets_after(
    asked: Sequence[tuple[HappeningKind, UUID]], rules: Rules, current: Terms, now: datetime
) -> list[Basket]:
    """Return what happened to customers now as rules look at it. Nine queries at most."""
    moments = {(customer_id, now) for _kind, customer_id in asked}
    held = standings_of(moments, current)
    whens = [one.when for one in rules.bonuses if one.when.after]
    known = known_of(moments, whens)
    out = kept_out({customer: standing for (customer, _at), standing in held.items()})
    return [
        replace(
            _basket(kind, customer_id, now, known, current),
            tier_id=held[customer_id, now].tier_id,
            kept_out=out.get(customer_id),
        )
        for kind, customer_id in asked
    ]


@dataclass(slots=True)
class Happenings:
    """Reads what happened in order, for a replay."""

    current: Terms
    rules: Sequence[Rules]

    @property
    def kinds(self) -> frozenset[HappeningKind]:
        """Return what some rule is about."""
        return frozenset(kind for one in self.rules for kind in one.afters)

    def total(self, since: datetime, until: datetime) -> int:
        """Return how many there are from an instant to before another. Two queries."""
        joined = joined_between(since, until) if HappeningKind.JOINED in self.kinds else 0
        values = {"since": since, "until": until}
        return joined + int(self._rows(_COUNT, values)[0][0])

    def page(self, after: Place, until: datetime) -> tuple[list[Came], Place | None]:
        """Return the next ones and the place after them, None at the end."""
        at, last = after
        values = {"at": at, "id": last, "until": until, "limit": PAGE}
        seen: list[Seen] = self._rows(_PAGE, values)
        joined: list[Seen] = []
        if HappeningKind.JOINED in self.kinds:
            kind = str(HappeningKind.JOINED)
            joined = [(when, one, kind, one) for when, one in joined_after(after, until, PAGE)]
        rows = list(merge(seen, joined))[:PAGE]
        return self._came(rows), rows[-1][:2] if len(rows) == PAGE else None

    def _rows(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        kinds = [str(one) for one in self.kinds - {HappeningKind.JOINED}]
        with connection.cursor() as cursor:
            cursor.execute(statement, {**values, "business": active_business_id(), "kinds": kinds})
            return list(cursor.fetchall())

    def _came(self, rows: Sequence[Seen]) -> list[Came]:
        moments = {(whose, at) for at, _id, _kind, whose in rows}
        whens = [one.when for held in self.rules for one in held.bonuses if one.when.after]
        known = known_of(moments, whens)
        levels = _levels(moments) if any(when.tiers for when in whens) else {}
        posted = _posted({kind for *_rest, kind, _whose in rows}, [str(row[1]) for row in rows])
        return [
            _event(
                replace(
                    _basket(HappeningKind(kind), whose, at, known, self.current),
                    tier_id=levels.get((whose, at)),
                ),
                posted.get((kind, str(one))),
            )
            for at, one, kind, whose in rows
        ]


def _event(basket: Basket, posted: int | None) -> Came:
    return Came(
        basket=basket,
        on=basket.local.date(),
        total_rial=0,
        returned_rial=0,
        lines=(),
        posted=posted,
    )


def _basket(
    kind: HappeningKind, customer_id: UUID, at: datetime, known: Known, current: Terms
) -> Basket:
    return Basket(
        eligible_rial=0,
        happened=kind,
        local=at.astimezone(current.zone),
        customer_id=customer_id,
        point_rial=current.unit_value_rial,
        **known.at(customer_id, at),
    )


def _posted(kinds: Collection[str], references: Sequence[str]) -> dict[tuple[str, str], int]:
    values: dict[str, Any] = {
        "business": active_business_id(),
        "kinds": list(kinds),
        "references": list(references),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, values)
        return {(kind, reference): points for kind, reference, points in cursor.fetchall()}


def _levels(moments: Collection[tuple[UUID, datetime]]) -> dict[tuple[UUID, datetime], UUID | None]:
    tiers = dict(Tier.objects.values_list("name", "id"))
    lowest = Tier.objects.order_by("position").values_list("id", flat=True).first()
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customers": [customer for customer, _at in moments],
        "moments": [at for _customer, at in moments],
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEVEL, values)
        return {(whose, at): tiers.get(name, lowest) for whose, at, name in cursor.fetchall()}
