"""The form of one rule, its templates, and the form that publishes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Nonsense

from businesses.queries import branches, employees
from core.calendar import WEEKDAY_NAMES, format_jalali
from core.ids import new_id
from core.text import latin_digits, normalise
from customers.enums import Channel
from dashboard.web.forms import JalaliDay, Line, TomanField, Whole
from dashboard.web.rules.after_fields import (
    AFTER,
    OF_PURCHASES,
    AfterFields,
    after_in,
    after_typed,
    missing_after,
)
from dashboard.web.rules.attribute_fields import asked_in, attribute_fields, typed_in
from dashboard.web.rules.more_conditions import MoreConditions, more_in, more_typed
from dashboard.web.rules.present_fields import (
    PresentFields,
    missing_in,
    present_in,
    present_typed,
)
from dashboard.web.rules.word_lists import Words
from dashboard.web.rules.words_of_rules import clock
from loyalty.enums import CapSpan, RuleEffect
from loyalty.queries import tiers
from loyalty.queries.rules.document import Bonus, When
from loyalty.queries.rules.segments import segment_names

_HOUR: Final = 60
_FACTOR: Final = re.compile(r"[1-9][0-9]{0,8}/[1-9][0-9]{0,8}")
_TIMES: Final = (
    ("3/2", _("one and a half times")),
    ("2/1", _("twice")),
    ("3/1", _("three times")),
    ("4/1", _("four times")),
    ("5/1", _("five times")),
)
_TWICE: Final = "2/1"
_WHICH: Final = (
    ("", _("any")),
    ("first", _("the first")),
    ("number", _("the one with this number")),
    ("every", _("each so-many")),
)
CHANNELS: Final = (Channel.TILL, Channel.POS, Channel.WEB, Channel.OTHER)


class Hour(forms.CharField):
    """A time of the day like ۸:۳۰; the cleaned value is its minute, None when empty."""

    def to_python(self, value: Any) -> Any:
        """Return the minute of the day."""
        text = latin_digits(normalise(super().to_python(value) or ""))
        if not text:
            return None
        hour, _colon, minute = text.partition(":")
        if not (hour.isdigit() and (minute or "0").isdigit()):
            raise ValidationError(_("Write a time like 8:30."))
        found = int(hour) * _HOUR + int(minute or "0")
        if int(minute or "0") >= _HOUR or found > 24 * _HOUR:
            raise ValidationError(_("Write a time like 8:30."))
        return found % (24 * _HOUR)

    def prepare_value(self, value: Any) -> Any:
        """Show a minute as a time."""
        return clock(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Write times left to right."""
        return {**super().widget_attrs(widget), "dir": "ltr", "autocomplete": "off"}


def _several(label: Any, choices: Sequence[tuple[str, Any]] = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class RuleForm(PresentFields, MoreConditions, AfterFields):
    """One rule beside the rate."""

    name = Line(label=_("Name of the rule"), max_length=80)
    effect = forms.ChoiceField(
        label=_("What it gives"), choices=RuleEffect.choices, initial=RuleEffect.TIMES
    )
    times = forms.ChoiceField(
        label=_("How many times as many points"), choices=_TIMES, required=False
    )
    points = Whole(label=_("How many points"), required=False, min_value=1)
    per = TomanField(label=_("For every … toman"), required=False)
    weekdays = _several(
        _("On which days"), [(str(at), name) for at, name in enumerate(WEEKDAY_NAMES)]
    )
    start = Hour(label=_("From what time"), required=False)
    end = Hour(label=_("To what time"), required=False)
    since = JalaliDay(label=_("From what date"))
    until = JalaliDay(label=_("To what date"))
    least = TomanField(label=_("Smallest purchase, toman"), required=False, min_value=0)
    categories = Words(
        label=_("Only these categories"),
        required=False,
        help_text=_("As your purchases call them, separated by commas. Empty: everything."),
    )
    skus = Words(label=_("Only these goods, by their code (SKU)"), required=False)
    which = forms.ChoiceField(
        label=_("Which purchase of the customer"), choices=_WHICH, required=False
    )
    number = Whole(label=_("Number of the purchase"), required=False, min_value=1)
    tiers = _several(_("Customers of which level"))
    segments = _several(_("Customers of which segment"))
    channels = _several(_("Sold through"), [(str(one), one.label) for one in CHANNELS])
    branches = _several(_("At which branch"))
    employees = _several(_("Sold by whom"))
    cap = Whole(label=_("Most points of one purchase"), required=False, min_value=1)
    customer_cap = Whole(
        label=_("Most points, or presents, of one customer"), required=False, min_value=1
    )
    customer_span = forms.ChoiceField(
        label=_("within"), choices=CapSpan.choices, initial=CapSpan.MONTH, required=False
    )
    budget = TomanField(
        label=_("Budget in all, toman"),
        required=False,
        min_value=0,
        help_text=_("When it is used up the rule gives nothing more. Empty: no limit."),
    )
    funder = Line(
        label=_("Paid for by"),
        required=False,
        max_length=80,
        help_text=_(
            "A supplier or partner who pays for these points; what is owed for them is told apart. "
            "Empty: you."
        ),
    )
    group = Line(
        label=_("Group"),
        required=False,
        max_length=40,
        help_text=_(
            "Of rules with the same group only one counts: the best for the customer, or for your "
            "margin if the rate of the draft says so."
        ),
    )

    def __init__(self, *args: Any, key: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key or new_id()
        self._offer(self.data.get("times") or self.initial.get("times") or "")
        for name, choices in (
            ("tiers", _named(tiers())),
            ("segments", list(segment_names())),
            ("branches", _named(branches())),
            ("employees", _named(employees())),
        ):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = choices
            if not choices:
                del self.fields[name]
        known = attribute_fields(self.initial)
        self.fields.update(known)
        self._known = tuple(known)

    @property
    def attributes(self) -> list[forms.BoundField]:
        """The fields about what is known of customers."""
        return [self[name] for name in self._known]

    @property
    def asks_attributes(self) -> bool:
        """Tell whether the rule asks about what is known of customers already."""
        return any(name in self.initial for name in self._known)

    def _offer(self, factor: str) -> None:
        """Offer a factor too that was set elsewhere."""
        field = self.fields["times"]
        if _FACTOR.fullmatch(factor) and isinstance(field, forms.ChoiceField):
            num, _slash, den = factor.partition("/")
            known = dict(_TIMES)
            field.choices = [*_TIMES, *([] if factor in known else [(factor, f"× {num} ÷ {den}")])]

    def clean(self) -> dict[str, Any]:
        """Say what the chosen effect misses, and what makes no sense together."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("moment") == AFTER:
            # Fields that are not shown ask nothing.
            data |= dict.fromkeys(OF_PURCHASES)
        effect = data.get("effect")
        present = missing_in(RuleEffect(effect), data) if effect else ()
        missed: Iterator[tuple[str, Promise | str]] = chain(
            _missing_points(effect, data), _missing_when(data), present, missing_after(data)
        )
        for name, sentence in missed:
            self._miss(name, sentence)
        return data

    def _miss(self, name: str, sentence: Promise | str) -> None:
        if name not in self.errors:
            self.add_error(name, str(sentence))

    def bonus(self) -> Bonus:
        """Return the rule as typed. Raises pydantic's ValidationError for nonsense."""
        data = self.cleaned_data
        effect = RuleEffect(data["effect"])
        num, den = _numbers(effect, data)
        return Bonus(
            key=self.key,
            name=data["name"],
            when=_when(data, self._known),
            effect=effect,
            num=num,
            den=den,
            present=present_in(effect, data),
            group=data.get("group") or "",
            funder="" if effect.is_present else data.get("funder") or "",
            cap_points=None if effect.is_present else data.get("cap"),
            customer_cap_points=data.get("customer_cap"),
            customer_span=CapSpan(data.get("customer_span") or CapSpan.EVER),
            budget_rial=data.get("budget"),
        )

    def composed(self) -> Bonus | None:
        """Return the rule as far as it makes sense while it is typed, or None."""
        self.is_valid()
        self.cleaned_data.setdefault("name", "…")
        try:
            return self.bonus()
        except (KeyError, TypeError, Nonsense):
            return None


def _missing_points(effect: str | None, data: Mapping[str, Any]) -> Iterator[tuple[str, Promise]]:
    """Yield (field, sentence) of what points of a rule miss."""
    if effect in {RuleEffect.RATE, RuleEffect.FIXED} and not data.get("points"):
        yield "points", _("How many points?")
    if effect == RuleEffect.RATE and not data.get("per"):
        yield "per", _("For how much?")


def _missing_when(data: Mapping[str, Any]) -> Iterator[tuple[str, Promise]]:
    """Yield (field, sentence) of conditions that are half typed."""
    if (data.get("start") is None) != (data.get("end") is None):
        yield "end", _("Write both times or neither.")
    if data.get("which") in {"number", "every"} and not data.get("number"):
        yield "number", _("Which number?")


def _named(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in rows]


def _numbers(effect: RuleEffect, data: Mapping[str, Any]) -> tuple[int, int]:
    if effect == RuleEffect.TIMES:
        num, den = (data["times"] or _TWICE).split("/")
        return int(num), int(den)
    if effect.is_present:
        return (data["stamps"] if effect == RuleEffect.STAMP else 1), 1
    return data["points"], data["per"] if effect == RuleEffect.RATE else 1


def _when(data: Mapping[str, Any], known: Sequence[str]) -> When:
    which, number = data.get("which"), data.get("number")
    return When(
        least_rial=data.get("least") or 0,
        skus=data.get("skus") or (),
        categories=data.get("categories") or (),
        channels=tuple(data.get("channels") or ()),
        branches=_ids(data.get("branches")),
        employees=_ids(data.get("employees")),
        since=data.get("since"),
        until=data.get("until"),
        weekdays=tuple(int(one) for one in data.get("weekdays") or ()),
        from_minute=data.get("start"),
        to_minute=data.get("end"),
        tiers=_ids(data.get("tiers")),
        segments=tuple(data.get("segments") or ()),
        attributes=asked_in(data, known),
        number=1 if which == "first" else number if which == "number" else None,
        every=number if which == "every" else None,
        **more_in(data),
        **after_in(data),
    )


def _ids(values: Sequence[str] | None) -> tuple[UUID, ...]:
    return tuple(UUID(one) for one in values or ())


def initial_of(bonus: Bonus) -> dict[str, Any]:
    """Return what the form of a rule starts with."""
    when = bonus.when
    return (
        typed_in(when)
        | more_typed(when)
        | after_typed(when)
        | present_typed(bonus)
        | {
            "name": bonus.name,
            "effect": str(bonus.effect),
            "times": f"{bonus.num}/{bonus.den}" if bonus.effect == RuleEffect.TIMES else _TWICE,
            "points": bonus.num if bonus.effect in {RuleEffect.RATE, RuleEffect.FIXED} else None,
            "per": bonus.den if bonus.effect == RuleEffect.RATE else None,
            "weekdays": [str(one) for one in when.weekdays],
            "start": when.from_minute,
            "end": when.to_minute,
            "since": _day(when.since),
            "until": _day(when.until),
            "least": when.least_rial or None,
            "categories": when.categories,
            "skus": when.skus,
            "which": "first" if when.number == 1 else "number" if when.number else _every(when),
            "number": when.every or when.number,
            "tiers": [str(one) for one in when.tiers],
            "segments": list(when.segments),
            "channels": list(when.channels),
            "branches": [str(one) for one in when.branches],
            "employees": [str(one) for one in when.employees],
            "cap": bonus.cap_points,
            "customer_cap": bonus.customer_cap_points,
            "customer_span": str(bonus.customer_span),
            "budget": bonus.budget_rial,
            "group": bonus.group,
            "funder": bonus.funder,
        }
    )


def _every(when: When) -> str:
    return "every" if when.every else ""


def _day(day: date | None) -> str | None:
    return None if day is None else format_jalali(day, style="short")
