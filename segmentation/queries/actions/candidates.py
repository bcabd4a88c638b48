"""What there is to do: customers, segments, products, debits, answers, leads, and their worth."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from core.tenancy import active_business_id
from customers.enums import CaseKind, CaseState
from customers.queries.cases import case_rows
from customers.queries.first_goods import FirstGoods, first_goods
from customers.queries.leads import due_count
from feedback.queries.intervals import share
from payments.queries.mandates import debits_at_risk
from segmentation.enums import ActionKind, NamedSegment, Segment
from segmentation.models import CustomerOutlook
from segmentation.queries.alone import left_alone
from segmentation.queries.retention import outlook_run, risk_rows

_CALLS: Final = 12
_CASES: Final = 50
_DEBIT_DAYS: Final = 3
_FEWEST: Final = 5
_YEAR: Final = 365
_THOUSAND: Final = 1_000
_MINUTES: Final = {
    ActionKind.CALL: 5,
    ActionKind.ANSWER: 10,
    ActionKind.WIN_BACK: 20,
    ActionKind.SECOND_VISIT: 20,
    ActionKind.PRODUCT: 60,
    ActionKind.DEBIT: 10,
    ActionKind.LEAD: 5,
    ActionKind.CORNER: 20,
}
_LONGEST: Final = 120
_SEGMENTS: Final = """
SELECT s.segment, count(*), sum(o.risk_rial)::bigint, sum(o.worth_rial)::bigint
FROM segmentation_customerscore s
JOIN segmentation_customeroutlook o ON o.business_id = %(business)s AND o.id = s.id
WHERE s.business_id = %(business)s AND s.segment = ANY(%(segments)s) GROUP BY s.segment
"""
_CORNERS: Final = """
SELECT s.segment, count(*), coalesce(sum(o.risk_rial), 0)::bigint,
       coalesce(sum(o.worth_rial), 0)::bigint
FROM segmentation_namedstay s
JOIN segmentation_customeroutlook o ON o.business_id = %(business)s AND o.id = s.customer_id
WHERE s.business_id = %(business)s AND s.segment = ANY(%(named)s) AND s.left_at IS NULL
GROUP BY s.segment
"""
_AT_STAKE: Final = {
    NamedSegment.HAPPY_STAYING.value: "friend",
    NamedSegment.UNHAPPY_STAYING.value: "worth",
    NamedSegment.HAPPY_LEAVING.value: "risk",
    NamedSegment.UNHAPPY_LEAVING.value: "risk",
    NamedSegment.NEGLECTED.value: "risk",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that could be done: about what, worth how much, in how many minutes.

    `age_days` is how long it has waited, which breaks ties.
    """

    kind: ActionKind
    subject: str
    value_rial: int
    minutes: int
    customer_id: UUID | None = None
    foreseen: int | None = None
    age_days: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


def candidates(now: datetime, today: date) -> list[Candidate]:
    """Return all there is to do now. A dozen queries, whatever the number of customers."""
    return [one for source in _SOURCES for one in source(now, today) if one.value_rial > 0]


def _calls(_now: datetime, today: date) -> Iterator[Candidate]:
    rows = list(risk_rows()[: 2 * _CALLS])
    alone = left_alone([row.customer_id for row in rows], today)
    for row in [one for one in rows if one.customer_id not in alone][:_CALLS]:
        yield Candidate(
            kind=ActionKind.CALL,
            subject=str(row.customer_id),
            customer_id=row.customer_id,
            value_rial=row.risk_rial,
            minutes=_MINUTES[ActionKind.CALL],
            foreseen=_foreseen(row),
            age_days=(today - row.as_of).days,
            facts={"staying": round(100 * row.staying), "worth_rial": row.worth_rial},
        )


def _foreseen(row: CustomerOutlook) -> int:
    """Return how likely they come within thirty days anyway, in thousandths."""
    return round(_THOUSAND * (1 - math.exp(-row.purchases_30)))


def _answers(now: datetime, _today: date) -> Iterator[Candidate]:
    kinds = (CaseKind.COMPLAINT, CaseKind.LOW_SCORE)
    rows = case_rows(state=CaseState.OPEN).filter(kind__in=kinds, customer__isnull=False)[:_CASES]
    cases = list(rows)
    known = CustomerOutlook.objects.in_bulk([one.customer_id for one in cases])
    for case in cases:
        outlook = known.get(case.customer_id)
        if outlook is not None:
            yield Candidate(
                kind=ActionKind.ANSWER,
                subject=str(case.id),
                customer_id=case.customer_id,
                value_rial=outlook.worth_rial,
                minutes=_MINUTES[ActionKind.ANSWER],
                foreseen=_foreseen(outlook),
                age_days=(now - case.opened_at).days,
                facts={"days": (now - case.opened_at).days},
            )


def _segments(_now: datetime, _today: date) -> Iterator[Candidate]:
    named = [Segment.AT_RISK, Segment.CANT_LOSE, Segment.NEW]
    values: dict[str, Any] = {
        "business": active_business_id(),
        "segments": [one.value for one in named],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENTS, values)
        rows = cursor.fetchall()
    for segment, people, risk, worth in rows:
        is_new = segment == Segment.NEW
        kind = ActionKind.SECOND_VISIT if is_new else ActionKind.WIN_BACK
        if people >= _FEWEST:
            yield Candidate(
                kind=kind,
                subject=segment,
                value_rial=worth if is_new else risk,
                minutes=_MINUTES[kind],
                facts={"people": people},
            )


def _products(_now: datetime, today: date) -> Iterator[Candidate]:
    """Return the product whose first buyers come back surely less often than others', if any."""
    run = outlook_run()
    if run is None or not run.customers:
        return
    usual = run.expected_year_rial // run.customers
    worst = max((one for one in first_goods(today) if _is_worse(one)), key=_lost, default=None)
    if worst is not None:
        yield Candidate(
            kind=ActionKind.PRODUCT,
            subject=worst.key,
            value_rial=round(_lost(worst) * usual),
            minutes=_MINUTES[ActionKind.PRODUCT],
            facts={
                "name": worst.name,
                "here": round(100 * worst.again / worst.customers),
                "others": round(100 * worst.others_again / worst.others),
                "people": worst.customers,
            },
        )


def _lost(one: FirstGoods) -> float:
    """Return how many more would have come again, had they been as the others."""
    return one.customers * one.others_again / one.others - one.again


def _is_worse(one: FirstGoods) -> bool:
    """Tell whether they come less often, 95 times of 100 (Newcombe's interval of a difference)."""
    here, others = share(one.again, one.customers), share(one.others_again, one.others)
    reach = math.hypot(here.high - here.score, others.score - others.low)
    return here.score - others.score + reach < 0


def _debits(now: datetime, _today: date) -> Iterator[Candidate]:
    for debit in debits_at_risk(now=now, until=now + timedelta(days=_DEBIT_DAYS)):
        yield Candidate(
            kind=ActionKind.DEBIT,
            subject=str(debit.id),
            customer_id=debit.customer_id,
            value_rial=debit.amount_rial,
            minutes=_MINUTES[ActionKind.DEBIT],
            age_days=(now - debit.created_at).days,
            facts={"failures": debit.failed_before},
        )


def _leads(now: datetime, _today: date) -> Iterator[Candidate]:
    run, people = outlook_run(), due_count(now)
    if run is None or not run.customers or not people:
        return
    yield Candidate(
        kind=ActionKind.LEAD,
        subject="due",
        value_rial=people * (run.expected_year_rial // run.customers),
        minutes=min(people * _MINUTES[ActionKind.LEAD], _LONGEST),
        facts={"people": people},
    )


def _corners(_now: datetime, _today: date) -> Iterator[Candidate]:
    """Return a thing to do for each corner of content × behaving, and for who is neglected (N13).

    Who leaves is worth what is at risk; of those who are not content, yet stay, a year's purchases
    are at stake; who is content and stays may bring a friend, worth what a customer is on average.
    """
    run = outlook_run()
    if run is None or not run.customers:
        return
    usual = run.expected_year_rial // run.customers
    with connection.cursor() as cursor:
        cursor.execute(_CORNERS, {"business": active_business_id(), "named": list(_AT_STAKE)})
        rows = cursor.fetchall()
    for segment, people, risk, worth in rows:
        stakes = {"risk": risk, "worth": worth, "friend": people * usual}
        if people >= _FEWEST:
            yield Candidate(
                kind=ActionKind.CORNER,
                subject=segment,
                value_rial=stakes[_AT_STAKE[segment]],
                minutes=_MINUTES[ActionKind.CORNER],
                facts={"people": people},
            )


_SOURCES: Final[tuple[Callable[[datetime, date], Iterator[Candidate]], ...]] = (
    _calls,
    _answers,
    _segments,
    _products,
    _debits,
    _leads,
    _corners,
)
