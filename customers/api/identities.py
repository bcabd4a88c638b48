"""By what a customer is recognised, over HTTP (C061, N1)."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from core.api.views import Call, Endpoint, Reply
from customers.api.bodies import Body
from customers.api.whose import seen
from customers.enums import IdentityKind
from customers.operations.people.unlinking import UNLINKED, unlink_identity
from customers.queries.people import identities_of


class NoBody(Body):
    """An empty body."""


class IdentityOut(BaseModel):
    """One way a customer is recognised; the value itself is kept as a keyed hash only.

    `hint`: what it ends with. `reason`: how it was bound. `confirmed_at`: since when it alone
    stands for them, null while it does not. `can_be_unlinked`: whether it may be taken away here.
    """

    id: UUID
    kind: IdentityKind
    hint: str
    source: str
    reason: str
    confirmed_at: AwareDatetime | None
    created_at: AwareDatetime
    can_be_unlinked: bool


class IdentitiesOut(BaseModel):
    """By what a customer is recognised, oldest first."""

    data: list[IdentityOut]


class CustomerIdentities(Endpoint):
    """GET by what a customer is recognised."""

    scopes: ClassVar = {"GET": "customers:read"}
    answer: ClassVar = {"GET": IdentitiesOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return cards, mobile, e-mail, member code and numbers of your own."""
        del call
        return Reply(_told(seen(customer_id).id))


class CustomerIdentityUnlinking(Endpoint):
    """POST takes a card or a number of your own away from a customer."""

    scopes: ClassVar = {"POST": "customers:write"}
    body: ClassVar = {"POST": NoBody}
    answer: ClassVar = {"POST": IdentitiesOut}

    def post(
        self, call: Call, body: NoBody, customer_id: UUID, customer_identity_id: UUID
    ) -> Reply:
        """Let it stand for nobody; what was bought stays. Return what is left."""
        del body
        whose = seen(customer_id).id
        unlink_identity(
            customer_id=whose, identity_id=customer_identity_id, actor=None, now=call.now
        )
        return Reply(_told(whose))


def _told(customer_id: UUID) -> dict[str, Any]:
    data = [
        IdentityOut(
            id=row.id,
            kind=IdentityKind(row.kind),
            hint=row.hint,
            source=row.source,
            reason=row.reason,
            confirmed_at=row.verified_at,
            created_at=row.created_at,
            can_be_unlinked=row.kind in UNLINKED,
        )
        for row in identities_of(customer_id)
    ]
    return IdentitiesOut(data=data).model_dump()
