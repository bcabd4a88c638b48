"""What instalments and debits to come are likely to bring."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from core.calendar import business_day, day_start, jalali
from payments.enums.debits import DebitState
from payments.enums.instalments import InstalmentState
from payments.models import Debit, Instalment
from payments.queries.instalments.credit import credit_terms
from payments.queries.instalments.forecast import Expected, Forecast, forecast

DAYS: Final = 90
_OWNED_BY_PLANS: Final = "instalment"
_COMING: Final = [DebitState.SCHEDULED, DebitState.SUBMITTED, DebitState.RETRY_WAIT]
_OVER: Final = [
    DebitState.COLLECTED,
    DebitState.FAILED,
    DebitState.REFUNDED,
    DebitState.REVERSED_LATE,
]
_THIRD: Final = 11
_SHOWN: Final = 100

History = dict[object, tuple[int, int]]


def cashflow(*, today: date, zone: ZoneInfo) -> Forecast:
    """Forecast the next ninety days in four queries.

    An instalment counts by its customer's own record, a debit by its bank and the third of the
    Jalali month it falls in.
    """
    until = today + timedelta(days=DAYS)
    people, banks = _people(today), _banks(zone)
    rows = [*_instalments(today, until, people), *_debits(today, until, zone, banks)]
    paid = sum(one for one, _all in (*people.values(), *banks.values()))
    of = sum(every for _one, every in (*people.values(), *banks.values()))
    return forecast(rows, paid=paid, of=of, seed=today.toordinal())


def _people(today: date) -> History:
    grace = timedelta(days=credit_terms().grace_days)
    in_time = Q(state=InstalmentState.PAID, paid_on__lte=F("due_on") + grace)
    rows = (
        Instalment.objects.filter(due_on__lt=today)
        .exclude(state=InstalmentState.WAIVED)
        .values("plan__customer_id")
        .annotate(n=Count("id"), paid=Count("id", filter=in_time))
    )
    return {row["plan__customer_id"]: (row["paid"], row["n"]) for row in rows}


def _banks(zone: ZoneInfo) -> History:
    found: History = {}
    rows = Debit.objects.filter(state__in=_OVER).values_list("mandate__bank", "due_at", "state")
    for bank, due_at, state in rows.iterator(chunk_size=5000):
        key = (bank, _third(business_day(due_at, zone)))
        paid, every = found.get(key, (0, 0))
        found[key] = (paid + (state == DebitState.COLLECTED), every + 1)
    return found


def _instalments(today: date, until: date, people: History) -> Iterable[Expected]:
    rows = _parts_due(today, until).values_list("due_on", "amount_rial", "plan__customer_id")
    for on, rial, who in rows:
        yield Expected(on, rial, *people.get(who, (0, 0)))


def _debits(today: date, until: date, zone: ZoneInfo, banks: History) -> Iterable[Expected]:
    rows = _debits_due(today, until, zone)
    for due_at, rial, bank in rows.values_list("due_at", "amount_rial", "mandate__bank"):
        on = business_day(due_at, zone)
        yield Expected(on, rial, *banks.get((bank, _third(on)), (0, 0)))


def _third(day: date) -> int:
    return min((jalali(day).day - 1) // _THIRD, 2)


def due_on(day: date, *, zone: ZoneInfo) -> tuple[list[Instalment], list[Debit]]:
    """Return the instalments and debits a day of the forecast counts. Two queries."""
    parts = _parts_due(day, day + timedelta(days=1)).select_related("plan__customer")
    debits = _debits_due(day, day + timedelta(days=1), zone).select_related("customer")
    return (
        list(parts.order_by("-amount_rial", "id")[:_SHOWN]),
        list(debits.order_by("-amount_rial", "id")[:_SHOWN]),
    )


def _parts_due(since: date, until: date) -> QuerySet[Instalment]:
    return Instalment.objects.filter(
        state=InstalmentState.OPEN, due_on__gte=since, due_on__lt=until
    )


def _debits_due(since: date, until: date, zone: ZoneInfo) -> QuerySet[Debit]:
    return Debit.objects.filter(
        state__in=_COMING,
        due_at__gte=day_start(since, zone),
        due_at__lt=day_start(until, zone),
    ).exclude(source_kind=_OWNED_BY_PLANS)
