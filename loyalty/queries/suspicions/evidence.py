"""The rows behind a sign of misuse, read anew each time: nothing about anybody is copied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from businesses.queries import business_by_id
from core.calendar import add_months, day_start
from core.spelling import number
from core.tenancy import active_business_id
from customers.queries.merging import survivor_of
from customers.queries.sales import purchase_rows
from customers.queries.tries import wrong_tries
from loyalty.enums import (
    CorrectionState,
    EntryKind,
    RedemptionState,
    SuspicionRule,
    TillState,
    TillVerb,
)
from loyalty.models import Correction, LedgerEntry, Redemption, Referral, Suspicion, TillTransaction
from loyalty.queries.suspicions.counted import ONESELF
from loyalty.queries.suspicions.hits import OF_A_DAY

MOST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One row: when, how much or how many points, in whose words, and where to look it up."""

    at: datetime
    amount_rial: int | None = None
    points: int | None = None
    note: str = ""
    purchase_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A sign with its span of time."""

    row: Suspicion
    customer_id: UUID | None
    since: datetime
    until: datetime
    last: date


def evidence_of(row: Suspicion) -> list[Proof]:
    """Return the rows a sign was counted from, newest first, at most fifty."""
    zone: ZoneInfo = business_by_id(active_business_id()).timezone
    after = row.on + timedelta(days=1)
    if row.rule not in OF_A_DAY:
        after = add_months(row.on, 1, anchor_day=1)
    whose = survivor_of(row.customer_id) if row.customer_id else None
    case = _Case(
        row=row,
        customer_id=whose,
        since=day_start(row.on, zone),
        until=day_start(after, zone),
        last=after - timedelta(days=1),
    )
    return _PROOFS[SuspicionRule(row.rule)](case)


def _purchases(case: _Case) -> list[Proof]:
    rows = purchase_rows(customer_id=case.customer_id, since=case.row.on, until=case.last)
    if case.row.employee_id is not None:
        rows = rows.filter(employee=case.row.employee_id)
    return [
        Proof(
            at=one.occurred_at,
            amount_rial=one.total_rial,
            note=one.employee.name if one.employee else "",
            purchase_id=one.id,
        )
        for one in rows.order_by("-occurred_at", "-id")[:MOST]
    ]


def _redemptions(case: _Case) -> list[Proof]:
    rows = Redemption.objects.filter(
        customer=case.customer_id,
        state=RedemptionState.COMMITTED,
        settled_at__gte=case.since,
        settled_at__lt=case.until,
    )
    return [
        Proof(
            at=one.settled_at or one.reserved_at,
            amount_rial=one.value_rial,
            points=-one.points,
            purchase_id=one.purchase_id,
        )
        for one in rows.order_by("-settled_at", "-id")[:MOST]
    ]


def _at_device(case: _Case) -> list[Proof]:
    sold = case.row.rule == SuspicionRule.DEVICE_SALES
    rows = TillTransaction.objects.filter(
        device=case.row.device_id,
        state=TillState.DONE,
        verb=TillVerb.ACCRUE if sold else TillVerb.REDEEM,
        happened_at__gte=case.since,
        happened_at__lt=case.until,
    )
    found = rows.select_related("redemption").order_by("-happened_at", "-id")[:MOST]
    return [
        Proof(
            at=one.happened_at,
            amount_rial=one.redemption.value_rial if one.redemption else one.total_rial,
            points=-one.redemption.points if one.redemption else None,
            note=one.number,
            purchase_id=one.purchase_id,
            customer_id=one.redemption.customer_id if one.redemption else None,
        )
        for one in found
    ]


def _referrals(case: _Case) -> list[Proof]:
    rows = Referral.objects.filter(
        referrer=case.customer_id,
        made_at__gte=case.since,
        made_at__lt=case.until,
        refusal__in=ONESELF,
    )
    return [
        Proof(
            at=one.made_at,
            note=one.get_refusal_display(),
            purchase_id=one.purchase_id,
            customer_id=one.friend_id,
        )
        for one in rows.order_by("-made_at", "-id")[:MOST]
    ]


def _taken_back(case: _Case) -> list[Proof]:
    elsewhere = Q(lot=None) | ~Q(lot=F("purchase"))
    rows = LedgerEntry.objects.filter(
        elsewhere,
        customer=case.customer_id,
        kind=EntryKind.CLAWBACK,
        points__lt=0,
        purchase__isnull=False,
        at__gte=case.since,
        at__lt=case.until,
        data__disowned__isnull=True,
    )
    return [
        Proof(at=one.at, points=one.points, purchase_id=one.purchase_id)
        for one in rows.order_by("-at", "-id")[:MOST]
    ]


def _corrections(case: _Case) -> list[Proof]:
    asker = case.row.member_id
    if asker is None:
        return []
    rows = Correction.objects.filter(
        asker_id=asker,
        points__gt=0,
        state__in=(CorrectionState.APPLIED, CorrectionState.APPROVED),
        asked_at__gte=case.since,
        asked_at__lt=case.until,
    )
    return [
        Proof(at=one.asked_at, points=one.points, note=one.reason, customer_id=one.customer_id)
        for one in rows.order_by("-asked_at", "-id")[:MOST]
    ]


def _codes(case: _Case) -> list[Proof]:
    if case.customer_id is None:
        return []
    return [
        Proof(
            at=one.sent_at,
            note=f"{one.get_purpose_display()} · {one.get_state_display()} · {number(one.tries)}",
        )
        for one in wrong_tries(case.customer_id, case.since, case.until)[:MOST]
    ]


_PROOFS: Final[Mapping[SuspicionRule, Callable[[_Case], list[Proof]]]] = {
    SuspicionRule.CUSTOMER_SALES: _purchases,
    SuspicionRule.CUSTOMER_SPENDING: _redemptions,
    SuspicionRule.DEVICE_SALES: _at_device,
    SuspicionRule.DEVICE_SPENDING: _at_device,
    SuspicionRule.SAME_TILL: _purchases,
    SuspicionRule.OWN_SALES: _purchases,
    SuspicionRule.STAFF_POINTS: _purchases,
    SuspicionRule.SELF_REFERRAL: _referrals,
    SuspicionRule.SPENT_RETURNED: _taken_back,
    SuspicionRule.CORRECTIONS: _corrections,
    SuspicionRule.WRONG_CODES: _codes,
}
