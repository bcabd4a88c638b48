"""How bodies and answers are named in the OpenAPI document: no two classes under one name."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.drainage import set_override
from drf_spectacular.plumbing import ResolvedComponent
from pydantic import BaseModel
from pydantic.json_schema import DefsRef, GenerateJsonSchema

_PLACE: Final = "#/components/schemas/{model}"
# Parts of a module's path that tell nothing about what is in it.
_COMMON: Final = {"api", "bodies", "answers"}


class Named(GenerateJsonSchema):
    """JSON Schema whose parts are called as the document calls them."""

    def get_defs_ref(self, core_mode_ref: Any) -> DefsRef:
        """Return the reference of a part, with our name before all others."""
        found = super().get_defs_ref(core_mode_ref)
        path = core_mode_ref[0].rsplit(":", 1)[0]
        if path in _documented():
            ours = DefsRef(document_name(*path.rsplit(".", 1)))
            self._prioritized_defsref_choices[found].insert(0, ours)
        return found


class ModelExtension(PydanticExtension):  # type: ignore[no-untyped-call]
    """Documents Pydantic models as the library does, each under a name of its own."""

    priority = 1

    def get_name(self, auto_schema: Any, direction: Any) -> str:
        """Return the name of the outermost model."""
        del auto_schema, direction
        set_override(self.target, "suppress_collision_warning", value=True)
        return document_name(self.target.__module__, self.target.__qualname__)

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """Return the model's schema; its parts become components."""
        del direction
        schema = self.target.model_json_schema(
            ref_template=_PLACE, schema_generator=Named, mode="serialization"
        )
        for name, part in schema.pop("$defs", {}).items():
            auto_schema.registry.register_on_missing(
                ResolvedComponent(  # type: ignore[no-untyped-call]
                    name=name, type=ResolvedComponent.SCHEMA, object=name, schema=part
                )
            )
        return schema


def document_name(module: str, name: str) -> str:
    """Return a model's name: the class's where no other has it, with its module's before else."""
    if _times()[name] < 2:  # noqa: PLR2004 - once is no collision
        return name
    words = [part for part in module.split(".") if part not in _COMMON]
    return "".join(word.title().replace("_", "") for word in words) + name


@cache
def _documented() -> frozenset[str]:
    return frozenset(f"{one.__module__}.{one.__qualname__}" for one in _models(BaseModel))


@cache
def _times() -> Counter[str]:
    return Counter(path.rsplit(".", 1)[1] for path in _documented())


def _models(root: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in root.__subclasses__():
        if ".api" in one.__module__:
            yield one
        yield from _models(one)
