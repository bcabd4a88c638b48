"""Plans with their instalments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from core.text import normalise_code
from payments.enums.instalments import InstalmentState, LateFeeState
from payments.models import Instalment, InstalmentPlan, LateFee
from payments.queries.instalments.credit import credit_terms


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """A plan and its instalments in order."""

    plan: InstalmentPlan
    parts: tuple[Instalment, ...]
    fees: tuple[LateFee, ...] = ()
    grace_days: int = 0

    def fee_of(self, part: Instalment) -> LateFee | None:
        """Return the fee being late with an instalment cost, if any."""
        return next((fee for fee in self.fees if fee.instalment_id == part.id), None)

    @property
    def fees_rial(self) -> int:
        """Return the fees still owed."""
        return sum(fee.amount_rial for fee in self.fees if fee.state == LateFeeState.OPEN)

    def overdue(self, today: date) -> int:
        """Return how many rial are past their day."""
        return sum(
            part.amount_rial
            for part in self.parts
            if part.state == InstalmentState.OPEN and part.due_on < today
        )


def plan_rows(*, state: str = "", q: str = "") -> QuerySet[InstalmentPlan]:
    """Return plans with their customer; the caller orders and pages by `created_at`."""
    rows = InstalmentPlan.objects.select_related("customer")
    if state:
        rows = rows.filter(state=state)
    if text := normalise_code(q):
        rows = rows.filter(Q(external_id__startswith=text) | Q(title__contains=text))
    return rows


def plan_url(token: str) -> str:
    """Return the address of the customer's own page of a plan."""
    return settings.BASE_URL + reverse("payments:plan", args=[token])


def late_fee_by_id(late_fee_id: UUID) -> LateFee | None:
    """Return one fee for being late with its instalment, or None."""
    return LateFee.objects.select_related("instalment").filter(id=late_fee_id).first()


def overdue_among(plan_ids: Sequence[UUID], *, today: date, grace_days: int) -> set[UUID]:
    """Return those of some plans with an instalment past its day and grace."""
    late = Instalment.objects.filter(
        plan_id__in=plan_ids,
        state=InstalmentState.OPEN,
        due_on__lt=today - timedelta(days=grace_days),
    )
    return set(late.values_list("plan_id", flat=True))


def plan_detail(plan_id: UUID) -> PlanDetail | None:
    """Return one plan, or None. Four queries."""
    plan = plan_rows().select_related("mandate").filter(id=plan_id).first()
    return None if plan is None else _with_parts(plan)


def plan_by_token(token: str) -> PlanDetail | None:
    """Return the plan of a customer's own page, or None."""
    plan = plan_rows().select_related("mandate").filter(token=token).first()
    return None if plan is None else _with_parts(plan)


def instalment_by_id(instalment_id: UUID) -> Instalment | None:
    """Return one instalment, or None."""
    return Instalment.objects.select_related("plan").filter(id=instalment_id).first()


def _with_parts(plan: InstalmentPlan) -> PlanDetail:
    parts = Instalment.objects.select_related("payment").filter(plan=plan).order_by("number")
    fees = LateFee.objects.filter(instalment__plan=plan).order_by("charged_at", "id")
    return PlanDetail(plan, tuple(parts), tuple(fees), credit_terms().grace_days)
