"""Whom the shop may lend to, and how much (C029), the latest buyer first.

The database picks the page by the same scorecard `grade` publishes; what a row says comes from
`offers_to`. A test holds one against the other.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, cast

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from customers.queries.people import customer_rows
from payments.enums.debits import MandateState
from payments.enums.instalments import InstalmentState
from payments.models import Instalment, InstalmentPlan, Mandate
from payments.queries.instalments import grade
from payments.queries.instalments.credit import WORTH_STEP_RIAL, Terms, failed_debit_rows
from payments.queries.worth import worth_column

_THEM: Final = OuterRef("customer_id")
_OWN: Final = "plan__customer_id"


class Who(StrEnum):
    """Whose rows are asked for."""

    ELIGIBLE = "eligible"
    KNOWN = "known"
    NEW = "new"
    REFUSED = "refused"


def lendable_rows(terms: Terms, *, who: Who, today: date) -> QuerySet[Any]:
    """Return totals of customers, those who may be lent to or (REFUSED) who owed and may not.

    The caller pages by `last_at`. `terms` have a say in who is eligible: while they are off, or all
    that may be lent is lent, nobody is.
    """
    rows = customer_rows().filter(last_at__isnull=False)
    nobody = not terms.is_on or terms.owed_rial >= terms.most_total_rial
    if who is Who.REFUSED:
        borrowers = rows.filter(_borrowed())
        return borrowers if nobody else _judged(borrowers, terms, today).exclude(eligible=True)
    if nobody:
        return rows.none()
    if who is Who.KNOWN or not _lends_to_new(terms):
        rows = rows.filter(_borrowed())
    found = _judged(rows, terms, today).filter(eligible=True)
    narrowed = {Who.KNOWN: {"has_grade": True}, Who.NEW: {"has_grade": False}}
    return found.filter(**narrowed.get(who, {}))


def _lends_to_new(terms: Terms) -> bool:
    return terms.lends_without_history and terms.newcomer_rial > 0


def _borrowed() -> Q:
    return Q(customer_id__in=InstalmentPlan.objects.values("customer_id"))


def _judged(rows: QuerySet[Any], terms: Terms, today: date) -> QuerySet[Any]:
    """Tell of each row whether it has a grade and whether it is eligible."""
    due = _due(today)
    judged = rows.alias(
        obligations=Coalesce(_one(due, Count("id")), 0),
        score=_score(due, terms.grace_days, today),
        owed=Coalesce(_one(_parts().filter(state=InstalmentState.OPEN), Sum("amount_rial")), 0),
        is_late=Exists(_late(terms.grace_days, today)),
    ).alias(has_grade=_true(Q(obligations__gte=grade.FEWEST)))
    judged = _with_most(judged, terms)
    good = Q(has_grade=True, owed__lt=F("most"))
    if terms.least_grade:
        good &= Q(score__gte=terms.least_grade)
    new = Q(has_grade=False, owed__lt=terms.newcomer_rial)
    wanted = good | new if terms.lends_without_history else good
    return cast("QuerySet[Any]", judged.alias(eligible=_true(Q(is_late=False) & wanted)))


def _with_most(rows: QuerySet[Any], terms: Terms) -> QuerySet[Any]:
    """Tell of each row the most somebody with a grade may owe, as `cap_for` says it."""
    most = Value(terms.most_customer_rial, output_field=BigIntegerField())
    worth = worth_column("customer_id") if terms.worth_percent else None
    if worth is None:
        return cast("QuerySet[Any]", rows.alias(most=most))
    floor = Value(terms.least_known_rial, output_field=BigIntegerField())
    share = F("worth") * terms.worth_percent / 100 / WORTH_STEP_RIAL * WORTH_STEP_RIAL
    told = Case(When(worth=None, then=most), default=Least(most, Greatest(floor, share)))
    return cast("QuerySet[Any]", rows.alias(worth=worth).alias(most=told))


def _true(condition: Q) -> Case:
    return Case(When(condition, then=True), default=False, output_field=BooleanField())


def _parts() -> QuerySet[Instalment]:
    return Instalment.objects.filter(**{_OWN: _THEM}).exclude(state=InstalmentState.WAIVED)


def _due(today: date) -> QuerySet[Instalment]:
    return _parts().filter(Q(due_on__lte=today) | Q(state=InstalmentState.PAID))


def _late(grace_days: int, today: date) -> QuerySet[Instalment]:
    before = today - timedelta(days=grace_days)
    return _parts().filter(state=InstalmentState.OPEN, due_on__lt=before)


def _one(rows: QuerySet[Any], sum_of: Any) -> Subquery:
    """Return one sum over rows of one customer."""
    return Subquery(rows.order_by().values(_OWN).annotate(found=sum_of).values("found"))


def _score(due: QuerySet[Instalment], grace_days: int, today: date) -> Any:
    """Return the grade in the database's words; only for those with nothing overdue."""
    days = Func(
        Coalesce("paid_on", Value(today, output_field=DateField())),
        F("due_on"),
        Value(grace_days),
        template="greatest(%(expressions)s, 0)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    )
    # To even where it is halfway, as Python rounds.
    average = Func(
        Cast(Sum("late"), FloatField()) / Cast(Count("id"), FloatField()),
        function="round",
        output_field=FloatField(),
    )
    in_time = Count("id", filter=Q(late=0)) * grade.ON_TIME_ADDS / Count("id")
    late = Least(grade.PER_LATE_DAY * Cast(average, IntegerField()), grade.MOST_FOR_LATE_DAYS)
    of_parts = ExpressionWrapper(grade.START + in_time - late, output_field=IntegerField())
    failed = failed_debit_rows(today).filter(customer_id=_THEM).order_by().values("customer_id")
    failures = Coalesce(Subquery(failed.annotate(n=Count("id")).values("n")), 0)
    consent = Case(
        When(
            Exists(Mandate.objects.filter(customer_id=_THEM, state=MandateState.ACTIVE)),
            then=grade.CONSENT_ADDS,
        ),
        default=0,
        output_field=IntegerField(),
    )
    counted = cast("QuerySet[Any]", due.alias(late=days))
    return (
        Coalesce(_one(counted, of_parts), grade.START)
        + consent
        - Least(grade.PER_FAILED_DEBIT * failures, grade.MOST_FOR_FAILED)
    )
