"""What lines of sales may tell, over HTTP (capability C016)."""

from http import HTTPStatus
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from customers.api.attributes import ListedIn, ListedOut
from customers.api.bodies import Body
from customers.models import ContextField
from customers.operations.context import (
    ContextChanges,
    NewContextField,
    change_context_field,
    define_context_field,
    lay_out_context,
)
from customers.queries.context import context_rows

Kind = Literal["text", "number", "yes_no", "choice"]


class FieldIn(Body):
    """Something a line's `attributes` may tell. `choices` for the kind choice.

    From the first field on, lines that tell anything else, or otherwise, are refused.
    """

    key: str = Field(max_length=60)
    kind: Kind
    title_fa: str
    title_en: str = ""
    choices: list[ListedIn] = Field(default_factory=list, max_length=200)

    def new(self) -> NewContextField:
        """Return the operation's value."""
        listed = tuple(one.new() for one in self.choices)
        return NewContextField(**self.model_dump(exclude={"choices"}), choices=listed)


class FieldPatch(Body):
    """What to change: an absent member stays as it is; nothing goes from a list."""

    title_fa: str | None = None
    title_en: str | None = None
    choices: list[ListedIn] | None = Field(default=None, max_length=200)
    is_active: bool | None = None

    def changes(self) -> ContextChanges:
        """Return the operation's value."""
        listed = None if self.choices is None else tuple(one.new() for one in self.choices)
        return ContextChanges(**self.model_dump(exclude={"choices"}), choices=listed)


class FieldOut(BaseModel):
    """A field of sales."""

    id: UUID
    key: str
    kind: Kind
    title_fa: str
    title_en: str
    choices: list[ListedOut]
    is_active: bool
    created_at: AwareDatetime


class FieldListOut(BaseModel):
    """A page of fields, newest first."""

    data: list[FieldOut]
    next_cursor: str | None


class TradeIn(Body):
    """A trade whose usual fields to lay out."""

    vertical: Literal["cafe", "clothing", "toys", "other"]


class LaidOut(BaseModel):
    """How many fields were added."""

    added: int


class ContextFields(Endpoint):
    """GET the fields of sales, POST one."""

    scopes: ClassVar = {"GET": "purchases:read", "POST": "settings:write"}
    filters: ClassVar = FILTERS
    body: ClassVar = {"POST": FieldIn}
    answer: ClassVar = {"GET": FieldListOut, "POST": FieldOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List fields, newest first, withdrawn ones too."""
        found = page(
            context_rows(),
            by="id",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_field(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: FieldIn) -> Reply:
        """Define a field."""
        row = define_context_field(new=body.new(), now=call.now)
        return Reply(_field(row), HTTPStatus.CREATED)


class ContextPreset(Endpoint):
    """POST a trade."""

    scopes: ClassVar = {"POST": "settings:write"}
    body: ClassVar = {"POST": TradeIn}
    answer: ClassVar = {"POST": LaidOut}

    def post(self, call: Call, body: TradeIn) -> Reply:
        """Add what the lines of a trade usually tell; what is there stays as it is."""
        return Reply({"added": lay_out_context(vertical=body.vertical, now=call.now)})


class ContextFieldItem(Endpoint):
    """PATCH one field."""

    scopes: ClassVar = {"PATCH": "settings:write"}
    body: ClassVar = {"PATCH": FieldPatch}
    answer: ClassVar = {"PATCH": FieldOut}

    def patch(self, call: Call, body: FieldPatch, context_field_id: UUID) -> Reply:
        """Change titles, its list, or whether it is in use; key and kind stay."""
        row = change_context_field(field_id=context_field_id, changes=body.changes(), now=call.now)
        return Reply(_field(row))


def _field(row: ContextField) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "kind": row.kind,
        "title_fa": row.title_fa,
        "title_en": row.title_en,
        "choices": [
            {"code": one["code"], "title_fa": one["fa"], "title_en": one["en"]}
            for one in row.choices
        ],
        "is_active": row.is_active,
        "created_at": row.created_at,
    }
