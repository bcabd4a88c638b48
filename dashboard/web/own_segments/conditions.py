"""One condition of a rule as fields to fill in, and back."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.enums import CaseKind, Channel
from customers.queries.tastes import can_be_tasted
from dashboard.web import words
from dashboard.web.forms import Code, JalaliDay, TomanField, Whole
from dashboard.web.rules.word_lists import Words
from feedback.enums import SurveyKind
from loyalty.enums.presents import OccasionKind
from segmentation.enums import NamedSegment, Segment
from segmentation.queries.fit.reading import TENTHS
from segmentation.queries.own.names import Names
from segmentation.queries.own.told_sales import weekdays

_MOST: Final = 1_000_000_000
_DAYS: Final = 3_660
_DATES: Final = "dates"
_LAST_DAYS: Final = "days"
_LAST_MONTHS: Final = "months"
_HOURS: Final = 24
_MOST_COMING: Final = 180
_WHEN: Final = (
    ("", gettext_lazy("ever")),
    (_LAST_DAYS, gettext_lazy("in the last days")),
    (_LAST_MONTHS, gettext_lazy("in the last months, this one too")),
    ("this_month", gettext_lazy("this month")),
    ("last_month", gettext_lazy("last month")),
    ("this_year", gettext_lazy("this year")),
    ("last_year", gettext_lazy("last year")),
    (_DATES, gettext_lazy("between two days")),
)
_COMING: Final = (
    ("this_month", gettext_lazy("this month")),
    ("next_month", gettext_lazy("next month")),
)
# What is seldom asked of sales stands behind a line of its own.
_SELDOM: Final = (
    "field", "values", "branch_id", "employee_id", "channel", "weekdays", "from_hour", "to_hour",
    "least_rial",
)  # fmt: skip
_MARKS: Final = (
    ("r", gettext_lazy("recency (1 to 5)")),
    ("f", gettext_lazy("frequency (1 to 5)")),
    ("m", gettext_lazy("money (1 to 5)")),
    ("staying", gettext_lazy("staying (0 to 100)")),
)
_ONE_OF: Final = frozenset({"branch_id", "employee_id", "channel", "occasion", "case", "survey"})
Fields = Mapping[str, forms.Field]

TITLES: Final[dict[str, Promise]] = {
    "bought": gettext_lazy("Bought so many times"),
    "spent": gettext_lazy("Bought for so much in all"),
    "last_purchase": gettext_lazy("Days since the last purchase"),
    "first_purchase": gettext_lazy("Days since the first purchase"),
    "prefers": gettext_lazy("Mostly takes certain goods"),
    "gave_back": gettext_lazy("Returned goods"),
    "segment": gettext_lazy("Is in one of the eleven segments"),
    "named": gettext_lazy("Is in a ready-made segment"),
    "moved": gettext_lazy("Moved into a segment"),
    "mark": gettext_lazy("A mark or score"),
    "fit": gettext_lazy("How well they suit us, in tenths"),
    "worth": gettext_lazy("Expected in a year"),
    "points": gettext_lazy("Points to spend"),
    "points_ending": gettext_lazy("Points that end soon"),
    "tier": gettext_lazy("Tier"),
    "answered": gettext_lazy("Latest answer to a survey"),
    "cases": gettext_lazy("Complaints and requests"),
    "occasion": gettext_lazy("Birthday or another day of their own"),
    "attribute": gettext_lazy("Something known of them"),
    "taste": gettext_lazy("A taste their purchases tell"),
}


def _whole(least: int = 0) -> Fields:
    limits: dict[str, Any] = {"required": False, "min_value": least, "max_value": _MOST}
    return {
        "least": Whole(label=_("At least"), **limits),
        "most": Whole(label=_("No more than"), **limits),
    }


def _toman() -> Fields:
    return {
        "least": TomanField(label=_("At least, toman"), required=False, min_value=0),
        "most": TomanField(label=_("No more than, toman"), required=False, min_value=0),
    }


def _when() -> Fields:
    return {
        "when": forms.ChoiceField(label=_("When"), required=False, choices=_WHEN),
        "days": Whole(
            label=_("How many days or months"), required=False, min_value=1, max_value=_DAYS
        ),
        "since": JalaliDay(label=_("From day")),
        "until": JalaliDay(label=_("Until day")),
    }


def _several(label: str, choices: Any) -> forms.Field:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple
    )


def _goods(*, required: bool) -> forms.Field:
    return Words(
        label=_("Goods: categories, names or SKUs"),
        required=required,
        help_text=_("Several with commas; one is enough."),
    )


def _optional(label: str, choices: Any) -> forms.Field:
    listed = [("", _("any")), *choices]
    return forms.ChoiceField(label=label, required=False, choices=listed)


def _coming() -> Fields:
    return {
        "month": _optional(_("Comes"), _COMING),
        "coming_days": Whole(
            label=_("Or within so many days"), required=False, min_value=1, max_value=_MOST_COMING
        ),
    }


def _sold(known: Names) -> Fields:
    """Return the fields that narrow sales to some."""
    hour: dict[str, Any] = {"required": False, "min_value": 0, "max_value": _HOURS}
    return {
        "goods": _goods(required=False),
        "field": _field(known),
        "values": Words(
            label=_("Is"), required=False, help_text=_("Several with commas; one is enough.")
        ),
        "branch_id": _optional(_("Branch"), _named(known.branches)),
        "employee_id": _optional(_("Seller"), _named(known.employees)),
        "channel": _optional(_("Channel"), Channel.choices),
        "weekdays": forms.TypedMultipleChoiceField(
            label=_("Days of the week"),
            choices=list(enumerate(weekdays())),
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "from_hour": Whole(label=_("From hour"), **hour),
        "to_hour": Whole(label=_("Until hour"), **hour),
        "least_rial": TomanField(label=_("Each time at least, toman"), required=False),
    }


def _field(known: Names) -> forms.Field:
    """Return which field of sales: one of the shop's own, or where it named none, as typed."""
    if known.fields:
        titled = [(one.key, one.title) for one in known.fields.values()]
        return _optional(_("What lines tell"), titled)
    return Code(label=_("What lines tell, like size"), required=False, max_length=200)


def _named(rows: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in rows.items()]


def fields_of(kind: str, known: Names) -> Fields:
    """Return the fields of a kind of condition. Raises KeyError."""
    return _FIELDS[kind](known)


_FIELDS: Final[dict[str, Callable[[Names], Fields]]] = {
    "bought": lambda known: {**_whole(), **_when(), **_sold(known)},
    "spent": lambda known: {**_toman(), **_when(), **_sold(known)},
    "last_purchase": lambda known: {**_whole(), **_sold(known)},
    "first_purchase": lambda known: {**_whole(), **_sold(known)},
    "prefers": lambda _known: {
        "goods": _goods(required=True),
        "least": Whole(label=_("Percent of their pieces"), min_value=1, max_value=100),
        **_when(),
    },
    "gave_back": lambda _known: {**_whole(), **_when()},
    "segment": lambda _known: {"segments": _several(_("Segments"), Segment.choices)},
    "named": lambda _known: {"named": _several(_("Segments"), NamedSegment.choices)},
    "moved": lambda _known: {
        "segments": _several(_("Segments"), Segment.choices),
        **_when(),
    },
    "mark": lambda _known: {
        "mark": forms.ChoiceField(label=_("Which"), choices=_MARKS),
        **_whole(),
    },
    "fit": lambda _known: {
        "least": Whole(label=_("At least tenth"), required=False, min_value=1, max_value=TENTHS),
        "most": Whole(label=_("No more than tenth"), required=False, min_value=1, max_value=TENTHS),
    },
    "worth": lambda _known: _toman(),
    "points": lambda _known: _whole(-_MOST),
    "points_ending": lambda _known: {
        "days": Whole(label=_("Within so many days"), min_value=1, max_value=_DAYS),
        **_whole(),
    },
    "occasion": lambda _known: {
        "occasion": _optional(_("Which day"), OccasionKind.choices),
        **_coming(),
    },
    "tier": lambda known: {"tiers": _several(_("Tier"), _named(known.tiers))},
    "answered": lambda _known: {
        "survey": _optional(_("Survey"), SurveyKind.choices),
        **_whole(),
        **_when(),
    },
    "cases": lambda _known: {
        "case": _optional(_("Kind"), CaseKind.choices),
        **_whole(),
        "open": forms.BooleanField(label=_("Only those still open"), required=False),
        **_when(),
    },
    "attribute": lambda known: {
        "key": forms.ChoiceField(
            label=_("Which"), choices=[(one.key, one.title) for one in known.attributes.values()]
        ),
        "values": Words(
            label=_("Is"), required=False, help_text=_("Several with commas; one is enough.")
        ),
        **_whole(-_MOST),
        **_coming(),
    },
    "taste": lambda known: {
        "key": forms.ChoiceField(
            label=_("Which"),
            choices=[
                (one.key, one.title) for one in known.attributes.values() if can_be_tasted(one)
            ],
        ),
        "values": Words(label=_("Is"), help_text=_("Several with commas; one is enough.")),
    },
}


class ConditionForm(forms.Form):
    """One condition: how it is joined to the one before, whether it is turned round, its fields."""

    join = forms.ChoiceField(
        label=gettext_lazy("Joined to the one before by"),
        choices=(("and", gettext_lazy("and")), ("or", gettext_lazy("or"))),
        required=False,
    )
    negate = forms.BooleanField(label=gettext_lazy("not so"), required=False)

    def __init__(self, kind: str, known: Names, **options: Any) -> None:
        super().__init__(**options)
        self.kind, self.known = kind, known
        self.fields.update(fields_of(kind, known))

    @property
    def title(self) -> str:
        """Return what the condition is about."""
        return str(TITLES[self.kind])

    @property
    def own_fields(self) -> list[Any]:
        """Return the fields of the kind, without how it is joined."""
        return [self[name] for name in self.fields if name not in {"join", "negate"}]

    @property
    def first_fields(self) -> list[Any]:
        """Return those that are shown at once."""
        return [one for one in self.own_fields if one not in self.seldom_fields]

    @property
    def seldom_fields(self) -> list[Any]:
        """Return those that stand behind a line of their own: seldom asked of sales."""
        return [self[name] for name in _SELDOM if "goods" in self.fields and name in self.fields]

    @property
    def asks_seldom(self) -> bool:
        """Tell whether one of those is filled in, or wrong."""
        return any(one.errors or one.value() for one in self.seldom_fields)

    def leaf(self) -> dict[str, Any]:
        """Return the cleaned condition as a document."""
        data = dict(self.cleaned_data)
        found: dict[str, Any] = {"kind": self.kind}
        left_out = {"join", "negate"}
        if "when" in self.fields:
            found |= _said_when(data)
            left_out |= {"when", "days", "since", "until"}
        for name in self.fields:
            value = None if name in left_out else data.get(name)
            if value is not False and value not in (None, "", (), []):
                found[name] = list(value) if isinstance(value, tuple) else value
        if "values" in found:
            found["values"] = [self._code(found, one) for one in found["values"]]
        return {"kind": "not", "of": found} if data.get("negate") else found

    def _code(self, found: Mapping[str, Any], typed: str) -> str:
        """Return what is kept for a word of a list, or for yes and no."""
        of_sales = "field" in self.fields
        rows = self.known.fields if of_sales else self.known.attributes
        definition = rows.get(found.get("field" if of_sales else "key", ""))
        for choice in definition.choices if definition else []:
            if typed in {choice["code"], choice["fa"], choice.get("en")}:
                return str(choice["code"])
        yes, no = ("true", "false") if of_sales else ("yes", "no")
        return {_("yes"): yes, _("no"): no}.get(typed, typed)


def _said_when(data: Mapping[str, Any]) -> dict[str, Any]:
    when = data.get("when") or ""
    if when in {_LAST_DAYS, _LAST_MONTHS}:
        return {when: data.get("days")} if data.get("days") else {}
    if when == _DATES:
        days = {name: data.get(name) for name in ("since", "until")}
        return {name: day.isoformat() for name, day in days.items() if day}
    return {"within": when} if when else {}


def initial_of(leaf: Any) -> dict[str, Any]:
    """Return what the fields of a kept condition start with."""
    kept = {name: _shown(name, value) for name, value in leaf if value is not None}
    del kept["kind"]
    return kept | _initial_when(kept)


def _shown(name: str, value: Any) -> Any:
    """Return a kept value as its field takes it."""
    if name in {"segments", "tiers", "named", "weekdays"}:
        return [str(getattr(one, "value", one)) for one in value]
    if name in _ONE_OF:
        return str(getattr(value, "value", value))
    return value


def _initial_when(kept: dict[str, Any]) -> dict[str, Any]:
    dated = {name: words.day(kept[name], "short") for name in ("since", "until") if kept.get(name)}
    if dated:
        return {"when": _DATES, **dated}
    if "months" in kept:
        return {"when": _LAST_MONTHS, "days": kept.pop("months")}
    if "days" in kept:
        return {"when": _LAST_DAYS}
    return {"when": kept.pop("within", "")}
