"""Services and gifts without a price over HTTP (C048, C050)."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from core.api.views import Call, Endpoint, Reply
from loyalty.api.bodies import Body
from loyalty.api.whose import demand_customer
from loyalty.enums.benefits import BenefitKind
from loyalty.models import Benefit, BenefitGiven
from loyalty.operations.benefits import (
    NewBenefit,
    close_benefit,
    give_benefit,
    offer_benefit,
    take_benefit_back,
)
from loyalty.queries.benefits import Mine, Sums, benefit_sums, benefits, benefits_of


class BenefitIn(Body):
    """A service to offer: what one costs in rial, from which tier on, how often in a month.

    `stock` is how many there are now; without it they never run out.
    """

    name: str = Field(min_length=1, max_length=60)
    kind: BenefitKind
    unit_cost: int = Field(strict=True, ge=0)
    tier_id: UUID | None = None
    most_each: int | None = Field(default=None, strict=True, ge=1, le=1_000)
    stock: int | None = Field(default=None, strict=True, ge=0, le=1_000_000)


class BenefitOut(BaseModel):
    """A service and what became of it; amounts in rial. `stock` null: they never run out."""

    id: UUID
    name: str
    kind: str
    unit_cost: int
    tier_id: UUID | None
    most_each: int | None
    stock: int | None
    open: bool
    times: int
    cost: int


class BenefitsOut(BaseModel):
    """All services, the offered ones first."""

    data: list[BenefitOut]


class MyBenefitOut(BaseModel):
    """What a customer may have; `left` of month and stock, none: as often as they like."""

    id: UUID
    name: str
    kind: str
    left: int | None


class MyBenefitsOut(BaseModel):
    """What a customer may have."""

    data: list[MyBenefitOut]


class GivenOut(BaseModel):
    """One given."""

    id: UUID
    benefit_id: UUID
    customer_id: UUID
    number: int
    cost: int
    given_at: AwareDatetime
    taken_back_at: AwareDatetime | None


class Benefits(Endpoint):
    """GET the services, POST offers one or changes the one of its name."""

    scopes: ClassVar = {"GET": "loyalty:read", "POST": "loyalty:write"}
    body: ClassVar = {"POST": BenefitIn}
    answer: ClassVar = {"GET": BenefitsOut, "POST": BenefitOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List them."""
        del call
        sums = benefit_sums()
        return Reply({"data": [_told(row, sums.get(row.id)) for row in benefits()]})

    def post(self, call: Call, body: BenefitIn) -> Reply:
        """Offer it from now on."""
        new = NewBenefit(
            name=body.name,
            kind=body.kind,
            unit_cost_rial=body.unit_cost,
            tier_id=body.tier_id,
            most_each=body.most_each,
            stock=body.stock,
        )
        row = offer_benefit(new=new, actor=None, now=call.now)
        return Reply(_told(row, benefit_sums().get(row.id)), HTTPStatus.CREATED)


class BenefitClosing(Endpoint):
    """POST offers one no more."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    answer: ClassVar = {"POST": BenefitOut}

    def post(self, call: Call, benefit_id: UUID) -> Reply:
        """Close it; what was given stays."""
        row = close_benefit(benefit_id=benefit_id, actor=None, now=call.now)
        return Reply(_told(row, benefit_sums().get(row.id)))


class CustomerBenefits(Endpoint):
    """GET what a customer may have."""

    scopes: ClassVar = {"GET": "loyalty:read"}
    answer: ClassVar = {"GET": MyBenefitsOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """List it."""
        mine = benefits_of(demand_customer(customer_id), call.now)
        return Reply({"data": [_mine(one) for one in mine]})


class BenefitGiving(Endpoint):
    """POST writes down that a customer had one."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    answer: ClassVar = {"POST": GivenOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, customer_id: UUID, benefit_id: UUID) -> Reply:
        """Give it, as often as the month allows."""
        row = give_benefit(
            benefit_id=benefit_id,
            customer_id=demand_customer(customer_id),
            by=f"api_key:{call.key_id}",
            now=call.now,
        )
        return Reply(_given(row), HTTPStatus.CREATED)


class BenefitTakingBack(Endpoint):
    """POST undoes a giving: it counts no more and lies in the stock again."""

    scopes: ClassVar = {"POST": "loyalty:write"}
    answer: ClassVar = {"POST": GivenOut}

    def post(self, call: Call, benefit_given_id: UUID) -> Reply:
        """Take it back; twice is once."""
        by = f"api_key:{call.key_id}"
        row = take_benefit_back(given_id=benefit_given_id, actor=None, by=by, now=call.now)
        return Reply(_given(row))


def _given(row: BenefitGiven) -> dict[str, Any]:
    return GivenOut(
        id=row.id,
        benefit_id=row.benefit_id,
        customer_id=row.customer_id,
        number=row.number,
        cost=row.cost_rial,
        given_at=row.at,
        taken_back_at=row.taken_back_at,
    ).model_dump()


def _told(row: Benefit, sums: Sums | None) -> dict[str, Any]:
    told = sums or Sums()
    return BenefitOut(
        id=row.id,
        name=row.name,
        kind=row.kind,
        unit_cost=row.unit_cost_rial,
        tier_id=row.tier_id,
        most_each=row.most_each,
        stock=row.stock,
        open=row.is_open,
        times=told.times,
        cost=told.cost_rial,
    ).model_dump()


def _mine(one: Mine) -> dict[str, Any]:
    row = one.benefit
    return MyBenefitOut(id=row.id, name=row.name, kind=row.kind, left=one.left).model_dump()
