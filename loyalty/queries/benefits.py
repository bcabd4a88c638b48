"""Services without a price: who may have which, and what they cost (C048, C050)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from businesses.queries import business_by_id
from core.calendar import business_day, month_start
from core.tenancy import active_business_id
from customers.queries.merging import profiles_of
from loyalty.models import Benefit, BenefitGiven
from loyalty.queries.leaving import gets_nothing
from loyalty.queries.standing import tier_of


@dataclass(frozen=True, slots=True)
class Mine:
    """A benefit somebody may have; `of_month` of it this month (None: as often as they like)."""

    benefit: Benefit
    of_month: int | None

    @property
    def left(self) -> int | None:
        """Return how many they may have now: this month, and of the stock."""
        limits = [one for one in (self.of_month, self.benefit.stock) if one is not None]
        return min(limits) if limits else None

    @property
    def is_there(self) -> bool:
        """Whether they may have one now."""
        return self.left is None or self.left > 0


@dataclass(frozen=True, slots=True)
class Sums:
    """How often one was given, to how many, and for how much."""

    times: int = 0
    customers: int = 0
    cost_rial: int = 0


def this_month(now: datetime) -> date:
    """Return the first day of the Jalali month it is in the business."""
    return month_start(business_day(now, business_by_id(active_business_id()).timezone))


def benefits() -> Sequence[Benefit]:
    """Return all benefits with their tiers, the open ones first. One query."""
    return list(Benefit.objects.select_related("tier").order_by("-is_open", "name"))


def benefits_of(customer_id: UUID, now: datetime) -> list[Mine]:
    """Return what a customer may have, by name; who is out of the club has nothing."""
    rows = Benefit.objects.filter(is_open=True).select_related("tier").order_by("name")
    offered = list(rows)
    if not offered or gets_nothing(customer_id, now):
        return []
    standing = tier_of([customer_id]).get(customer_id)
    reached = standing.threshold_rial if standing else 0
    taken = given_in_month(profiles_of(customer_id), this_month(now))
    return [
        Mine(one, None if one.most_each is None else max(0, one.most_each - taken.get(one.id, 0)))
        for one in offered
        if one.tier is None or (standing is not None and one.tier.threshold_rial <= reached)
    ]


def given_in_month(customer_ids: Sequence[UUID], month: date) -> dict[UUID, int]:
    """Return {benefit: how often} of a Jalali month. One query."""
    rows = BenefitGiven.objects.filter(customer__in=customer_ids, month=month, taken_back_at=None)
    counted = rows.values_list("benefit_id").annotate(n=Count("id"))
    return dict(counted)


def given_rows() -> QuerySet[BenefitGiven]:
    """Return what was given, with customers and benefits; the caller orders and pages by `at`."""
    return BenefitGiven.objects.select_related("customer", "benefit")


def benefit_sums(month: date | None = None) -> dict[UUID, Sums]:
    """Return what became of each benefit, in a month or ever. One query."""
    within = Q(taken_back_at=None) & (Q(month=month) if month else Q())
    rows = BenefitGiven.objects.filter(within).values_list("benefit_id")
    told = rows.annotate(
        times=Count("id"), people=Count("customer", distinct=True), cost=Sum("cost_rial")
    )
    return {one: Sums(times, people, cost) for one, times, people, cost in told}
