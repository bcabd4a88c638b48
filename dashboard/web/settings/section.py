"""What a section of the settings page is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise

from businesses.enums import Role
from dashboard.web.access import MANAGERS, BusinessRequest


@dataclass(frozen=True, kw_only=True)
class Row:
    """Something already set up, listed beside the form."""

    title: str
    detail: str = ""
    chip: str = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A tab of the settings: one form, what it starts with, what it does, what is there already.

    `save` takes the request and the form's cleaned data and calls one operation.
    """

    key: str
    label: Promise
    title: Promise
    help: Promise
    action: Promise
    form: Callable[..., forms.Form]
    save: Callable[[BusinessRequest, dict[str, Any]], None]
    initial: Callable[[BusinessRequest], dict[str, Any]] = field(default=lambda _request: {})
    rows_title: Promise | str = ""
    rows: Callable[[BusinessRequest], Sequence[Row]] | None = None
    roles: tuple[Role, ...] = MANAGERS
    # What is said of the conditions as they are; a panel of its own.
    warnings: Callable[[], Sequence[str]] = field(default=tuple)
