"""Services without a price at a device: one given under the device's own number (C048)."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from loyalty.api.bodies import Whose
from loyalty.api.pos.bodies import Device, Number
from loyalty.api.pos.device import device_speaking
from loyalty.api.whose import customer_meant
from loyalty.operations.benefits import give_benefit


class BenefitAtTillIn(Whose):
    """Whose, which, and the device's own number: sent again it gives nothing more."""

    device: Device = ""
    transaction_id: Number
    benefit_id: UUID


class BenefitAtTillOut(BaseModel):
    """One given; `number` is the so-manieth of the customer's month."""

    transaction_id: str
    benefit_id: UUID
    name: str
    number: int
    given_at: AwareDatetime


class PosBenefit(Endpoint):
    """POST gives a customer a service without a price."""

    scopes: ClassVar = {"POST": Scope.TILL_USE}
    body: ClassVar = {"POST": BenefitAtTillIn}
    answer: ClassVar = {"POST": BenefitAtTillOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: BenefitAtTillIn) -> Reply:
        """Write it down, as often as the month allows."""
        device = device_speaking(call, body.device)
        customer_id = customer_meant(body)
        if customer_id is None:
            raise NotFound(_("There is no such customer."))
        row = give_benefit(
            benefit_id=body.benefit_id,
            customer_id=customer_id,
            given_id=uuid5(device.id, body.transaction_id),
            by=device.name,
            now=call.now,
        )
        told: dict[str, Any] = BenefitAtTillOut(
            transaction_id=body.transaction_id,
            benefit_id=row.benefit_id,
            name=row.benefit.name,
            number=row.number,
            given_at=row.at,
        ).model_dump(mode="json")
        return Reply(told, HTTPStatus.CREATED)
