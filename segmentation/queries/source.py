"""What scoring counts: everything as it was paid, or a window of it, or in one day's prices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from core.calendar import add_months
from customers.queries.scoring import SCORING_SALES, SCORING_TOTALS
from segmentation.enums import Money
from segmentation.models import PriceLevel, ScoringRun, ScoringTerms

MoneyColumn = Literal["monetary", "real"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a business lets count: the months of the window (None: all), and in which money."""

    window_months: int | None = None
    money: Money = Money.NOMINAL


@dataclass(frozen=True, slots=True)
class Level:
    """How high prices were from a Jalali month on, in thousandths."""

    month_on: date
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where scores come from. `until` looks back at what was known at the end of a day."""

    since: date | None = None
    until: date | None = None
    money: Money = Money.NOMINAL
    base: int | None = None
    levels: Sequence[Level] = ()

    @property
    def sql(self) -> str:
        """Return the statement of everybody's totals.

        Running totals know neither windows, nor prices, nor the past: then sales are counted.
        """
        plain = self.since is None and self.until is None and not self.levels
        return SCORING_TOTALS if plain else SCORING_SALES

    @property
    def money_column(self) -> MoneyColumn:
        """Return which column the mark of money is given for."""
        return "real" if self.money == Money.REAL else "monetary"

    @property
    def values(self) -> dict[str, Any]:
        """Return the parameters of the statement, but the business and the customers."""
        return {
            "since": self.since,
            "until": self.until,
            "base": self.base,
            "months": [one.month_on for one in self.levels],
            "levels": [one.level for one in self.levels],
        }

    def looking_back(self, until: date) -> "Source":
        """Return the same without what was bought after a day."""
        return replace(self, until=until)


EVERYTHING: Final = Source()


def terms() -> Terms:
    """Return what the active business lets count. One query."""
    row = ScoringTerms.objects.first()
    return Terms(window_months=row.window_months, money=Money(row.money)) if row else Terms()


def price_levels() -> list[Level]:
    """Return the index of prices, oldest month first. One query."""
    rows = PriceLevel.objects.order_by("month_on").values_list("month_on", "level")
    return [Level(month_on, level) for month_on, level in rows]


def source_as_of(as_of: date) -> Source:
    """Return what counts on a day: by the terms, in the newest prices known then. Two queries."""
    agreed, levels = terms(), price_levels()
    known = [one for one in levels if one.month_on <= as_of] or levels[:1]
    base = known[-1].level if known else None
    return Source(
        since=window_start(agreed, as_of),
        money=agreed.money if known else Money.NOMINAL,
        base=base,
        levels=tuple(levels),
    )


def source_of(run: ScoringRun) -> Source:
    """Return what counted in a run, so that one customer is scored as everybody was."""
    return Source(
        since=run.since_on,
        money=Money(run.money),
        base=run.base_level,
        levels=tuple(price_levels()) if run.base_level else (),
    )


def window_start(agreed: Terms, as_of: date) -> date | None:
    """Return the first day that counts: so many Jalali months back, or None for everything."""
    if agreed.window_months is None:
        return None
    return add_months(as_of, -agreed.window_months)
