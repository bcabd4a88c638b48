"""Becoming a member: the first period is asked for; the membership begins when it is paid."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from businesses.queries import business_by_id
from core.calendar import add_months
from core.errors import NotFound, Problem
from core.tenancy import active_business_id, operation
from customers.queries import customer_view
from loyalty.enums import LIVE_MEMBERSHIP
from loyalty.models import MembershipPlan, PaidMembership
from loyalty.operations.memberships.charge import ask, charge, member, new_period
from loyalty.operations.memberships.hold import Held
from payments.enums.debits import MandateState
from payments.queries.mandates import mandate_by_id


@dataclass(frozen=True, slots=True)
class Joined:
    """A new membership; with a pay token it is to be paid there, else it is being debited."""

    id: UUID
    pay_token: str | None


@operation
def join_membership(
    *, customer_id: UUID, plan_id: UUID, mandate_id: UUID | None = None, now: datetime
) -> Joined:
    """Let a customer join a plan; with a mandate its periods are debited, else asked for.

    Raises NotFound, Problem `plan_not_offered`, `already_member`, `mobile_missing`,
    `mandate_not_active`, and what asking for a payment raises.
    """
    plan = _offered(plan_id)
    person = customer_view(customer_id)
    if person is None:
        raise NotFound(_("There is no such customer."))
    customer_id = person.id
    _check_mandate(mandate_id, customer_id, plan)
    held = Held(
        _written(plan, customer_id, mandate_id, now),
        plan,
        None,
        business_by_id(active_business_id()).timezone,
    )
    member(held)
    today = held.today(now)
    period = new_period(held, today, add_months(today, plan.months), now)
    held.row.next_step_at = now + held.grace
    held.row.save(update_fields=["next_step_at"])
    if charge(held, period, now, now):
        return Joined(held.row.id, None)
    return Joined(held.row.id, ask(held, period, now + held.grace, now).pay_token)


def _offered(plan_id: UUID) -> MembershipPlan:
    plan = MembershipPlan.objects.filter(id=plan_id).first()
    if plan is None:
        raise NotFound(_("There is no such membership plan."))
    if not plan.is_offered:
        raise Problem(
            "plan_not_offered",
            _("This membership is not offered any more."),
            status=HTTPStatus.CONFLICT,
        )
    return plan


def _check_mandate(mandate_id: UUID | None, customer_id: UUID, plan: MembershipPlan) -> None:
    if mandate_id is None:
        return
    mandate = mandate_by_id(mandate_id)
    if mandate is None or mandate.customer_id != customer_id:
        raise NotFound(_("There is no such mandate."))
    if mandate.state != MandateState.ACTIVE or mandate.max_debit_rial < plan.price_rial:
        raise Problem(
            "mandate_not_active",
            _("This mandate is not in force, or allows less than the membership costs."),
            status=HTTPStatus.CONFLICT,
        )


def _written(
    plan: MembershipPlan, customer_id: UUID, mandate_id: UUID | None, now: datetime
) -> PaidMembership:
    row = PaidMembership(
        customer_id=customer_id, plan=plan, mandate_id=mandate_id, created_at=now, next_step_at=now
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        live = PaidMembership.objects.filter(customer_id=customer_id, state__in=LIVE_MEMBERSHIP)
        earlier = live.first()
        if earlier is None:
            raise
        raise Problem(
            "already_member",
            _("This customer has a membership already."),
            status=HTTPStatus.CONFLICT,
            extra={"membership_id": str(earlier.id)},
        ) from error
    return row
