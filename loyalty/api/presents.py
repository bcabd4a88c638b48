"""What rules gave a customer besides points, over HTTP."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel

from core.api.views import Call, Endpoint, Reply
from loyalty.api.whose import demand_customer
from loyalty.queries.presents import presents_to


class PresentOut(BaseModel):
    """A present with its code, which only its owner may use; stamps have none (`code` empty)."""

    id: UUID
    effect: str
    purchase_id: UUID | None
    number: int
    worth_rial: int
    code: str
    ends_at: datetime | None
    text: str
    used: bool
    taken_back: bool


class PresentsOut(BaseModel):
    """The fifty latest presents of a customer, newest first."""

    data: list[PresentOut]


class CustomerPresents(Endpoint):
    """GET what rules gave a customer besides points."""

    scopes: ClassVar = {"GET": "loyalty:write"}
    answer: ClassVar = {"GET": PresentsOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Tell them with their codes: whoever asks may spend them."""
        del call
        demand_customer(customer_id)
        data = [
            PresentOut(
                id=one.id,
                effect=str(one.effect),
                purchase_id=one.purchase_id,
                number=one.number,
                worth_rial=one.worth_rial,
                code=one.code,
                ends_at=one.ends_at,
                text=one.sentence,
                used=one.used,
                taken_back=one.taken_back,
            )
            for one in presents_to(customer_id)
        ]
        return Reply(PresentsOut(data=data).model_dump(mode="json"))
