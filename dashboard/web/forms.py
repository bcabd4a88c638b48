"""Form fields that understand how people in Iran type: any digits, toman, mobiles."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django_jalali.forms import jDateField

from core.errors import NotFound, Problem
from core.money import MAX_RIAL, RIAL_PER_TOMAN
from core.text import latin_digits, normalise
from customers.queries.identities import ForeignNumber, parse_mobile
from dashboard.web import words

_SEPARATORS: Final = str.maketrans("", "", "٬,،' \u200c\u00a0_")


_LIMITS: Final[Mapping[str, Any]] = {
    "min_value": _("Not less than %(limit_value)s."),
    "max_value": _("Not more than %(limit_value)s."),
}
_LIMITS_IN_TOMAN: Final[Mapping[str, Any]] = {
    "min_value": _("Not less than %(limit_value)s toman."),
    "max_value": _("Not more than %(limit_value)s toman."),
}


class Line(forms.CharField):
    """One line of text, stored in one spelling."""

    def to_python(self, value: Any) -> str:
        """Return the text with Persian ye, kaf and single spaces."""
        return normalise(super().to_python(value) or "")


class Code(forms.CharField):
    """An identifier: Latin digits, written left to right."""

    def to_python(self, value: Any) -> str:
        """Return the code with Latin digits."""
        return latin_digits(normalise(super().to_python(value) or ""))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Write codes left to right."""
        return {**super().widget_attrs(widget), "dir": "ltr"}


class JalaliDay(jDateField):  # type: ignore[misc]  # django-jalali is untyped
    """A day of the Jalali calendar like ۱۴۰۵/۹/۲; the cleaned value is a Gregorian date or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y/%m/%d"], required=False, **options)
        self.error_messages["invalid"] = _("Write a day like 1405/9/2.")

    def clean(self, value: Any) -> date | None:
        """Return the day as a Gregorian date, None when empty."""
        day = super().clean(latin_digits(normalise(value or "")))
        return day.togregorian() if day else None

    def prepare_value(self, value: Any) -> Any:
        """Show a day in the reader's digits."""
        return words.digits(value) if isinstance(value, str) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Write days left to right, without the browser's own calendar."""
        return {**super().widget_attrs(widget), "dir": "ltr", "autocomplete": "off"}


def mobile_of(typed: str) -> str | None:
    """Return an Iranian mobile as E.164, or None when it is not one."""
    try:
        return parse_mobile(typed)
    except ForeignNumber:
        return None


class Mobile(Code):
    """A mobile number typed in any usual way; the cleaned value is E.164 or empty."""

    def clean(self, value: Any) -> str:
        """Return the number as E.164."""
        typed: str = super().clean(value)
        if not typed:
            return ""
        number = mobile_of(typed)
        if number is None:
            raise ValidationError(_("This is not a mobile number; write it like 0912 123 4567."))
        return number

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for their number keys."""
        return {**super().widget_attrs(widget), "inputmode": "tel", "autocomplete": "off"}


class Whole(forms.IntegerField):
    """A whole number typed with any digits and separators."""

    widget = forms.TextInput
    limits = _LIMITS
    default_error_messages: ClassVar = {"invalid": _("Write a number, like 12.")}

    def to_python(self, value: Any) -> int | None:
        """Return the number, or None when empty."""
        if isinstance(value, str):
            value = latin_digits(value).translate(_SEPARATORS)
        return super().to_python(value)

    def run_validators(self, value: Any) -> None:
        """Say which limit a number passes, as numbers are written."""
        try:
            super().run_validators(value)
        except ValidationError as wrong:
            for one in wrong.error_list:
                one.message = self.limits.get(one.code or "", one.message)
                limit = (one.params or {}).get("limit_value")
                if isinstance(limit, int):
                    one.params = {"limit_value": words.number(limit)}
            raise

    def prepare_value(self, value: Any) -> Any:
        """Show an initial number as numbers are written; leave what was typed."""
        return words.number(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for their number keys."""
        return {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}


class TomanField(Whole):
    """An amount typed in toman; the cleaned value is whole rial."""

    limits = _LIMITS_IN_TOMAN

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 1)
        kwargs.setdefault("max_value", MAX_RIAL // RIAL_PER_TOMAN)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:
        """Return rial."""
        typed: int | None = super().clean(value)
        return None if typed is None else typed * RIAL_PER_TOMAN

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Group digits while typing."""
        return {**super().widget_attrs(widget), "data-amount": ""}

    def prepare_value(self, value: Any) -> Any:
        """Show an initial amount of rial as toman; leave what was typed."""
        return words.toman(value) if isinstance(value, int) else value


def problem_to_form(form: forms.Form, sentence: object) -> None:
    """Show an operation's refusal above the form."""
    form.add_error(None, ValidationError(str(sentence)))


def refusal_to_form(form: forms.Form, problem: Problem) -> None:
    """Show a refusal beside the fields it names, or above the form when none of them is there.

    One field is told the whole refusal; of several each its own part.
    """
    named = {path: name for path in problem.fields if (name := _field_named(form, path))}
    if len(set(named.values())) == 1:
        form.add_error(next(iter(named.values())), str(problem.detail))
        return
    for path, name in named.items():
        form.add_error(name, [str(sentence) for sentence in problem.fields[path]])
    if not named:
        problem_to_form(form, problem.detail)


def carry_out(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Do what a sound form asks for; tell whether it was done, or the form says why not.

    Raises Http404 for what is not there.
    """
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except NotFound as error:
        raise Http404 from error
    except Problem as problem:
        refusal_to_form(form, problem)
    return not form.errors


def _field_named(form: forms.Form, path: str) -> str:
    """Return the form's field of an operation's name: the same, with a unit, of a group or list."""
    whole, _dot, last = path.rpartition(".")
    ways = (name for name in form.fields if name == last or name.startswith(f"{last}_"))
    grouped = (name for name in form.fields if name.endswith(f"_{last}"))
    listed = (name for name in form.fields if whole.partition(".")[0] == name)
    return next(listed, None) or next(ways, None) or next(grouped, "")
