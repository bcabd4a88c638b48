"""Attributes and what was said of customers, over HTTP (capability C005)."""

from http import HTTPStatus
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from core.api.paging import FILTERS, asked_limit, page
from core.api.views import Call, Endpoint, Reply
from customers.api.answers import ValueOut
from customers.api.bodies import Body, ValueIn
from customers.api.privacy import note_api_view
from customers.api.whose import seen
from customers.models import AttributeDefinition, AttributeValue
from customers.operations.attributes import (
    AttributeChanges,
    Listed,
    NewAttribute,
    change_attribute,
    define_attribute,
    note_attributes,
)
from customers.queries.attributes import (
    Known,
    attributes_of,
    definition_rows,
    read_value,
    version_rows,
)

Kind = Literal["text", "number", "yes_no", "choice", "choices", "day", "month"]
Privacy = Literal["plain", "personal", "sensitive"]
Source = Literal["staff", "customer", "import", "purchase", "inferred"]


class ListedIn(Body):
    """One of a list: a code that never changes, with its titles."""

    code: str
    title_fa: str
    title_en: str = ""

    def new(self) -> Listed:
        """Return the operation's value."""
        return Listed(code=self.code, fa=self.title_fa, en=self.title_en)


class DefinitionIn(Body):
    """Something to know of customers. `choices` for the kinds choice and choices.

    `learned_from`: what of purchases tells it: item, category, daypart, spend, child_goods, or
    `line.` and the name of a member of lines' `attributes`; empty for nothing.
    """

    key: str = Field(max_length=60)
    kind: Kind
    title_fa: str
    title_en: str = ""
    privacy: Privacy = "personal"
    choices: list[ListedIn] = Field(default_factory=list, max_length=200)
    learned_from: str = Field(default="", max_length=100)

    def new(self) -> NewAttribute:
        """Return the operation's value."""
        listed = tuple(one.new() for one in self.choices)
        return NewAttribute(**self.model_dump(exclude={"choices"}), choices=listed)


class DefinitionPatch(Body):
    """What to change: an absent member stays as it is; nothing goes from a list."""

    title_fa: str | None = None
    title_en: str | None = None
    privacy: Privacy | None = None
    choices: list[ListedIn] | None = Field(default=None, max_length=200)
    learned_from: str | None = Field(default=None, max_length=100)
    is_active: bool | None = None

    def changes(self) -> AttributeChanges:
        """Return the operation's value."""
        listed = None if self.choices is None else tuple(one.new() for one in self.choices)
        return AttributeChanges(**self.model_dump(exclude={"choices"}), choices=listed)


class ListedOut(BaseModel):
    """One of a list."""

    code: str
    title_fa: str
    title_en: str


class DefinitionOut(BaseModel):
    """An attribute."""

    id: UUID
    key: str
    kind: Kind
    title_fa: str
    title_en: str
    privacy: Privacy
    choices: list[ListedOut]
    learned_from: str
    is_active: bool
    created_at: AwareDatetime


class DefinitionListOut(BaseModel):
    """A page of attributes, newest first."""

    data: list[DefinitionOut]
    next_cursor: str | None


class ValuesIn(Body):
    """What was said of a customer by the attributes' keys; null takes back what was known.

    Days and months are Jalali, like 1370-12-30 and 1402-05. `observed_at` is now unless told.
    """

    values: dict[str, ValueIn | None] = Field(max_length=50)
    source: Source = "customer"
    observed_at: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None


class HeldOut(BaseModel):
    """What holds: where it is from, and when somebody last said the same."""

    key: str
    title: str
    kind: Kind
    privacy: Privacy
    value: ValueOut
    source: Source
    observed_at: AwareDatetime
    confirmed_at: AwareDatetime | None
    valid_to: AwareDatetime | None


class HeldListOut(BaseModel):
    """Everything that holds of one customer."""

    data: list[HeldOut]


class VersionOut(BaseModel):
    """One thing said of a customer; a value of null took back what was known until then."""

    id: UUID
    key: str
    value: ValueOut | None
    source: Source
    observed_at: AwareDatetime
    valid_to: AwareDatetime | None
    recorded_at: AwareDatetime


class VersionListOut(BaseModel):
    """A page of what was said, newest first."""

    data: list[VersionOut]
    next_cursor: str | None


class AttributeDefinitions(Endpoint):
    """GET the attributes, POST one."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    filters: ClassVar = FILTERS
    body: ClassVar = {"POST": DefinitionIn}
    answer: ClassVar = {"GET": DefinitionListOut, "POST": DefinitionOut}
    answer_status: ClassVar = {"POST": 201}

    def get(self, call: Call) -> Reply:
        """List attributes, newest first, withdrawn ones too."""
        found = page(
            definition_rows(),
            by="id",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_definition(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})

    def post(self, call: Call, body: DefinitionIn) -> Reply:
        """Define an attribute."""
        row = define_attribute(new=body.new(), now=call.now)
        return Reply(_definition(row), HTTPStatus.CREATED)


class AttributeDefinitionItem(Endpoint):
    """PATCH one attribute."""

    scopes: ClassVar = {"PATCH": "customers:write"}
    body: ClassVar = {"PATCH": DefinitionPatch}
    answer: ClassVar = {"PATCH": DefinitionOut}

    def patch(self, call: Call, body: DefinitionPatch, attribute_definition_id: UUID) -> Reply:
        """Change titles, who sees it, its list, or whether it is in use; key and kind stay."""
        row = change_attribute(
            definition_id=attribute_definition_id, changes=body.changes(), now=call.now
        )
        return Reply(_definition(row))


class CustomerAttributes(Endpoint):
    """GET what holds of a customer, POST what was said."""

    scopes: ClassVar = {"GET": "customers:read", "POST": "customers:write"}
    body: ClassVar = {"POST": ValuesIn}
    answer: ClassVar = {"GET": HeldListOut, "POST": HeldListOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """Return what holds now, sensitive attributes included."""
        whose = seen(customer_id).id
        note_api_view(whose, call)
        return _held(whose, call)

    def post(self, call: Call, body: ValuesIn, customer_id: UUID) -> Reply:
        """Write down what was said, as a new version; return what holds now."""
        whose = seen(customer_id).id
        note_attributes(
            customer_id=whose,
            given=body.values,
            source=body.source,
            observed_at=body.observed_at,
            valid_to=body.valid_to,
            now=call.now,
        )
        return _held(whose, call)


class AttributeVersions(Endpoint):
    """GET everything that was said of a customer."""

    scopes: ClassVar = {"GET": "customers:read"}
    filters: ClassVar = {"key": "of one attribute", **FILTERS}
    answer: ClassVar = {"GET": VersionListOut}

    def get(self, call: Call, customer_id: UUID) -> Reply:
        """List what was said, newest first."""
        whose = seen(customer_id).id
        note_api_view(whose, call)
        found = page(
            version_rows(whose, call.query.get("key", "")),
            by="observed_at",
            cursor=call.query.get("cursor"),
            limit=asked_limit(call.query.get("limit")),
        )
        data = [_version(row) for row in found.rows]
        return Reply({"data": data, "next_cursor": found.next_cursor})


def _held(customer_id: UUID, call: Call) -> Reply:
    known = attributes_of([customer_id], call.now)[customer_id]
    return Reply({"data": [_one(one) for one in known.values()]})


def _one(one: Known) -> dict[str, Any]:
    definition = one.definition
    return {
        "key": definition.key,
        "title": definition.title,
        "kind": definition.kind,
        "privacy": definition.privacy,
        "value": read_value(definition.kind, one.value),
        "source": one.source,
        "observed_at": one.observed_at,
        "confirmed_at": one.confirmed_at,
        "valid_to": one.valid_to,
    }


def _version(row: AttributeValue) -> dict[str, Any]:
    kind = row.definition.kind
    return {
        "id": row.id,
        "key": row.key,
        "value": None if row.value is None else read_value(kind, row.value),
        "source": row.source,
        "observed_at": row.observed_at,
        "valid_to": row.valid_to,
        "recorded_at": row.recorded_at,
    }


def _definition(row: AttributeDefinition) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "kind": row.kind,
        "title_fa": row.title_fa,
        "title_en": row.title_en,
        "privacy": row.privacy,
        "choices": [
            {"code": one["code"], "title_fa": one["fa"], "title_en": one["en"]}
            for one in row.choices
        ],
        "learned_from": row.learned_from,
        "is_active": row.is_active,
        "created_at": row.created_at,
    }
