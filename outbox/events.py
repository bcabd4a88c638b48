"""The shape of an event and how it travels through JSON."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from types import UnionType
from typing import Any, ClassVar, Generic, Self, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

E = TypeVar("E", bound="DomainEvent")

_FROM_JSON = {UUID: UUID, datetime: datetime.fromisoformat, date: date.fromisoformat}


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened in one business. Subclasses are frozen dataclasses with a `name`."""

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {field.name: _to_json(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Rebuild the event from its stored fields."""
        hints = get_type_hints(cls)
        known = {field.name for field in fields(cls)}
        return cls(
            **{key: _revive(hints[key], value) for key, value in payload.items() if key in known}
        )


@dataclass(frozen=True, slots=True)
class Recorded(Generic[E]):
    """An event together with its place in the outbox."""

    id: UUID
    business_id: UUID
    at: datetime
    body: E


def _to_json(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # datetime is a date
        return value.isoformat()
    return value


def _revive(hint: Any, value: Any) -> Any:  # noqa: ANN401 - JSON in, field value out
    if value is None:
        return None
    if get_origin(hint) in {Union, UnionType}:
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    revive = _FROM_JSON.get(hint)
    return revive(value) if revive else value
