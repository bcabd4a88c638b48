"""The shape of an event and how it travels through JSON."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import UnionType
from typing import (
    Any,
    ClassVar,
    Final,
    Generic,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

_PLAIN: Final = frozenset({bool, float, int, str})

E = TypeVar("E", bound="DomainEvent")

_FROM_JSON: Final[dict[Any, Callable[[str], Any]]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """Something that happened in one business. Subclasses are frozen dataclasses with a `name`."""

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {name: _to_json(getattr(self, name)) for name in _names(type(self))}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Rebuild the event from its stored fields."""
        hints = get_type_hints(cls)
        known = set(_names(cls))
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


_known: dict[type[DomainEvent], tuple[str, ...]] = {}


def _names(event: type[DomainEvent]) -> tuple[str, ...]:
    """Return the names of an event's fields, looked up once."""
    if event not in _known:
        _known[event] = tuple(field.name for field in fields(event))
    return _known[event]


def _to_json(value: object) -> object:
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # datetime is a date
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _to_json(item) for key, item in value.items()}
    return value


def _revive(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _revive(next(arg for arg in inner if arg is not type(None)), value)
    if origin in {list, tuple}:
        return origin(_revive(inner[0], item) for item in value)
    if origin is dict:
        return {key: _revive(inner[1], item) for key, item in value.items()}
    revive = _FROM_JSON.get(hint)
    return revive(value) if revive else value
