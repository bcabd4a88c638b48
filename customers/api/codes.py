"""One-time codes over HTTP: an online shop or till asks whether it is really that customer."""

from datetime import datetime
from http import HTTPStatus
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from core.api.views import Call, Endpoint, Reply
from core.tenancy import acting_for
from customers.api.bodies import Body
from customers.api.whose import seen
from customers.enums import CodePurpose
from customers.operations import demand_code, send_code

# What a shop may ask for; the other kinds belong to the customer's own pages.
Asked = Literal["verify", "spend"]


class CodeIn(Body):
    """What the code is for: showing who one is, or spending points at the till."""

    purpose: Asked


class CodeCheckIn(Body):
    """What the customer typed; Persian digits are fine."""

    code: str = Field(min_length=1, max_length=40)


class CodeOut(BaseModel):
    """A code on its way."""

    mobile_ends: str
    expires_at: datetime


class CodeCheckOut(BaseModel):
    """The code was right, and is used up now."""

    accepted: Literal[True]


class CustomerCodes(Endpoint):
    """POST to text a customer a one-time code."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": CodeIn}
    answer: ClassVar = {"POST": CodeOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: CodeIn, customer_id: UUID) -> Reply:
        """Send it; the one before is good no more. A new one a minute, a few a day."""
        sent = send_code(customer_id=seen(customer_id).id, purpose=body.purpose, now=call.now)
        data = {"mobile_ends": sent.mobile_ends, "expires_at": sent.expires_at}
        return Reply(data, HTTPStatus.CREATED)


class CustomerCodeCheck(Endpoint):
    """POST what the customer typed of a code to verify who they are."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": CodeCheckIn}
    answer: ClassVar = {"POST": CodeCheckOut}
    # A wrong try is committed before it is refused.
    unscoped_methods: ClassVar = frozenset({"POST"})

    def post(self, call: Call, body: CodeCheckIn, customer_id: UUID) -> Reply:
        """Use the code up when it is right; five wrong tries end it."""
        with acting_for(call.business_id):
            found = seen(customer_id).id
        demand_code(
            business_id=call.business_id,
            customer_id=found,
            purpose=CodePurpose.VERIFY,
            code=body.code,
            now=call.now,
        )
        return Reply({"accepted": True})
