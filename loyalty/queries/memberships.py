"""Paid memberships: plans, members, what is due, and what membership does to points."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from loyalty.enums import LIVE_MEMBERSHIP, MembershipState, PeriodState
from loyalty.models import MembershipPeriod, MembershipPlan, PaidMembership
from payments.queries import payment_by_id

# How long a pause of the member's own lasts at least.
PAUSED_AT_LEAST_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Perks:
    """What a membership in force gives: points × num ÷ den, and what the till tells."""

    membership_id: UUID
    plan: str
    num: int
    den: int
    free_delivery: bool
    note: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """How many renewals are due, and what they would bring."""

    many: int
    rial: int


@dataclass(frozen=True, slots=True)
class Renewals:
    """How the renewals due in a span went; `rate` is None while nothing was due."""

    due: int
    paid: int
    unpaid: int
    paid_rial: int

    @property
    def rate(self) -> float | None:
        over = self.paid + self.unpaid
        return self.paid / over if over else None


def perks_of(customer_id: UUID, at: datetime) -> Perks | None:
    """Return the perks a customer has at a moment, or None."""
    row = (
        PaidMembership.objects.select_related("plan")
        .filter(customer_id=customer_id, perks_from__lte=at, perks_until__gt=at)
        .order_by("-perks_until")
        .first()
    )
    if row is None or row.perks_until is None:
        return None
    plan = row.plan
    return Perks(
        membership_id=row.id,
        plan=plan.name,
        num=plan.multiplier_num,
        den=plan.multiplier_den,
        free_delivery=plan.free_delivery,
        note=plan.note,
        until=row.perks_until,
    )


def plan_rows(*, offered: bool = False) -> QuerySet[MembershipPlan]:
    """Return plans; the caller orders and pages."""
    rows = MembershipPlan.objects.all()
    return rows.filter(is_offered=True) if offered else rows


def plan_by_id(plan_id: UUID) -> MembershipPlan | None:
    """Return one plan of the active business, or None."""
    return MembershipPlan.objects.filter(id=plan_id).first()


def members_by_plan() -> dict[UUID, int]:
    """Return {plan id: members whose membership is active, in grace or paused}."""
    rows = PaidMembership.objects.filter(state__in=LIVE_MEMBERSHIP).exclude(
        state=MembershipState.JOINING
    )
    return dict(rows.values_list("plan_id").annotate(many=Count("id")))


def membership_rows(
    *, state: str = "", customer_id: UUID | None = None
) -> QuerySet[PaidMembership]:
    """Return memberships with their plans and customers; the caller orders and pages."""
    rows = PaidMembership.objects.select_related("plan", "customer")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(customer_id=customer_id) if customer_id else rows


def membership_by_id(membership_id: UUID) -> PaidMembership | None:
    """Return one membership of the active business, or None."""
    return membership_rows().filter(id=membership_id).first()


def live_membership(customer_id: UUID) -> PaidMembership | None:
    """Return a customer's membership that is not over, or None."""
    return membership_rows(customer_id=customer_id).filter(state__in=LIVE_MEMBERSHIP).first()


def members_among(customer_ids: Collection[UUID]) -> set[UUID]:
    """Return who of these has a membership that is not over. One query."""
    rows = PaidMembership.objects.filter(
        customer_id__in=list(customer_ids), state__in=LIVE_MEMBERSHIP
    )
    return set(rows.values_list("customer_id", flat=True))


def memberships_under(mandate_id: UUID) -> list[PaidMembership]:
    """Return the memberships a mandate pays for, the newest first."""
    rows = membership_rows().filter(mandate_id=mandate_id).exclude(state=MembershipState.CANCELLED)
    return list(rows.order_by("-created_at", "-id"))


def periods_of(membership_id: UUID) -> list[MembershipPeriod]:
    """Return a membership's periods, newest first."""
    rows = MembershipPeriod.objects.filter(membership_id=membership_id)
    return list(rows.order_by("-number"))


def waiting_period(membership_id: UUID) -> MembershipPeriod | None:
    """Return the period of a membership that waits for money, or None."""
    rows = MembershipPeriod.objects.filter(membership_id=membership_id, state=PeriodState.OPEN)
    return rows.first()


def paid_ahead(membership_id: UUID, today: date) -> list[MembershipPeriod]:
    """Return the paid periods of which days are left, the earliest first."""
    rows = MembershipPeriod.objects.filter(
        membership_id=membership_id, state=PeriodState.PAID, ends_on__gt=today
    )
    return list(rows.order_by("number"))


def next_renewals(many: int) -> list[PaidMembership]:
    """Return the memberships whose paid days end soonest and which renew."""
    rows = membership_rows().filter(
        state__in=[MembershipState.ACTIVE, MembershipState.GRACE], renews=True
    )
    return list(rows.order_by("paid_until", "id")[:many])


def due_between(since: date, until: date) -> Coming:
    """Return what renewals due in [since, until) would bring."""
    found = PaidMembership.objects.filter(
        state=MembershipState.ACTIVE,
        renews=True,
        paid_until__gte=since,
        paid_until__lt=until,
    ).aggregate(many=Count("id"), rial=Sum("plan__price_rial", default=0))
    return Coming(found["many"], found["rial"])


def renewals(since: date, until: date) -> Renewals:
    """Return how the renewals (not first periods) due in [since, until) went."""
    rows = MembershipPeriod.objects.filter(
        number__gt=1, starts_on__gte=since, starts_on__lt=until
    ).aggregate(
        due=Count("id"),
        paid=Count("id", filter=Q(state=PeriodState.PAID)),
        unpaid=Count("id", filter=Q(state__in=[PeriodState.UNPAID, PeriodState.RETURNED])),
        rial=Sum("price_rial", filter=Q(state=PeriodState.PAID), default=0),
    )
    return Renewals(rows["due"], rows["paid"], rows["unpaid"], rows["rial"])


def title_of(plan_name: str) -> str:
    """Return what a period's price is for, in the active language."""
    return _("Membership «%(plan)s»") % {"plan": plan_name}


def refund_today(row: PaidMembership, today: date) -> int:
    """Return what would go back of a membership ended today; a pause stopped its days."""
    if row.state not in LIVE_MEMBERSHIP:
        return 0
    day = row.paused_on or today
    return sum(unused_rial(period, day) for period in paid_ahead(row.id, day))


def unused_rial(period: MembershipPeriod, today: date) -> int:
    """Return what goes back of a paid period ended today, never more than is left of its money."""
    payment = payment_by_id(period.payment_id) if period.payment_id else None
    left = payment.amount_rial - payment.refunded_rial if payment else 0
    days = (period.ends_on - period.starts_on).days
    unused = min(days, max(0, (period.ends_on - today).days))
    return min(left, share_of(period.price_rial, unused, days))


def share_of(price_rial: int, unused: int, days: int) -> int:
    """Return the part of a price for unused days, by largest remainder; a tie is the member's.

    Used and unused parts sum to the price; the rial that divides to neither goes to the part it
    is more of.
    """
    whole, rest = divmod(price_rial * unused, days)
    return whole + (2 * rest >= days and rest > 0)
