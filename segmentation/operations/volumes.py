"""Foreseeing how much of each product is sold, and calling when one runs away (C070)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

import numpy as np

from businesses.queries import business_by_id
from core.calendar import business_day
from core.tenancy import active_business_id, operation
from customers.queries.volumes import WEEK_DAYS, SoldWeeks, sold_weeks
from payments.enums import AlertKind
from payments.operations import raise_alert, settle_alerts
from payments.queries.alerts import alert_rows
from segmentation.estimation.volumes import WINDOW_WEEKS, Expected, Volumes, foresee_weeks
from segmentation.models import VolumeNight
from segmentation.queries.seasons import calendar_of, season_table

MOST_PRODUCTS: Final = 100
_KEPT: Final = timedelta(days=90)
# Products have no row of their own; an alert is about one by its key.
_PRODUCTS: Final = UUID("6a7c1e54-8d0e-5b6e-9c55-0f4f7c1f9a70")


@operation
def foresee_volumes(*, now: datetime) -> VolumeNight | None:
    """Foresee the volume of every regular product; None while there is too little past.

    A product whose last weeks brought more or less than chance explains gets an alert, which goes
    by itself when it is as expected again.
    """
    today = business_day(now, business_by_id(active_business_id()).timezone)
    sold = sold_weeks(today, MOST_PRODUCTS)
    if not sold:
        return None
    first = _first_week(sold)
    weeks = np.array([one.pieces[first:] for one in sold], np.float64)
    found = foresee_weeks(weeks, _seasons(today, weeks.shape[1]))
    if found is None:
        return None
    rows = [_row(one, found, n) for n, one in enumerate(sold)]
    _call(rows, now)
    VolumeNight.objects.filter(as_of__lt=today - _KEPT).delete()
    night, _made = VolumeNight.objects.update_or_create(
        as_of=today,
        defaults={
            "finished_at": now,
            "days": WINDOW_WEEKS * WEEK_DAYS,
            "by_level": found.by_level,
            "trial": {
                "error": found.error,
                "rule_error": found.rule_error,
                "inside": found.inside,
            },
            "rows": rows,
        },
    )
    return night


def _first_week(sold: Sequence[SoldWeeks]) -> int:
    """Return the week the business began to sell in, as far as these know."""
    begun = [next((n for n, one in enumerate(row.pieces) if one), 0) for row in sold]
    return min(begun, default=0)


def _seasons(today: date, weeks: int) -> Any:
    """Return what each week is multiplied by by its seasons; ones where the calendar is no help."""
    calendar = calendar_of(today)
    if calendar is None or not calendar.found.helps:
        return np.ones(weeks + WINDOW_WEEKS)
    first = today - timedelta(days=WEEK_DAYS * weeks)
    table = season_table(first, WEEK_DAYS * (weeks + WINDOW_WEEKS))
    daily = np.exp(table @ np.log(calendar.found.factors))
    return daily.reshape(-1, WEEK_DAYS).mean(axis=1)


def _row(one: SoldWeeks, found: Volumes, n: int) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "ahead": _span(found.ahead, n),
        "last": _span(found.last, n),
        "sold": round(float(found.sold[n]), 1),
        "away": int(found.away[n]),
    }


def _span(one: Expected, n: int) -> list[float]:
    """Return what is expected and its bounds, in tenths of a piece."""
    return [round(float(part[n]), 1) for part in (one.pieces, one.low, one.high)]


def _call(rows: Sequence[dict[str, Any]], now: datetime) -> None:
    away = {uuid5(_PRODUCTS, row["key"]): row for row in rows if row["away"]}
    waiting = alert_rows(kind=AlertKind.VOLUME, is_open=True)
    called = set(waiting.values_list("source_id", flat=True))
    for key in called - set(away):
        settle_alerts(kind=AlertKind.VOLUME, source_id=key, now=now)
    for key in set(away) - called:
        row = away[key]
        detail = {"product": row["name"], "sold": round(row["sold"])}
        detail["expected"] = round(row["last"][0])
        raise_alert(kind=AlertKind.VOLUME, source_id=key, detail=detail, now=now)
