"""Paid memberships over HTTP: plans, members, their periods, pause and end."""

from datetime import date
from http import HTTPStatus
from typing import ClassVar, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound, Problem
from loyalty.api.bodies import Amount, Body, Nothing
from loyalty.api.whose import asked_customer
from loyalty.enums import MembershipState
from loyalty.models import MembershipPeriod, MembershipPlan, PaidMembership
from loyalty.operations.memberships import (
    NewMembershipPlan,
    cancel_membership,
    join_membership,
    offer_plan,
    pause_membership,
    resume_membership,
    withdraw_plan,
)
from loyalty.queries.memberships import (
    membership_by_id,
    membership_rows,
    periods_of,
    plan_by_id,
    plan_rows,
    refund_today,
)
from payments.api.refund_bodies import ReceiverIn
from payments.queries import pay_url


class TimesIn(Body):
    """A factor of points: num ÷ den."""

    num: int = 1
    den: int = 1


class MembershipPlanIn(Body):
    """A membership to offer; price in rial a period of Jalali months."""

    name: str = Field(min_length=1, max_length=100)
    price: Amount
    months: int = 1
    multiplier: TimesIn = TimesIn()
    free_delivery: bool = False
    note: str = Field(default="", max_length=500)
    notice_days: int = 3
    grace_days: int = 7

    def new(self) -> NewMembershipPlan:
        """Return the operation's value."""
        return NewMembershipPlan(
            name=self.name,
            price_rial=self.price,
            months=self.months,
            multiplier_num=self.multiplier.num,
            multiplier_den=self.multiplier.den,
            free_delivery=self.free_delivery,
            note=self.note,
            notice_days=self.notice_days,
            grace_days=self.grace_days,
        )


class TimesOut(BaseModel):
    """A factor of points: num ÷ den."""

    num: int
    den: int


class MembershipPlanOut(BaseModel):
    """A membership on offer, or one that its members keep."""

    id: UUID
    name: str
    price: int
    months: int
    multiplier: TimesOut
    free_delivery: bool
    note: str
    notice_days: int
    grace_days: int
    offered: bool
    created_at: AwareDatetime


class MembershipPlansOut(BaseModel):
    """A page of plans, newest first."""

    data: list[MembershipPlanOut]
    next_cursor: str | None


class MembershipIn(Body):
    """Who joins which plan; with a mandate its periods are debited."""

    customer_id: UUID
    plan_id: UUID
    mandate_id: UUID | None = None


class CancelIn(Body):
    """`now` gives the unused days back, to the paying card or to `account`; `period_end` does not.

    `refund` false: ends now and gives nothing back.
    """

    at: Literal["now", "period_end"] = "now"
    refund: bool = True
    account: ReceiverIn | None = None


class PeriodOut(BaseModel):
    """A period: `until` is the first day after it; amounts in rial."""

    id: UUID
    number: int
    starts_on: date
    until: date
    price: int
    status: str
    payment_id: UUID | None
    debit_id: UUID | None
    refunded: int
    paid_at: AwareDatetime | None


class MembershipOut(BaseModel):
    """A membership. Perks hold until `perks_until`; `paid_until` is the day of renewal.

    `refund_today`: what would go back if it ended now, in rial.
    """

    id: UUID
    customer_id: UUID
    plan_id: UUID
    plan: str
    mandate_id: UUID | None
    status: str
    renews: bool
    paid_until: date | None
    perks_until: AwareDatetime | None
    created_at: AwareDatetime
    pay_url: str | None = None
    refund_today: int | None = None
    periods: list[PeriodOut] | None = None


class MembershipsOut(BaseModel):
    """A page of memberships, newest first."""

    data: list[MembershipOut]
    next_cursor: str | None


class MembershipPlans(Endpoint):
    """POST a membership to offer, GET the plans."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.LOYALTY_READ}
    filters: ClassVar = {"offered": "true for those on offer only", **FILTERS}
    body: ClassVar = {"POST": MembershipPlanIn}
    answer: ClassVar = {"POST": MembershipPlanOut, "GET": MembershipPlansOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: MembershipPlanIn) -> Reply:
        """Offer a membership; what its members agree to cannot be changed later."""
        made = offer_plan(plan=body.new(), now=call.now)
        return Reply(_plan(_found_plan(made)).model_dump(), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List plans, newest first."""
        found = page(
            plan_rows(offered=call.query.get("offered") == "true"),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_plan(row) for row in found.rows]
        return Reply(MembershipPlansOut(data=rows, next_cursor=found.next_cursor).model_dump())


class MembershipPlanWithdrawal(Endpoint):
    """POST offers a membership to nobody new."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": MembershipPlanOut}

    def post(self, call: Call, body: Nothing, membership_plan_id: UUID) -> Reply:
        """Stop offering; members keep it and renew."""
        del call, body
        withdraw_plan(plan_id=membership_plan_id)
        return Reply(_plan(_found_plan(membership_plan_id)).model_dump())


class Memberships(Endpoint):
    """POST lets a customer join, GET lists memberships."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.LOYALTY_READ}
    filters: ClassVar = {"status": "a state", "customer": "a customer's id", **FILTERS}
    body: ClassVar = {"POST": MembershipIn}
    answer: ClassVar = {"POST": MembershipOut, "GET": MembershipsOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: MembershipIn) -> Reply:
        """Join; it begins when the first period is paid, by debit or at `pay_url`."""
        joined = join_membership(
            customer_id=body.customer_id,
            plan_id=body.plan_id,
            mandate_id=body.mandate_id,
            now=call.now,
        )
        told = _found(call, joined.id)
        told.pay_url = pay_url(joined.pay_token) if joined.pay_token else None
        return Reply(told.model_dump(), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List memberships, newest first."""
        state, customer = call.query.get("status", ""), call.query.get("customer")
        if state and state not in MembershipState.values:
            raise Problem("invalid_status", _("This value is not one of the choices."))
        found = page(
            membership_rows(
                state=state, customer_id=asked_customer(customer) if customer else None
            ),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_membership(row) for row in found.rows]
        return Reply(MembershipsOut(data=rows, next_cursor=found.next_cursor).model_dump())


class MembershipItem(Endpoint):
    """GET one membership with its periods."""

    scopes: ClassVar = {"GET": Scope.LOYALTY_READ}
    answer: ClassVar = {"GET": MembershipOut}

    def get(self, call: Call, paid_membership_id: UUID) -> Reply:
        """Return the membership."""
        return Reply(_found(call, paid_membership_id).model_dump())


class MembershipPause(Endpoint):
    """POST stops the days of a membership."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": MembershipOut}

    def post(self, call: Call, body: Nothing, paid_membership_id: UUID) -> Reply:
        """Pause; the days that are left are kept."""
        del body
        pause_membership(membership_id=paid_membership_id, now=call.now)
        return Reply(_found(call, paid_membership_id).model_dump())


class MembershipResumption(Endpoint):
    """POST goes on with a paused membership, or takes notice back."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": Nothing}
    answer: ClassVar = {"POST": MembershipOut}

    def post(self, call: Call, body: Nothing, paid_membership_id: UUID) -> Reply:
        """Go on with the days that are left."""
        del body
        resume_membership(membership_id=paid_membership_id, now=call.now)
        return Reply(_found(call, paid_membership_id).model_dump())


class MembershipCancellation(Endpoint):
    """POST ends a membership, now or when its paid days do."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    body: ClassVar = {"POST": CancelIn}
    answer: ClassVar = {"POST": MembershipOut}

    def post(self, call: Call, body: CancelIn, paid_membership_id: UUID) -> Reply:
        """End it; the refunds of unused days are in its periods."""
        cancel_membership(
            membership_id=paid_membership_id,
            at_end=body.at == "period_end",
            refund=body.refund,
            receiver=body.account.receiver() if body.account else None,
            by=f"api_key:{call.key_id}",
            now=call.now,
        )
        return Reply(_found(call, paid_membership_id).model_dump())


def _found(call: Call, membership_id: UUID) -> MembershipOut:
    row = membership_by_id(membership_id)
    if row is None:
        raise NotFound(_("There is no such membership."))
    told = _membership(row)
    today = business_day(call.now, business_by_id(call.business_id).timezone)
    told.refund_today = refund_today(row, today)
    told.periods = [_period(period) for period in periods_of(row.id)]
    return told


def _found_plan(plan_id: UUID) -> MembershipPlan:
    row = plan_by_id(plan_id)
    if row is None:
        raise NotFound(_("There is no such membership plan."))
    return row


def _plan(row: MembershipPlan) -> MembershipPlanOut:
    return MembershipPlanOut(
        id=row.id,
        name=row.name,
        price=row.price_rial,
        months=row.months,
        multiplier=TimesOut(num=row.multiplier_num, den=row.multiplier_den),
        free_delivery=row.free_delivery,
        note=row.note,
        notice_days=row.notice_days,
        grace_days=row.grace_days,
        offered=row.is_offered,
        created_at=row.created_at,
    )


def _membership(row: PaidMembership) -> MembershipOut:
    return MembershipOut(
        id=row.id,
        customer_id=row.customer_id,
        plan_id=row.plan_id,
        plan=row.plan.name,
        mandate_id=row.mandate_id,
        status=row.state,
        renews=row.renews,
        paid_until=row.paid_until,
        perks_until=row.perks_until,
        created_at=row.created_at,
    )


def _period(row: MembershipPeriod) -> PeriodOut:
    return PeriodOut(
        id=row.id,
        number=row.number,
        starts_on=row.starts_on,
        until=row.ends_on,
        price=row.price_rial,
        status=row.state,
        payment_id=row.payment_id,
        debit_id=row.debit_id,
        refunded=row.refund_rial,
        paid_at=row.paid_at,
    )
