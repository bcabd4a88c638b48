"""Fetching a provider's own list of each day, and holding it against the books.

One row a day and account. The next day's row is written with the first try of this one, so the
chain goes on whatever becomes of a day. A file somebody uploaded first is not replaced.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from businesses.queries import business_by_id
from core.calendar import business_day, day_bounds, day_start
from core.tenancy import acting_for, active_business_id
from payments.enums import AlertKind
from payments.enums.books import FetchState, ReportKind, ReportSource
from payments.models import ProviderAccount, Reconciliation, ReportFetch
from payments.operations.alerts import raise_alert, settle_alerts
from payments.operations.books.reconcile import reconcile
from payments.operations.wire import account_at, keep_call
from payments.providers import product_of
from payments.providers.contract import Account, DayReport, Outcome, ReportLine, Statements
from payments.queries.books.ours import our_rows

# After midnight: what was opened before it is verified or given up by then, clocks included.
_AFTER: Final = timedelta(hours=2)
_LEASE: Final = timedelta(minutes=10)
_AGAIN: Final = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 60, 180, 360))
_GIVES_UP: Final = timedelta(days=3)
# A payment at midnight may be of another day by the provider's clock.
_EDGE: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """A leased day: whom to ask and for which hours."""

    account_id: UUID
    day: date
    bounds: tuple[datetime, datetime]
    statements: Statements
    account: Account


def begin_fetching(*, business_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Begin with this business day of an account whose provider lists what it did."""
    with acting_for(business_id, durable=True):
        account = ProviderAccount.objects.filter(id=account_id, is_active=True).first()
        if account is None:
            return False
        _plan(account.id, business_day(now, business_by_id(business_id).timezone))
        return True


def fetch_report(*, business_id: UUID, fetch_id: UUID, now: datetime) -> bool:
    """Ask for a day's list and compare it; run outside any scope. False when it was not due."""
    with acting_for(business_id, durable=True):
        taken = _take(fetch_id, now)
    if not taken:
        return False
    with acting_for(business_id, durable=True):
        work = _work(fetch_id, now)
    if work is None:
        return True
    since, until = work.bounds
    report = work.statements.day_report(work.account, since - _EDGE, until + _EDGE)
    with acting_for(business_id, durable=True):
        keep_call(
            account_id=work.account_id,
            attempt_id=None,
            operation="report",
            outcome=report.outcome,
            evidence=report.evidence,
            now=now,
        )
        _apply(fetch_id, work, report, now)
    return True


def _take(fetch_id: UUID, now: datetime) -> bool:
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    taken = ReportFetch.objects.filter(free, id=fetch_id, next_try_at__lte=now).update(
        leased_until=now + _LEASE, tries=F("tries") + 1
    )
    return bool(taken)


def _work(fetch_id: UUID, now: datetime) -> _Work | None:
    """Return what to ask, or None when a file of the day was there first."""
    fetch = ReportFetch.objects.select_related("account").get(id=fetch_id)
    account = fetch.account
    if account.is_active:
        _plan(account.id, fetch.day + timedelta(days=1))
    by_hand = Reconciliation.objects.filter(
        account=account, day=fetch.day, source=ReportSource.FILE
    )
    statements = product_of(account.provider).statements
    if by_hand.exists() or statements is None:
        _end(fetch, FetchState.NOT_NEEDED, now)
        return None
    zone = business_by_id(active_business_id()).timezone
    return _Work(
        account_id=account.id,
        day=fetch.day,
        bounds=day_bounds(fetch.day, zone),
        statements=statements,
        account=account_at(account),
    )


def _plan(account_id: UUID, day: date) -> None:
    zone = business_by_id(active_business_id()).timezone
    ReportFetch.objects.get_or_create(
        account_id=account_id,
        day=day,
        defaults={"next_try_at": day_start(day + timedelta(days=1), zone) + _AFTER},
    )


def _apply(fetch_id: UUID, work: _Work, report: DayReport, now: datetime) -> None:
    fetch = ReportFetch.objects.select_for_update().get(id=fetch_id)
    if fetch.state != FetchState.DUE:
        return
    fetch.last_code, fetch.last_message = report.evidence.code, report.evidence.message
    if report.outcome is Outcome.OK:
        reconcile(
            account_id=work.account_id,
            day=work.day,
            lines=_of_day(work, report.lines),
            source=ReportSource.FEED,
            kinds=[ReportKind(kind) for kind in work.statements.reported],
            now=now,
        )
        _end(fetch, FetchState.DONE, now)
    elif now >= work.bounds[1] + _GIVES_UP:
        _end(fetch, FetchState.GIVEN_UP, now)
        detail = {"day": fetch.day.isoformat(), "message": fetch.last_message or fetch.last_code}
        raise_alert(kind=AlertKind.REPORT_MISSING, source_id=fetch.id, detail=detail, now=now)
    else:
        fetch.next_try_at = now + _AGAIN[min(fetch.tries, len(_AGAIN)) - 1]
        fetch.leased_until = None
        fetch.save()


def _of_day(work: _Work, lines: tuple[ReportLine, ...]) -> list[ReportLine]:
    """Return the lines of the day, and those beside it that are ours of the day."""
    since, until = work.bounds
    ours = {name for row in our_rows(work.account_id, since, until) for name in row.references}
    return [
        one
        for one in lines
        if since <= one.at < until or one.reference in ours or one.provider_ref in ours
    ]


def _end(fetch: ReportFetch, state: FetchState, now: datetime) -> None:
    fetch.state, fetch.ended_at, fetch.next_try_at, fetch.leased_until = state, now, None, None
    fetch.save()
    if state is not FetchState.GIVEN_UP:
        settle_alerts(kind=AlertKind.REPORT_MISSING, source_id=fetch.id, now=now)
