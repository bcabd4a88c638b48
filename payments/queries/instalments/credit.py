"""What a customer owes, how they paid so far, and what they may be lent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from customers.enums import MeasureStep
from customers.queries.measures import holds, in_force_on
from payments.enums.debits import DebitState, MandateState
from payments.enums.instalments import CapBasis, CreditRefusal, InstalmentState, PlanState
from payments.models import CreditPolicy, Debit, Instalment, Mandate
from payments.queries.instalments.grade import Grade, Obligation, grade
from payments.queries.worth import worths_of

_FAILED_SINCE: Final = timedelta(days=365)
# Ten thousand toman.
WORTH_STEP_RIAL: Final = 100_000


@dataclass(frozen=True, slots=True)
class Terms:
    """To whom the business lends; the defaults lend to nobody."""

    is_on: bool = False
    least_grade: int = 60
    lends_without_history: bool = False
    newcomer_rial: int = 0
    most_customer_rial: int = 0
    most_total_rial: int = 0
    owed_rial: int = 0
    most_count: int = 6
    down_percent: int = 25
    grace_days: int = 3
    late_fee_rial: int = 0
    late_fee_after_days: int = 7
    worth_percent: int = 0

    @property
    def least_known_rial(self) -> int:
        """What a good payer may owe at least: as much as somebody nobody knows."""
        newcomer = self.newcomer_rial if self.lends_without_history else 0
        return min(newcomer, self.most_customer_rial)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a customer stands: grade, what they owe, what is overdue."""

    grade: Grade
    owed_rial: int
    overdue_rial: int


@dataclass(frozen=True, slots=True)
class Cap:
    """The most a customer may owe and what set it; `worth_rial` None: nothing is foreseen."""

    rial: int
    basis: CapBasis
    worth_rial: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be lent now, with the reason where it is nothing or bounded."""

    limit_rial: int
    refusal: CreditRefusal | None
    standing: Standing
    terms: Terms
    cap: Cap


def credit_terms() -> Terms:
    """Return the business's terms."""
    row = CreditPolicy.objects.first()
    if row is None:
        return Terms()
    return Terms(**{name: getattr(row, name) for name in Terms.__slots__})


def standings(
    customer_ids: Sequence[UUID], *, today: date, grace_days: int
) -> dict[UUID, Standing]:
    """Return how customers stand, in three queries however many they are."""
    due: dict[UUID, list[Obligation]] = {one: [] for one in customer_ids}
    owed = dict.fromkeys(customer_ids, 0)
    overdue = dict.fromkeys(customer_ids, 0)
    parts = Instalment.objects.filter(plan__customer_id__in=customer_ids).exclude(
        state=InstalmentState.WAIVED
    )
    for part in parts.select_related("plan"):
        who = part.plan.customer_id
        if part.state == InstalmentState.OPEN:
            owed[who] += part.amount_rial
        late = part.due_on + timedelta(days=grace_days) < today
        if part.state == InstalmentState.OPEN and late:
            overdue[who] += part.amount_rial
        if part.due_on <= today or part.state == InstalmentState.PAID:
            due[who].append(Obligation(part.due_on, part.paid_on))
    failed, consenting = _failed_debits(customer_ids, today), _consenting(customer_ids)
    return {
        one: Standing(
            grade(
                due[one],
                failed_debits=failed.get(one, 0),
                has_consent=one in consenting,
                grace_days=grace_days,
                today=today,
            ),
            owed[one],
            overdue[one],
        )
        for one in customer_ids
    }


def offer_to(customer_id: UUID, *, today: date) -> Offer:
    """Return what may be lent to a customer now."""
    return offers_to([customer_id], today=today)[customer_id]


def offers_to(
    customer_ids: Sequence[UUID], *, today: date, terms: Terms | None = None
) -> dict[UUID, Offer]:
    """Return what may be lent to customers now, in as many queries however many they are."""
    held = terms or credit_terms()
    found = standings(customer_ids, today=today, grace_days=held.grace_days)
    measured = in_force_on(customer_ids, today) if held.is_on else {}
    worths = worths_of(customer_ids) if held.is_on and held.worth_percent else {}
    offers = {one: _offer(found[one], held, worths.get(one)) for one in customer_ids}
    for one, strongest in measured.items():
        if holds(strongest, MeasureStep.NO_CREDIT):
            offers[one] = replace(offers[one], limit_rial=0, refusal=CreditRefusal.MEASURE)
    return offers


def cap_for(*, has_grade: bool, worth_rial: int | None, terms: Terms) -> Cap:
    """Return the most a customer may owe (C029, ADR 55).

    Without a grade what the owner lends strangers, whatever is foreseen: worth says that somebody
    will buy, not that they will pay. With one, a share of the foreseen worth, between what a
    stranger gets and the owner's most, down to whole steps: it is an estimate, and not good to the
    rial; where nothing is foreseen or it has no say, the most.
    """
    if not has_grade:
        return Cap(terms.newcomer_rial, CapBasis.NEWCOMER, worth_rial)
    most = terms.most_customer_rial
    if worth_rial is None or not terms.worth_percent:
        return Cap(most, CapBasis.MOST, worth_rial)
    share = worth_rial * terms.worth_percent // 100 // WORTH_STEP_RIAL * WORTH_STEP_RIAL
    if share >= most:
        return Cap(most, CapBasis.MOST, worth_rial)
    if share <= terms.least_known_rial:
        return Cap(terms.least_known_rial, CapBasis.LEAST, worth_rial)
    return Cap(share, CapBasis.WORTH, worth_rial)


def _offer(standing: Standing, terms: Terms, worth_rial: int | None) -> Offer:
    has_grade = standing.grade.score is not None
    cap = cap_for(has_grade=has_grade, worth_rial=worth_rial, terms=terms)
    return Offer(*_limit(standing, terms, cap), standing, terms, cap)


def _limit(standing: Standing, terms: Terms, cap: Cap) -> tuple[int, CreditRefusal | None]:
    refusal = _refusal(standing, terms)
    if refusal is not None:
        return 0, refusal
    theirs = cap.rial - standing.owed_rial
    ours = terms.most_total_rial - terms.owed_rial
    if min(theirs, ours) > 0:
        return min(theirs, ours), None
    if theirs > ours:
        return 0, CreditRefusal.TOTAL_LIMIT
    by_worth = cap.basis in {CapBasis.WORTH, CapBasis.LEAST}
    return 0, CreditRefusal.LOW_WORTH if by_worth else CreditRefusal.CUSTOMER_LIMIT


def _refusal(standing: Standing, terms: Terms) -> CreditRefusal | None:
    if not terms.is_on:
        return CreditRefusal.OFF
    if standing.overdue_rial:
        return CreditRefusal.OVERDUE
    score = standing.grade.score
    if score is None:
        return None if terms.lends_without_history else CreditRefusal.NO_HISTORY
    return CreditRefusal.LOW_GRADE if score < terms.least_grade else None


def failed_debit_rows(today: date) -> QuerySet[Debit]:
    """Return the debits of a year that brought nothing in the end."""
    return Debit.objects.filter(
        state__in=[DebitState.FAILED, DebitState.REVERSED_LATE],
        ended_at__date__gte=today - _FAILED_SINCE,
    )


def _failed_debits(customer_ids: Sequence[UUID], today: date) -> dict[UUID, int]:
    found = failed_debit_rows(today).filter(customer_id__in=customer_ids)
    rows = found.values_list("customer_id", flat=True)
    counts: dict[UUID, int] = {}
    for one in rows:
        counts[one] = counts.get(one, 0) + 1
    return counts


def _consenting(customer_ids: Sequence[UUID]) -> set[UUID]:
    rows = Mandate.objects.filter(customer_id__in=customer_ids, state=MandateState.ACTIVE)
    return set(rows.values_list("customer_id", flat=True))


def owed_altogether() -> int:
    """Return what all customers owe on active plans, summed from the instalments themselves."""
    rows = Instalment.objects.filter(state=InstalmentState.OPEN, plan__state=PlanState.ACTIVE)
    return rows.aggregate(rial=Sum("amount_rial"))["rial"] or 0


def broken_plans() -> list[UUID]:
    """Return plans whose parts do not sum to what was lent, or to what was paid of it."""
    sums = (
        Instalment.objects.values("plan_id", "plan__credit_rial", "plan__paid_rial")
        .annotate(
            lent=Sum("amount_rial"),
            paid=Coalesce(Sum("amount_rial", filter=Q(state=InstalmentState.PAID)), 0),
        )
        .exclude(lent=F("plan__credit_rial"), paid=F("plan__paid_rial"))
    )
    return [row["plan_id"] for row in sums]


def overdue_rial(today: date, grace_days: int) -> int:
    """Return what is past its day and grace, over all customers."""
    late = Instalment.objects.filter(
        state=InstalmentState.OPEN, due_on__lt=today - timedelta(days=grace_days)
    )
    return late.aggregate(rial=Sum("amount_rial"))["rial"] or 0


def misjudged_credit() -> list[UUID]:
    """Return the policy whose running sum is not what the instalments say."""
    row = CreditPolicy.objects.first()
    return [row.id] if row is not None and row.owed_rial != owed_altogether() else []
