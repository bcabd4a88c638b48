"""What a sale says of itself and of its lines, held against the business's fields (C016).

Businesses without fields say what they like, and sales that say nothing cost no question.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.errors import Problem, Sentence
from customers.models import ContextField
from customers.operations.purchases.values import NewLine, NewPurchase
from customers.queries.context import context_fields, wrong_with

INVALID: Final = "invalid_context"
# So many wrong ones are told at once.
_MOST_TOLD: Final = 20
_MOST_NAME: Final = 40


def fields_for(said: Sequence[Mapping[str, Any]]) -> dict[str, ContextField]:
    """Return the business's fields where anything is said; one query, or none."""
    return context_fields() if any(said) else {}


def check_context(
    fields: Mapping[str, ContextField], context: Mapping[str, Any], lines: Sequence[NewLine]
) -> None:
    """Refuse what no field has, or has otherwise, by its name: Problem `invalid_context`.

    `context` is of the whole sale, and of a sale without lines nothing can be said.
    """
    if context and not lines:
        detail = _("Say with its lines what a sale is about; this one has none.")
        raise Problem(INVALID, detail, about="context")
    # First, for lines may have it from there already.
    _refuse(fields, {"context": context})
    places = enumerate(lines)
    _refuse(fields, {f"lines.{place}.attributes": line.attributes for place, line in places})


def _refuse(fields: Mapping[str, ContextField], places: Mapping[str, Mapping[str, Any]]) -> None:
    wrong: dict[str, list[Sentence]] = {
        f"{at}.{key[:_MOST_NAME]}": [sentence]
        for at, said in places.items()
        for key, given in said.items()
        if (sentence := wrong_with(fields, key, given)) is not None
    }
    if wrong:
        told = dict(list(wrong.items())[:_MOST_TOLD])
        (first, *_more) = next(iter(told.values()))
        raise Problem(INVALID, first, fields=told)


def without_context(new: NewPurchase) -> NewPurchase:
    """Return a sale that says nothing of what it is about."""
    lines = tuple(replace(line, attributes={}) for line in new.lines)
    return replace(new, context={}, lines=lines)


def with_context(lines: Sequence[NewLine], context: Mapping[str, Any]) -> tuple[NewLine, ...]:
    """Return the lines with what holds of the whole sale; what a line says itself stands."""
    if not context:
        return tuple(lines)
    return tuple(replace(line, attributes={**context, **line.attributes}) for line in lines)
