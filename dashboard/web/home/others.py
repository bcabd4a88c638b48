"""Satisfaction, points owed, value at risk and payments that succeeded."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.calendar import add_months, month_start
from dashboard.web import words
from dashboard.web.parts import Kpi, Meter, Spark, Trend
from feedback.enums import SurveyKind
from feedback.queries import SurveyResults, recent, share
from loyalty.queries.sums import (
    Movements,
    Owed,
    expiring_points,
    members_with_points,
    points_moved,
    points_owed,
)
from payments.queries import DayFigure, provider_account, success_by_day
from segmentation.enums import SLIPPING
from segmentation.queries import SegmentRow, slipped_since

_WEEKS: Final = 8
_FEW: Final = 10
_HEALTHY: Final = 0.9


def satisfaction_kpi(now: datetime, days: int, href: str) -> Kpi:
    """Return the promoter score of the period, against the one before. One query."""
    current, before, *weekly = recent(kind=SurveyKind.NPS, now=now, days=days, weeks=_WEEKS)
    unit = _("%(n)s answers") % {"n": words.number(current.n)}
    if current.score is None:
        return Kpi(label=_("Satisfaction (NPS)"), value="—", unit=unit, href=href)
    scores = [one.score.score for one in weekly if one.score]
    return Kpi(
        label=_("Satisfaction (NPS)"),
        value=words.number(current.score.score),
        unit=unit,
        trend=_score_change(current, before),
        note=_("95%%: %(low)s to %(high)s")
        % {"low": words.number(current.score.low), "high": words.number(current.score.high)},
        href=href,
        spark=Spark(values=scores) if len(scores) > 1 else None,
    )


def owed_kpi(now: datetime, today: date, days: int, href: str) -> Kpi:
    """Return what is owed in points, its change, and how much ends with this Jalali month."""
    owed, moved = points_owed(now), points_moved(now - timedelta(days=days), now)
    return Kpi(
        label=_("Owed in points"),
        value=words.toman(owed.liability_rial),
        unit=_("toman"),
        trend=_owed_change(owed, moved),
        note=_owed_note(owed, now, today),
        href=href,
    )


def risk_kpi(rows: Sequence[SegmentRow], since: date, href: str) -> Kpi:
    """Return what customers who are slipping away have bought so far. One query."""
    slipping = [row for row in rows if row.segment in SLIPPING]
    whole = sum(row.net_rial for row in rows)
    value = sum(row.net_rial for row in slipping)
    people = sum(row.customers for row in slipping)
    note = _("%(n)s customers, %(share)s of all sales")
    return Kpi(
        label=_("Bought by those slipping away"),
        value=words.toman_short(value) if value else words.number(0),
        unit=_("toman"),
        trend=_risk_change(slipped_since(since)),
        note=note % {"n": words.number(people), "share": words.percent(value / (whole or 1), 0)},
        href=href,
    )


def payments_kpi(past: Sequence[DayFigure], since: date, href: str) -> Kpi:
    """Return which part of the tries at the bank succeeded, against the period before."""
    now, before = _rate(past, since), _rate(past, since, earlier=True)
    tries, succeeded = now
    unit = _("%(part)s of %(all)s tries")
    values = {"part": words.number(succeeded), "all": words.number(tries)}
    if not tries:
        return Kpi(label=_("Successful payments"), value="—", unit=_("no try yet"), href=href)
    estimate = share(succeeded, tries)
    return Kpi(
        label=_("Successful payments"),
        value=words.percent(estimate.score),
        unit=unit % values,
        trend=_rate_change(estimate.score, before),
        note=_("95%%: %(low)s to %(high)s")
        % {
            "low": words.number(estimate.low * 100, 1),
            "high": words.number(estimate.high * 100, 1),
        },
        href=href,
    )


def payment_days(zone: ZoneInfo, today: date, days: int) -> list[DayFigure]:
    """Return the tries of two periods by day. One query."""
    since, until = today - timedelta(days=2 * days - 1), today + timedelta(days=1)
    return success_by_day(since=since, until=until, zone=zone)


def payment_meters(days: Sequence[DayFigure]) -> list[Meter]:
    """Return how the gateway performed, as a bar."""
    tries = sum(day.tries for day in days)
    if not tries:
        return []
    part = sum(day.succeeded for day in days) / tries
    account = provider_account()
    return [
        Meter(
            label=account.provider_name if account else _("Gateway"),
            share=part,
            text=words.percent(part),
            note=_("%(n)s tries") % {"n": words.number(tries)},
            tone="good" if part >= _HEALTHY else "amber",
        )
    ]


def _owed_change(owed: Owed, moved: Movements) -> Trend | None:
    gone = moved.spent + moved.expired + moved.taken_back
    more = (moved.earned + moved.adjusted - gone) * owed.unit_value_rial
    if not more:
        return None
    return Trend(up=more > 0, good=None, text=words.toman_short(abs(more)))


def _risk_change(more: int) -> Trend | None:
    if not more:
        return None
    text = ngettext("%(n)s person", "%(n)s people", abs(more)) % {"n": words.number(abs(more))}
    return Trend(up=more > 0, good=more < 0, text=text)


def _owed_note(owed: Owed, now: datetime, today: date) -> str:
    next_month = add_months(month_start(today), 1)
    until = now + timedelta(days=(next_month - today).days)
    ending = expiring_points(now, until)
    if not ending or not owed.spendable_points:
        return _("%(n)s customers have points") % {"n": words.number(members_with_points())}
    ratio = ending / (owed.spendable_points + owed.pending_points)
    last_day = words.day(next_month - timedelta(days=1), "day")
    values = {"share": words.percent(ratio, 0), "day": last_day}
    return _("%(share)s of it ends by %(day)s") % values


def _score_change(now: SurveyResults, before: SurveyResults) -> Trend | None:
    if now.score is None or before.score is None:
        return None
    difference = round(now.score.score - before.score.score)
    if not difference:
        return None
    return Trend(up=difference >= 0, good=difference >= 0, text=words.number(abs(difference)))


def _rate(past: Sequence[DayFigure], since: date, *, earlier: bool = False) -> tuple[int, int]:
    days = [day for day in past if (day.day < since) == earlier]
    return sum(day.tries for day in days), sum(day.succeeded for day in days)


def _rate_change(now: float, before: tuple[int, int]) -> Trend | None:
    tries, succeeded = before
    if tries < _FEW:
        return None
    difference = (now - succeeded / tries) * 100
    text = _("%(n)s points of a hundred") % {"n": words.number(abs(difference), 1)}
    return Trend(up=difference >= 0, good=difference >= 0, text=text)
