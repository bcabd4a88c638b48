"""Saying what the lines of sales may tell, and laying out what a trade usually does."""

from customers.operations.context.define import (
    ContextChanges,
    NewContextField,
    change_context_field,
    define_context_field,
)
from customers.operations.context.presets import lay_out_context

__all__ = [
    "ContextChanges",
    "NewContextField",
    "change_context_field",
    "define_context_field",
    "lay_out_context",
]
