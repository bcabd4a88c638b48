"""Defining what a business wants to know, and writing down what was said of somebody."""

from customers.operations.attributes.define import (
    AttributeChanges,
    Listed,
    NewAttribute,
    change_attribute,
    define_attribute,
)
from customers.operations.attributes.note import note_attributes
from customers.operations.attributes.presets import lay_out_preset

__all__ = [
    "AttributeChanges",
    "Listed",
    "NewAttribute",
    "change_attribute",
    "define_attribute",
    "lay_out_preset",
    "note_attributes",
]
