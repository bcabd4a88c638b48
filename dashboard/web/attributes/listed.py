"""A list of choices, typed one a line."""

from typing import Any

from django import forms

from core.text import normalise
from customers.operations.attributes import Listed


class Chosen(forms.CharField):
    """A list typed one a line: «code = Persian title = English title», the last two optional."""

    widget = forms.Textarea(attrs={"rows": 5})

    def clean(self, value: Any) -> tuple[Listed, ...]:
        """Return the list; a line without a code is named by its place."""
        lines = [line for line in (super().clean(value) or "").splitlines() if line.strip()]
        return tuple(_listed(place, line) for place, line in enumerate(lines, start=1))

    def prepare_value(self, value: Any) -> Any:
        """Show a list one a line."""
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(_written(one) for one in value)


def _listed(place: int, line: str) -> Listed:
    parts = [normalise(part) for part in line.split("=")]
    if len(parts) == 1:
        return Listed(code=f"c{place}", fa=parts[0])
    return Listed(code=parts[0], fa=parts[1], en="".join(parts[2:3]))


def _written(one: Listed) -> str:
    return " = ".join(part for part in (one.code, one.fa, one.en) if part)
