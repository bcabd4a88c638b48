"""Plans over HTTP, their payments, the cash to expect."""

from datetime import date
from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound, Problem
from customers.enums import TenderMethod
from payments.api.bodies import Body, Code, ItemIn
from payments.api.late_fees import LateFeeOut, late_fee_out
from payments.enums.instalments import PlanState
from payments.operations.instalments import (
    NewPlan,
    ask_for_instalment,
    cancel_plan,
    sell_on_credit,
)
from payments.operations.quotes import sell_quote_on_credit
from payments.queries import pay_url
from payments.queries.instalments.cashflow import DAYS, cashflow
from payments.queries.instalments.forecast import ForecastDay
from payments.queries.instalments.plans import (
    PlanDetail,
    instalment_by_id,
    plan_detail,
    plan_rows,
)


class PlanIn(Body):
    """A sale in parts; amounts in rial. `down` is paid at once by `down_method`.

    `quote_id`: at this promised price, which gives the lines and is used up. `context` is said of
    every line that does not say otherwise, held against `context-fields`; a quote has said its own.
    """

    external_id: Code
    customer_id: UUID
    total: int
    down: int = Field(ge=0)
    count: int
    first_due_on: date
    title: str = Field(default="", max_length=200)
    mandate_id: UUID | None = None
    down_method: TenderMethod = TenderMethod.POS
    quote_id: UUID | None = None
    lines: list[ItemIn] = Field(default_factory=list, max_length=200)
    context: dict[str, Any] = Field(default_factory=dict, max_length=50)

    def new(self) -> NewPlan:
        """Return the operation's value."""
        return NewPlan(
            external_id=self.external_id,
            customer_id=self.customer_id,
            total_rial=self.total,
            down_rial=self.down,
            count=self.count,
            first_due_on=self.first_due_on,
            title=self.title,
            mandate_id=self.mandate_id,
            down_method=self.down_method,
            lines=tuple(line.new() for line in self.lines),
            context=self.context,
        )


class InstalmentOut(BaseModel):
    """One part; `amount` in rial."""

    id: UUID
    number: int
    due_on: date
    amount: int
    status: str
    paid_on: date | None
    late_fee: LateFeeOut | None = None


class PlanOut(BaseModel):
    """A plan; amounts in rial.

    `late_fee`: agreed on, once for each instalment so many days past its grace; 0: being late costs
    nothing.
    """

    id: UUID
    external_id: str
    customer_id: UUID
    purchase_id: UUID
    mandate_id: UUID | None
    status: str
    total: int
    down: int
    credit: int
    paid: int
    late_fee: int
    late_fee_after_days: int
    created_at: AwareDatetime
    instalments: list[InstalmentOut] | None = None


class PlansOut(BaseModel):
    """A page of plans, newest first."""

    data: list[PlanOut]
    next_cursor: str | None


class InstalmentPaymentOut(BaseModel):
    """Where an instalment can be paid."""

    payment_id: UUID
    pay_url: str


class CashDayOut(BaseModel):
    """What is due on a day, what may be expected of it, and between which sums it lies, in rial.

    The `_so_far` ones are of everything up to the end of this day.
    """

    on: date
    due: int
    expected: int
    low: int
    high: int
    expected_so_far: int
    low_so_far: int
    high_so_far: int


class CashflowOut(BaseModel):
    """Each of the next ninety days; `low` and `high` bound 95 % of drawn outcomes, in rial."""

    due: int
    expected: int
    low: int
    high: int
    days: list[CashDayOut]


class InstalmentPlans(Endpoint):
    """POST a sale in parts, GET the latest plans."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE, "GET": Scope.PAYMENTS_READ}
    filters: ClassVar = {
        "status": "a state",
        "q": "the beginning of your number or part of the title",
        **FILTERS,
    }
    body: ClassVar = {"POST": PlanIn}
    answer: ClassVar = {"POST": PlanOut, "GET": PlansOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: PlanIn) -> Reply:
        """Sell on credit; the same number with the same content is the same plan."""
        by = f"api_key:{call.key_id}"
        if body.quote_id is None:
            made = sell_on_credit(plan=body.new(), by=by, now=call.now)
        else:
            made = sell_quote_on_credit(
                quote_id=body.quote_id, plan=body.new(), by=by, now=call.now
            )
        return Reply(_found(made), HTTPStatus.CREATED)

    def get(self, call: Call) -> Reply:
        """List plans, newest first."""
        state = call.query.get("status", "")
        if state and state not in PlanState.values:
            raise Problem("invalid_status", _("This value is not one of the choices."))
        found = page(
            plan_rows(state=state, q=call.query.get("q", "")),
            by="created_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [_plan(PlanDetail(row, ())) for row in found.rows]
        return Reply(PlansOut(data=rows, next_cursor=found.next_cursor).model_dump())


class InstalmentPlanItem(Endpoint):
    """GET one plan with its instalments."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": PlanOut}

    def get(self, call: Call, instalment_plan_id: UUID) -> Reply:
        """Return the plan."""
        return Reply(_found(instalment_plan_id))


class InstalmentPlanCancellation(Endpoint):
    """POST waives what is still owed on a plan."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": PlanOut}

    def post(self, call: Call, instalment_plan_id: UUID) -> Reply:
        """Cancel; what was paid is given back by refunds, not here."""
        _found(instalment_plan_id)
        cancel_plan(plan_id=instalment_plan_id, now=call.now)
        return Reply(_found(instalment_plan_id))


class InstalmentPayment(Endpoint):
    """POST asks for a payment of one instalment."""

    scopes: ClassVar = {"POST": Scope.PAYMENTS_WRITE}
    answer: ClassVar = {"POST": InstalmentPaymentOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, instalment_id: UUID) -> Reply:
        """Return where it can be paid; the same payment while that one is open."""
        if instalment_by_id(instalment_id) is None:
            raise NotFound(_("There is no such instalment."))
        asked = ask_for_instalment(instalment_id=instalment_id, now=call.now)
        if asked is None:
            raise Problem(
                "instalment_not_open",
                _("This instalment is paid or no longer owed."),
                status=HTTPStatus.CONFLICT,
            )
        told = InstalmentPaymentOut(payment_id=asked.id, pay_url=pay_url(asked.pay_token))
        return Reply(told.model_dump(), HTTPStatus.CREATED)


class Cashflow(Endpoint):
    """GET what instalments and debits of the next ninety days are likely to bring."""

    scopes: ClassVar = {"GET": Scope.PAYMENTS_READ}
    answer: ClassVar = {"GET": CashflowOut}

    def get(self, call: Call) -> Reply:
        """Return the forecast with its interval."""
        zone = business_by_id(call.business_id).timezone
        today = business_day(call.now, zone)
        found = cashflow(today=today, zone=zone)
        days = [_day(one) for one in found.every_day(today, DAYS)]
        told = CashflowOut(
            due=found.due_rial,
            expected=found.expected_rial,
            low=found.low_rial,
            high=found.high_rial,
            days=days,
        )
        return Reply(told.model_dump())


def _day(one: ForecastDay) -> CashDayOut:
    return CashDayOut(
        on=one.on,
        due=one.due_rial,
        expected=one.expected_rial,
        low=one.low_rial,
        high=one.high_rial,
        expected_so_far=one.expected_so_far,
        low_so_far=one.low_so_far,
        high_so_far=one.high_so_far,
    )


def _found(plan_id: UUID) -> dict[str, Any]:
    detail = plan_detail(plan_id)
    if detail is None:
        raise NotFound(_("There is no such plan."))
    told = _plan(detail)
    told.instalments = [
        InstalmentOut(
            id=part.id,
            number=part.number,
            due_on=part.due_on,
            amount=part.amount_rial,
            status=part.state,
            paid_on=part.paid_on,
            late_fee=late_fee_out(fee) if (fee := detail.fee_of(part)) else None,
        )
        for part in detail.parts
    ]
    return told.model_dump()


def _plan(detail: PlanDetail) -> PlanOut:
    row = detail.plan
    return PlanOut(
        id=row.id,
        external_id=row.external_id,
        customer_id=row.customer_id,
        purchase_id=row.purchase_id,
        mandate_id=row.mandate_id,
        status=row.state,
        total=row.total_rial,
        down=row.down_rial,
        credit=row.credit_rial,
        paid=row.paid_rial,
        late_fee=row.late_fee_rial,
        late_fee_after_days=row.late_fee_after_days,
        created_at=row.created_at,
    )
