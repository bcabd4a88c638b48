"""Segments of a business's own over HTTP: made, tried, changed, read."""

from http import HTTPStatus
from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from businesses.enums import Scope
from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from customers.api.bodies import Body
from segmentation.operations import (
    change_own_segment,
    close_own_segment,
    create_own_segment,
)
from segmentation.queries.own.document import Rule
from segmentation.queries.own.names import names
from segmentation.queries.own.reading import (
    OwnRow,
    entered_at,
    own_segment,
    own_segments,
    preview,
    read_rule,
    reasons_in,
    sentence_of,
    stay_rows,
)


class OwnSegmentIn(Body):
    """A name and a rule: conditions joined by `all`, `any` and `not`, at most 30."""

    name: str = Field(min_length=1, max_length=80)
    rule: Rule


class PreviewIn(Body):
    """A rule to be tried."""

    rule: Rule


class OwnSegmentOut(BaseModel):
    """An own segment; `explained` is its rule as a sentence of the asked language."""

    id: UUID
    name: str
    rule: dict[str, Any]
    explained: str
    customers: int
    is_open: bool
    created_at: AwareDatetime
    changed_at: AwareDatetime
    counted_at: AwareDatetime | None


class OwnSegmentsOut(BaseModel):
    """Open own segments, by name."""

    data: list[OwnSegmentOut]


class PersonOut(BaseModel):
    """A customer a rule is about."""

    customer_id: UUID
    name: str


class PreviewOut(BaseModel):
    """How many customers a rule is about now, a few of them, and the rule in words.

    Where a sample answers for very many customers, `customers` is about right and lies between
    `least` and `most` 95 times out of 100; otherwise these are absent.
    """

    customers: int
    least: int | None = None
    most: int | None = None
    explained: str
    people: list[PersonOut]


class OwnMemberOut(BaseModel):
    """Who is in the segment, and since when."""

    customer_id: UUID
    name: str
    entered_at: AwareDatetime


class OwnMembersOut(BaseModel):
    """A page of members, the newest first."""

    data: list[OwnMemberOut]
    next_cursor: str | None


class ReasonOut(BaseModel):
    """A condition of the rule in words, whether it holds, and the number it was decided by.

    `value` is in the unit the condition asks in (times, rial, days, percent, a mark); null where
    it asks for none or the customer has none.
    """

    kind: str
    explained: str
    holds: bool
    value: int | None


class OwnMemberWhyOut(BaseModel):
    """Why a customer is in the segment or is not, as of now, and since when they are in it."""

    customer_id: UUID
    entered_at: AwareDatetime | None
    conditions: list[ReasonOut]


class OwnSegments(Endpoint):
    """GET own segments; POST makes one."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ, "POST": Scope.CUSTOMERS_WRITE}
    body: ClassVar = {"POST": OwnSegmentIn}
    answer: ClassVar = {"GET": OwnSegmentsOut, "POST": OwnSegmentOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List the open ones with their sizes."""
        del call
        known = names()
        told = OwnSegmentsOut(
            data=[_told(row, sentence_of(row.segment, known)) for row in own_segments()]
        )
        return Reply(told.model_dump(mode="json"))

    def post(self, call: Call, body: OwnSegmentIn) -> Reply:
        """Make one and put everybody it is about into it."""
        row = create_own_segment(name=body.name, rule=_plain(body.rule), actor=None, now=call.now)
        return Reply(_item(row.id).model_dump(mode="json"), HTTPStatus.CREATED)


class OwnSegmentItem(Endpoint):
    """GET one; PUT changes it; DELETE closes it."""

    scopes: ClassVar = {
        "GET": Scope.CUSTOMERS_READ,
        "PUT": Scope.CUSTOMERS_WRITE,
        "DELETE": Scope.CUSTOMERS_WRITE,
    }
    body: ClassVar = {"PUT": OwnSegmentIn}
    answer: ClassVar = {"GET": OwnSegmentOut, "PUT": OwnSegmentOut}
    answer_status: ClassVar = {"DELETE": 204}

    def get(self, call: Call, own_segment_id: UUID) -> Reply:
        """Return it with its size."""
        del call
        return Reply(_item(own_segment_id).model_dump(mode="json"))

    def put(self, call: Call, body: OwnSegmentIn, own_segment_id: UUID) -> Reply:
        """Change its name and rule."""
        change_own_segment(
            own_segment_id=own_segment_id,
            name=body.name,
            rule=_plain(body.rule),
            actor=None,
            now=call.now,
        )
        return Reply(_item(own_segment_id).model_dump(mode="json"))

    def delete(self, call: Call, own_segment_id: UUID) -> Reply:
        """Close it; who was in it when stays written."""
        close_own_segment(own_segment_id=own_segment_id, actor=None, now=call.now)
        return Reply(None, HTTPStatus.NO_CONTENT)


class OwnSegmentMembers(Endpoint):
    """GET who is in an own segment."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    filters: ClassVar = FILTERS
    answer: ClassVar = {"GET": OwnMembersOut}

    def get(self, call: Call, own_segment_id: UUID) -> Reply:
        """Return members by cursor, who came last first."""
        own_segment(own_segment_id)
        found = page(
            stay_rows(own_segment_id),
            by="entered_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        rows = [
            OwnMemberOut(
                customer_id=row.customer_id, name=row.customer.name, entered_at=row.entered_at
            )
            for row in found.rows
        ]
        told = OwnMembersOut(data=rows, next_cursor=found.next_cursor)
        return Reply(told.model_dump(mode="json"))


class OwnSegmentMember(Endpoint):
    """GET why a customer is in an own segment, or is not."""

    scopes: ClassVar = {"GET": Scope.CUSTOMERS_READ}
    answer: ClassVar = {"GET": OwnMemberWhyOut}

    def get(self, call: Call, own_segment_id: UUID, customer_id: UUID) -> Reply:
        """Return every condition of its rule as it stands for them now."""
        reasons = reasons_in(own_segment_id, customer_id, call.now)
        told = OwnMemberWhyOut(
            customer_id=customer_id,
            entered_at=entered_at(own_segment_id, customer_id),
            conditions=[
                ReasonOut(kind=one.kind, explained=one.sentence, holds=one.holds, value=one.value)
                for one in reasons
            ],
        )
        return Reply(told.model_dump(mode="json"))


class SegmentPreview(Endpoint):
    """POST tries a rule: how many, a few of them, and what it says."""

    scopes: ClassVar = {"POST": Scope.CUSTOMERS_READ}
    body: ClassVar = {"POST": PreviewIn}
    answer: ClassVar = {"POST": PreviewOut}

    def post(self, call: Call, body: PreviewIn) -> Reply:
        """Hold everybody against the rule; nothing is kept."""
        known = names()
        found = preview(read_rule(_plain(body.rule), known), call.now, known)
        told = PreviewOut(
            customers=found.customers,
            least=found.between[0] if found.between else None,
            most=found.between[1] if found.between else None,
            explained=found.sentence,
            people=[PersonOut(customer_id=one.customer_id, name=one.name) for one in found.people],
        )
        return Reply(told.model_dump(mode="json"))


def _plain(rule: Any) -> Any:
    return rule.model_dump(mode="json", exclude_none=True)


def _item(own_segment_id: UUID) -> OwnSegmentOut:
    row = own_segment(own_segment_id)
    return _told(row, sentence_of(row.segment))


def _told(row: OwnRow, sentence: str) -> OwnSegmentOut:
    one = row.segment
    return OwnSegmentOut(
        id=one.id,
        name=one.name,
        rule=one.rule,
        explained=sentence,
        customers=row.customers,
        is_open=one.is_open,
        created_at=one.created_at,
        changed_at=one.changed_at,
        counted_at=one.counted_at,
    )
