"""How an account stands, over HTTP (C109)."""

from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from businesses.enums import Scope
from core.api.views import Call, Endpoint, Reply
from core.errors import NotFound
from customers.queries.merging import survivor_of
from customers.queries.people import customer_view
from segmentation.queries.health import healths_of, strategic_ids


class HealthOut(BaseModel):
    """Knowledge, relationship and performance, 0 to 100; null where not known yet.

    `health` is the mean of what is known. `heard_days` ago they last answered or opened a case,
    `told_days` ago an offer reached them or somebody called; null: never. `troubles` of a year's
    `bought` purchases came back or led to a complaint that was not without ground. `is_strategic`:
    of the fifth of customers with whom most is earned.
    """

    customer_id: UUID
    health: int | None
    knowledge: int
    relationship: int
    performance: int | None
    heard_days: int | None
    told_days: int | None
    bought: int
    troubles: int
    is_strategic: bool


class CustomerHealth(Endpoint):
    """GET how an account stands."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": HealthOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return the three marks with what they stand on."""
        who = survivor_of(customer_id)
        if customer_view(who) is None:
            raise NotFound(_("There is no such customer."))
        one = healths_of([who], call.now)[who]
        told = HealthOut(
            customer_id=who,
            health=one.score,
            knowledge=one.knowledge,
            relationship=one.relationship,
            performance=one.performance,
            heard_days=one.heard_days,
            told_days=one.told_days,
            bought=one.bought,
            troubles=one.troubles,
            is_strategic=bool(strategic_ids([who])),
        )
        return Reply(told.model_dump(mode="json"))
