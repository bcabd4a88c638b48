"""Several names typed in one line."""

from typing import Any

from django import forms

from core.text import normalise


class Words(forms.CharField):
    """Names separated by commas; the cleaned value is a tuple."""

    def to_python(self, value: Any) -> Any:
        """Return the names, each in normal spelling."""
        text = super().to_python(value) or ""
        parts = (normalise(one) for one in text.replace("،", ",").split(","))
        return tuple(dict.fromkeys(one for one in parts if one))

    def prepare_value(self, value: Any) -> Any:
        """Show names as they are typed."""
        return "، ".join(value) if isinstance(value, tuple) else value
