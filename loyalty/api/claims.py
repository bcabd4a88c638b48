"""Points that wait for the buyer of a purchase, over HTTP: a shop's own app claims them too."""

from datetime import datetime
from http import HTTPStatus
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field

from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from core.tenancy import acting_for
from customers.operations import SentCode
from loyalty.api.bodies import Body, Document
from loyalty.api.parts import claim_path
from loyalty.operations.claims import ask_claim_code, claim_by_code
from loyalty.queries.claims import Waiting, waiting


class MobileIn(Body):
    """The mobile of whoever claims."""

    mobile: str = Field(min_length=1, max_length=40)


class ClaimIn(MobileIn):
    """The mobile and what was typed of the code sent to it; Persian digits are fine."""

    code: str = Field(min_length=1, max_length=40)


class WaitingOut(BaseModel):
    """What waits for a purchase's buyer: `waits` is false once it has an owner or is gone.

    `url` is the page where whoever has the receipt claims it; amounts in rial.
    """

    purchase_id: UUID
    waits: bool
    points: int
    worth: int
    total: int
    occurred_at: datetime
    url: str | None


class CodeSentOut(BaseModel):
    """A code on its way."""

    mobile_ends: str
    expires_at: datetime


class ClaimedOut(BaseModel):
    """Whose the purchase and its points are now."""

    customer_id: UUID
    points: int


class PurchaseClaim(Endpoint):
    """GET what waits for a purchase's buyer; POST the code to have it."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    body: ClassVar = {"POST": ClaimIn}
    answer: ClassVar = {"GET": WaitingOut, "POST": ClaimedOut}
    # A wrong try is committed before it is refused.
    unscoped_methods: ClassVar = frozenset({"POST"})

    def get(self, call: Call, purchase_id: UUID) -> Reply:
        """Return the points that wait, and where they are claimed."""
        del call
        return Reply(_waiting(purchase_id, _demanded(purchase_id)))

    def post(self, call: Call, body: ClaimIn, purchase_id: UUID) -> Reply:
        """Give purchase and points to the holder of the mobile; five wrong tries end a code."""
        with acting_for(call.business_id, durable=True):
            before = _demanded(purchase_id)
            told = claim_by_code(
                purchase_id=purchase_id, mobile=body.mobile, code=body.code, now=call.now
            )
        if told.customer_id is None:
            raise told.check.problem()
        return Reply({"customer_id": told.customer_id, "points": before.points})


class PurchaseClaimCodes(Endpoint):
    """POST the mobile of whoever claims a purchase, to text them a code."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": MobileIn}
    answer: ClassVar = {"POST": CodeSentOut}
    answer_status: ClassVar = {"POST": 201}

    def post(self, call: Call, body: MobileIn, purchase_id: UUID) -> Reply:
        """Send it; nobody is created before the code is right."""
        sent = ask_claim_code(purchase_id=purchase_id, mobile=body.mobile, now=call.now)
        return Reply(_sent(sent), HTTPStatus.CREATED)


def _demanded(purchase_id: UUID) -> Waiting:
    found = waiting(purchase_id)
    if found is None:
        raise NotFound(_("There is no such purchase."))
    return found


def _waiting(purchase_id: UUID, found: Waiting) -> Document:
    return {
        "purchase_id": purchase_id,
        "waits": found.waits,
        "points": found.points,
        "worth": found.value_rial,
        "total": found.total_rial,
        "occurred_at": found.occurred_at,
        "url": settings.BASE_URL + claim_path(purchase_id) if found.waits else None,
    }


def _sent(sent: SentCode) -> Document:
    return {"mobile_ends": sent.mobile_ends, "expires_at": sent.expires_at}
