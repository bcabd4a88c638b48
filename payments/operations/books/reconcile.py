"""One day of one provider account: compared, kept, posted where only the provider could know."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import day_bounds
from core.errors import NotFound, Problem
from core.ids import new_id
from core.tenancy import active_business_id, operation
from payments.enums import AlertKind
from payments.enums.books import Comparison, ReportKind, ReportSource
from payments.models import ProviderAccount, Reconciliation, ReconciliationLine
from payments.operations.alerts import raise_alert, settle_alerts
from payments.operations.books.compare import Compared, compare
from payments.operations.books.postings import post_report
from payments.providers.contract import ReportLine
from payments.queries.books.ours import our_rows, rows_named

_NOTE_CHARS: Final = 500
_OPEN: Final = (Comparison.MISSING, Comparison.EXTRA, Comparison.AMOUNT_DIFF)


@operation
def reconcile(
    *,
    account_id: UUID,
    day: date,
    lines: Sequence[ReportLine],
    source: ReportSource,
    kinds: Collection[ReportKind] = tuple(ReportKind),
    file_name: str = "",
    by: str = "",
    now: datetime,
) -> UUID:
    """Hold a day of an account against the provider's lines; return the reconciliation's id.

    A second report of the day replaces the first comparison; what a person resolved stays
    resolved. The report is whole of `kinds`; of others it says nothing, and neither do we.
    Raises NotFound, Problem `same_line_twice`.
    """
    account = ProviderAccount.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise NotFound(_("There is no such provider account."))
    _refuse_doubles(lines)
    zone = business_by_id(active_business_id()).timezone
    compared = _compared(account_id, day, lines, kinds, zone)
    run = _written(account_id, day, compared, lines, now)
    run.source, run.file_name, run.compared_by = source, file_name, by
    run.save()
    _replace_lines(run, compared)
    post_report(account_id, compared, lines, now)
    _tell(run, compared, now)
    return run.id


@operation
def resolve_line(*, line_id: UUID, note: str, by: str, now: datetime) -> UUID:
    """Note what a person found out about a difference; return the reconciliation it is of.

    What was resolved before stays as it is. The alert of the day closes with its last difference.
    """
    line = ReconciliationLine.objects.select_for_update().filter(id=line_id).first()
    if line is None:
        raise NotFound(_("There is no such line."))
    if line.resolved_at is not None or line.result == Comparison.MATCHED:
        return line.reconciliation_id
    line.resolved_at, line.resolved_by, line.note = now, by, note.strip()[:_NOTE_CHARS]
    line.save()
    left = ReconciliationLine.objects.filter(
        reconciliation_id=line.reconciliation_id, result__in=_OPEN, resolved_at=None
    )
    if not left.exists():
        settle_alerts(kind=AlertKind.RECONCILIATION, source_id=line.reconciliation_id, now=now)
    return line.reconciliation_id


def _refuse_doubles(lines: Sequence[ReportLine]) -> None:
    seen: set[tuple[str, str]] = set()
    for line in lines:
        place = (line.kind.value, line.reference)
        if place in seen:
            raise Problem(
                "same_line_twice",
                _("The report names %(reference)s twice.") % {"reference": line.reference},
            )
        seen.add(place)


def _compared(
    account_id: UUID,
    day: date,
    lines: Sequence[ReportLine],
    kinds: Collection[ReportKind],
    zone: ZoneInfo,
) -> list[Compared]:
    ours = [one for one in our_rows(account_id, *day_bounds(day, zone)) if one.kind in kinds]
    known = {row.source_id for row in ours}
    names = {name for line in lines for name in (line.reference, line.provider_ref) if name}
    elsewhere = [row for row in rows_named(account_id, names) if row.source_id not in known]
    return compare(ours, lines, elsewhere)


def _written(
    account_id: UUID,
    day: date,
    compared: Sequence[Compared],
    lines: Sequence[ReportLine],
    now: datetime,
) -> Reconciliation:
    earlier = Reconciliation.objects.filter(account_id=account_id, day=day).first()
    run = earlier or Reconciliation(id=new_id(), account_id=account_id, day=day)
    payments = [one for one in compared if one.kind is ReportKind.PAYMENT]
    run.ours_rial = sum(one.ours.amount_rial for one in payments if one.ours)
    run.theirs_rial = sum(one.theirs.amount_rial for one in payments if one.theirs)
    run.fee_rial = sum(line.fee_rial for line in lines)
    run.settled_rial = sum(
        line.amount_rial for line in lines if ReportKind(line.kind) is ReportKind.SETTLEMENT
    )
    run.compared_at = now
    return run


def _replace_lines(run: Reconciliation, compared: Sequence[Compared]) -> None:
    earlier = {
        (line.kind, line.reference): line
        for line in ReconciliationLine.objects.filter(reconciliation=run)
    }
    ReconciliationLine.objects.filter(reconciliation=run).delete()
    rows = [_line(run, one) for one in compared]
    for row in rows:
        before = earlier.get((row.kind, row.reference))
        if before and before.resolved_at and before.result == row.result:
            row.resolved_at, row.resolved_by = before.resolved_at, before.resolved_by
            row.note = before.note
    ReconciliationLine.objects.bulk_create(rows, batch_size=2000)


def _line(run: Reconciliation, one: Compared) -> ReconciliationLine:
    return ReconciliationLine(
        reconciliation=run,
        kind=one.kind,
        result=one.result,
        reference=one.reference,
        source_id=one.ours.source_id if one.ours else None,
        payment_id=one.ours.payment_id if one.ours else None,
        ours_rial=one.ours.amount_rial if one.ours else None,
        theirs_rial=one.theirs.amount_rial if one.theirs else None,
        fee_rial=one.theirs.fee_rial if one.theirs else 0,
        settled_on=one.theirs.settled_on if one.theirs else None,
    )


def _tell(run: Reconciliation, compared: Sequence[Compared], now: datetime) -> None:
    counts = Counter(one.result for one in compared)
    still_open = ReconciliationLine.objects.filter(
        reconciliation=run, result__in=_OPEN, resolved_at=None
    )
    if not still_open.exists():
        settle_alerts(kind=AlertKind.RECONCILIATION, source_id=run.id, now=now)
        return
    raise_alert(
        kind=AlertKind.RECONCILIATION,
        source_id=run.id,
        detail={"day": run.day.isoformat(), **{str(one): counts[one] for one in _OPEN}},
        now=now,
    )
