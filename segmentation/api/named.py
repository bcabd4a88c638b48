"""Ready-made segments over HTTP: sizes, members with evidence, one customer's, the quadrant."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AwareDatetime, BaseModel

from businesses.enums import Scope
from businesses.queries import business_by_id
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from core.calendar import business_day
from core.errors import NotFound
from customers.queries.merging import survivor_of
from customers.queries.people import customer_view
from segmentation.enums import GUARDED, QUADRANT, NamedSegment
from segmentation.models import NamedNight, NamedStay
from segmentation.queries.named.reading import (
    Back,
    came_back,
    named_night,
    named_of,
    named_rows,
)
from segmentation.queries.named.told import evidence_told, rule_told, usual_told


class NamedSegmentOut(BaseModel):
    """A ready-made segment: its rule in words, what it compared with, and its size last night.

    `is_sign` marks what may be held against somebody: a sign for a person to look at, announced to
    nobody.
    """

    segment: str
    name: str
    rule: str
    usual: str
    is_sign: bool
    customers: int


class NamedSegmentsOut(BaseModel):
    """Every ready-made segment as of a night; null before the first."""

    as_of: date | None
    data: list[NamedSegmentOut]


class StayOut(BaseModel):
    """Somebody's being in a segment: since when, and the numbers it was decided by."""

    segment: str
    name: str
    entered_at: AwareDatetime
    evidence: dict[str, Any]
    explained: str
    as_of: date


class NamedMemberOut(StayOut):
    """A member with what speaks for it."""

    customer_id: UUID
    customer_name: str


class NamedMembersOut(BaseModel):
    """A page of members, who came last first."""

    data: list[NamedMemberOut]
    next_cursor: str | None


class CustomerSegmentsOut(BaseModel):
    """In which ready-made segments one customer is."""

    customer_id: UUID
    data: list[StayOut]


class CellOut(BaseModel):
    """One corner: how many, and of a year's entrants how many came within ninety days."""

    segment: str
    name: str
    customers: int
    entered: int
    came_back: int


class QuadrantOut(BaseModel):
    """Content or not × staying or leaving, of those who answered within a year."""

    as_of: date | None
    data: list[CellOut]


class NamedSegments(Endpoint):
    """GET the ready-made segments."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": NamedSegmentsOut}

    def get(self, call: Call) -> Reply:
        """List them with rules and sizes."""
        del call
        night = named_night()
        told = NamedSegmentsOut(
            as_of=night.as_of if night else None,
            data=[_segment(one, night) for one in NamedSegment],
        )
        return Reply(told.model_dump(mode="json"))


class NamedSegmentMembers(Endpoint):
    """GET who is in a ready-made segment."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    filters: ClassVar = FILTERS | {
        "goods": "a category: only who is new to it (of new_to_product alone)"
    }
    answer: ClassVar = {"GET": NamedMembersOut}

    def get(self, call: Call, named: str) -> Reply:
        """Return members of the newest night by cursor, with what speaks for each."""
        if named not in NamedSegment.values:
            raise NotFound(_("There is no such segment."))
        night = named_night()
        if night is None:
            return Reply(NamedMembersOut(data=[], next_cursor=None).model_dump(mode="json"))
        found = page(
            named_rows(named, night, call.query.get("goods", "")),
            by="entered_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [
            NamedMemberOut(
                **_stay(row).model_dump(),
                customer_id=row.customer_id,
                customer_name=row.customer.name,
            )
            for row in found.rows
        ]
        told = NamedMembersOut(data=rows, next_cursor=found.next_cursor)
        return Reply(told.model_dump(mode="json"))


class CustomerSegments(Endpoint):
    """GET in which ready-made segments a customer is."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": CustomerSegmentsOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return them with what speaks for each."""
        del call
        who = survivor_of(customer_id)
        if customer_view(who) is None:
            raise NotFound(_("There is no such customer."))
        rows = [_stay(row) for row in named_of([who], guarded=True)]
        told = CustomerSegmentsOut(customer_id=who, data=rows)
        return Reply(told.model_dump(mode="json"))


class SegmentQuadrant(Endpoint):
    """GET content or not × staying or leaving."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": QuadrantOut}

    def get(self, call: Call) -> Reply:
        """Return the four corners."""
        night, zone = named_night(), business_by_id(call.business_id).timezone
        backs = came_back(QUADRANT, business_day(call.now, zone), zone.key)
        told = QuadrantOut(
            as_of=night.as_of if night else None,
            data=[_cell(one, night, backs[one.value]) for one in QUADRANT],
        )
        return Reply(told.model_dump(mode="json"))


def _segment(one: NamedSegment, night: NamedNight | None) -> NamedSegmentOut:
    return NamedSegmentOut(
        segment=one.value,
        name=str(one.label),
        rule=rule_told(one),
        usual=usual_told(one, night.usual) if night else "",
        is_sign=one in GUARDED,
        customers=night.sizes.get(one.value, 0) if night else 0,
    )


def _stay(row: NamedStay) -> StayOut:
    return StayOut(
        segment=row.segment,
        name=str(NamedSegment(row.segment).label),
        entered_at=row.entered_at,
        evidence=row.evidence,
        explained=evidence_told(row.segment, row.evidence),
        as_of=row.seen_on,
    )


def _cell(one: NamedSegment, night: NamedNight | None, back: Back) -> CellOut:
    return CellOut(
        segment=one.value,
        name=str(one.label),
        customers=night.sizes.get(one.value, 0) if night else 0,
        entered=back.people,
        came_back=back.came,
    )
