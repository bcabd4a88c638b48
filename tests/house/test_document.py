"""The OpenAPI document says of every body and answer what its own class says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from pydantic import BaseModel

from core.api.models import document_name


@pytest.fixture(scope="module")
def document() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def _views(patterns: Any) -> Iterator[Any]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _views(one.url_patterns)
        elif isinstance(one, URLPattern) and hasattr(one.callback, "cls"):
            yield one.callback.cls


def _models(name: str) -> set[type[BaseModel]]:
    views = list(_views(get_resolver().url_patterns))
    found = (model for view in views for model in getattr(view, name, {}).values())
    return {one for one in found if isinstance(one, type) and issubclass(one, BaseModel)}


@pytest.mark.parametrize("name", ["body", "answer"])
def test_every_model_is_documented_with_its_own_fields(document: Any, name: str) -> None:
    """Classes of one name in two modules took each other's place in the document."""
    components = document["components"]["schemas"]
    models = _models(name)
    assert len(models) > 50
    for model in models:
        known = document_name(model.__module__, model.__qualname__)
        names = (known, f"{known}Request", f"Patched{known}Request")
        part = next((components[one] for one in names if one in components), None)
        assert part is not None, known
        fields = {field.alias or key for key, field in model.model_fields.items()}
        assert set(part.get("properties", {})) == fields, model


def test_names_are_told_apart_only_where_they_have_to_be(document: Any) -> None:
    """Once all classes are there, as the document has them; alone this test knew none."""
    assert document
    assert document_name("segmentation.api.own", "OwnSegmentOut") == "OwnSegmentOut"
    assert document_name("loyalty.api.pos.bodies", "BatchIn") == "LoyaltyPosBatchIn"
    assert document_name("payments.api.quote_parts", "PartOut") == "PaymentsQuotePartsPartOut"
