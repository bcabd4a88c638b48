"""Whether customers who waited for their money buy again as often as like ones (C120).

A comparison of like people, no experiment: it tells that they differ, never why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from core.calendar import day_start
from customers.queries.cohorts import OTHERS, bought_again, study_until
from customers.queries.matching import Matched, compared
from payments.enums.refunds import RefundState, TransferKind
from payments.models import Transfer

FOLLOW_DAYS: Final = 60
REQUEST_WITHIN: Final = timedelta(days=14)
QUICK: Final = timedelta(days=1)
# By then it is known of every refund asked for in time whether it was quick.
_WAIT_DAYS: Final = (REQUEST_WITHIN + QUICK).days
_DAYS: Final = 365
_WAITED, _QUICK, _NEITHER = "waited", "quick", "neither"
_CALLED_OFF: Final = (RefundState.CANCELLED, RefundState.REJECTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundEffect:
    """Who bought again within sixty days: those who waited longer than a day for their refund.

    Against like customers without any refund, and against those whose refund was quick. Purchases
    of `since` to before `until`; whoever asked later than two weeks after buying is left out.
    """

    since: date
    until: date
    against_none: Matched
    against_quick: Matched


def refund_effect(*, today: date, zone: ZoneInfo) -> RefundEffect:
    """Return the comparison for a year of purchases that could be followed up. Two queries."""
    study = study_until(today=today, days=_DAYS, follow=_WAIT_DAYS + FOLLOW_DAYS)
    cells = bought_again(
        _kinds(day_start(study.since, zone)), study, wait_days=_WAIT_DAYS, follow_days=FOLLOW_DAYS
    )
    return RefundEffect(
        since=study.since,
        until=study.until,
        against_none=compared(cells, kind=_WAITED, like=OTHERS, yes_or_no=True),
        against_quick=compared(cells, kind=_WAITED, like=_QUICK, yes_or_no=True),
    )


def _kinds(since: datetime) -> dict[UUID, str]:
    """Return what happened to purchases that were given back, by the first refund of each."""
    rows = (
        Transfer.objects.filter(
            kind=TransferKind.REFUND,
            payment__purchase_id__isnull=False,
            payment__settled_at__isnull=False,
            requested_at__gte=since,
        )
        .order_by("-requested_at", "-id")
        .values("payment__purchase_id", "payment__settled_at", "requested_at", "paid_at", "state")
    )
    # The first refund of a purchase is read last, and stands.
    return {row["payment__purchase_id"]: _kind(row) for row in rows}


def _kind(row: Mapping[str, Any]) -> str:
    asked, paid = row["requested_at"], row["paid_at"]
    if row["state"] in _CALLED_OFF or asked > row["payment__settled_at"] + REQUEST_WITHIN:
        return _NEITHER
    return _QUICK if paid is not None and paid <= asked + QUICK else _WAITED
