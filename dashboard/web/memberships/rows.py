"""Plans, members and periods as the pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.people import title_of
from loyalty.enums import MembershipState, PeriodState

_TONES: Final = {
    MembershipState.JOINING: "chip-amber",
    MembershipState.ACTIVE: "chip-good",
    MembershipState.GRACE: "chip-bad",
    MembershipState.PAUSED: "chip-amber",
}
_PERIOD_TONES: Final = {
    PeriodState.OPEN: "chip-amber",
    PeriodState.PAID: "chip-good",
    PeriodState.RETURNED: "chip-bad",
}


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A plan on offer, or kept by its members."""

    id: UUID
    name: str
    price_rial: int
    every: str
    perks: str
    members: int
    offered: bool


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """A member in a list; `how`: debited or asked by a link."""

    id: UUID
    customer: str
    plan: str
    price_rial: int
    state: str
    tone: str
    paid_until: date | None
    renews: bool
    how: str


@dataclass(frozen=True, kw_only=True)
class PeriodRow:
    """A period of a membership."""

    number: int
    starts_on: date
    ends_on: date
    price_rial: int
    refund_rial: int
    state: str
    tone: str
    payment_id: UUID | None
    debit_id: UUID | None


def plan_row(plan: Any, members: Mapping[UUID, int]) -> PlanRow:
    """Return a plan as its list shows it."""
    return PlanRow(
        id=plan.id,
        name=plan.name,
        price_rial=plan.price_rial,
        every=every(plan.months),
        perks=" · ".join(perks_in_words(plan)) or "—",
        members=members.get(plan.id, 0),
        offered=plan.is_offered,
    )


def member_row(row: Any) -> MemberRow:
    """Return a membership as a list shows it."""
    state = MembershipState(row.state)
    person = row.customer
    return MemberRow(
        id=row.id,
        customer=title_of(person.name, person.mobile, person.member_code),
        plan=row.plan.name,
        price_rial=row.plan.price_rial,
        state=str(state.label),
        tone=_TONES.get(state, ""),
        paid_until=row.paid_until,
        renews=row.renews,
        how=_("by debit") if row.mandate_id else _("by link"),
    )


def period_row(row: Any) -> PeriodRow:
    """Return a period as its membership's page shows it."""
    state = PeriodState(row.state)
    return PeriodRow(
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        price_rial=row.price_rial,
        refund_rial=row.refund_rial,
        state=str(state.label),
        tone=_PERIOD_TONES.get(state, ""),
        payment_id=row.payment_id if row.paid_at else None,
        debit_id=row.debit_id,
    )


def every(months: int) -> str:
    """Return how often a price is paid."""
    return _("a month") if months == 1 else _("%(n)s months") % {"n": words.number(months)}


def perks_in_words(plan: Any) -> list[str]:
    """Return what a plan gives its members, in words."""
    times = words.number(plan.multiplier_num / plan.multiplier_den, 2)
    found = []
    if plan.multiplier_num > plan.multiplier_den:
        found.append(_("points × %(times)s") % {"times": times})
    if plan.free_delivery:
        found.append(_("free delivery"))
    return [*found, plan.note] if plan.note else found
