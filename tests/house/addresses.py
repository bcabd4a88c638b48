"""Every address of the product, by kind, with the arguments an outsider would try."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, get_resolver
from pydantic import BaseModel

from core.tenancy.audit import tenant_models

METHODS = ("get", "post", "patch", "put", "delete")
# Ours and open to everybody; none shows anything of a business.
OPEN = {"", "healthz", "readyz", "signup/", "found/", "theme/"}
# Arguments that name no row: any business has them.
WORDS = {
    "segment": "champions",
    "named": "lapsed",
    "key": "champions",
    "number": "1",
    "deed": "approve",
    "rule": UUID(int=7),
    "cover_id": UUID(int=8),
}
_NOT_OURS = ("allauth.", "django.", "drf_spectacular.", "unfold.")


@dataclass(frozen=True)
class Address:
    """One route, what stands behind it and the names of its arguments."""

    route: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Return api, page, token, open or unknown."""
        if self.route.startswith("api/v1/"):
            return "api"
        if self.route.startswith("b/<slug:slug>/"):
            return "page"
        if "token" in self.arguments:
            return "token"
        return "open" if self.route in OPEN else "unknown"

    @property
    def row_arguments(self) -> tuple[str, ...]:
        """Return the arguments that name a row of a business."""
        return tuple(name for name in self.arguments if name.endswith("_id"))

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the methods an endpoint defines; pages answer GET and POST."""
        if self.kind != "api":
            return ("get", "post")
        return tuple(name for name in METHODS if hasattr(self.view, name))

    def path(self, **values: object) -> str:
        """Return the path with its arguments filled in. Raises KeyError without a recipe."""
        path = self.route
        for name in self.arguments:
            value = values[name] if name in values else WORDS[name]
            start, _colon, rest = path.partition(f":{name}>")
            path = f"{start.rpartition('<')[0]}{value}{rest}"
        return f"/{path}"

    def __str__(self) -> str:
        return self.route or "front"


def addresses() -> list[Address]:
    """Return every route of our own, admin excepted (its own test walks the registry)."""
    found = [_address(route, pattern) for route, pattern in _walk(get_resolver().url_patterns)]
    return [one for one in found if not one.view.__module__.startswith(_NOT_OURS)]


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        elif route != "admin/":
            yield from _walk(pattern.url_patterns, route)


def _address(route: str, pattern: URLPattern) -> Address:
    callback = pattern.callback
    view = getattr(callback, "cls", getattr(callback, "view_class", callback))
    names = [part.partition(">")[0].partition(":")[2] for part in route.split("<")[1:]]
    return Address(route, view, tuple(names))


def table_of(argument: str) -> str:
    """Return the tenant table whose row an argument like `import_job_id` names, or ""."""
    wanted = argument.removesuffix("_id").replace("_", "")
    names = {model._meta.model_name or "": model._meta.db_table for model in tenant_models()}
    if wanted in names:
        return names[wanted]
    endings = [table for name, table in names.items() if name.endswith(wanted)]
    return endings[0] if len(endings) == 1 else ""


def example(model: type[BaseModel] | None, rows: Mapping[str, object] | None = None) -> Any:
    """Return the smallest body a model accepts, so that a refusal is not about the body.

    Members named as in `rows` are there too, with those values.
    """
    if model is None:
        return {}
    schema = model.model_json_schema()
    named = {name: str((rows or {})[name]) for name in named_rows(model) if name in (rows or {})}
    return {**_example(schema, schema.get("$defs", {})), **named}


def named_rows(model: type[BaseModel] | None) -> list[str]:
    """Return the members of a body that name a row."""
    names = [] if model is None else list(model.model_fields)
    return [name for name in names if name.endswith("_id") and table_of(name)]


_PLAIN: dict[str, Any] = {"boolean": False, "number": 1, "null": None}
_FORMATS = {
    "uuid": str(UUID(int=7)),
    "date-time": "2026-11-22T10:00:00+03:30",
    "date": "2026-11-22",
}


def _example(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(known[schema["$ref"].rpartition("/")[2]], known)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _example(schema[choice][0], known)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return _of_type(schema, known)


def _of_type(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    kind = schema.get("type", "object")
    if kind == "object":
        required = schema.get("required", [])
        return {name: _example(schema["properties"][name], known) for name in required}
    if kind == "array":
        return [_example(schema["items"], known)]
    if kind == "integer":
        return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), "x" * max(schema.get("minLength", 1), 1))
    return _PLAIN[kind]
