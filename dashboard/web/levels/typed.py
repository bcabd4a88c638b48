"""The forms of levels and rewards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Problem
from dashboard.web import words
from dashboard.web.forms import Line, TomanField, Whole, problem_to_form
from loyalty.operations import TierPlan

_TIMES: Final = ((1, 1), (11, 10), (5, 4), (3, 2), (2, 1), (3, 1), (5, 1))
_FIELDS: Final = {"name": "name", "threshold_rial": "from", "multiplier": "times"}
_MOST_NAME: Final = 60
MOST: Final = 10


@dataclass(frozen=True, kw_only=True)
class TierFields:
    """The fields of one level; `customers` is who stands in it, None for one to be added."""

    title: str
    customers: int | None
    fields: Sequence[BoundField]


class TiersForm(forms.Form):
    """All levels, lowest first, and an empty row for one more."""

    def __init__(self, *args: Any, held: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held = list(held)
        for place in range(min(len(self._held) + 1, MOST)):
            self._add(place, self._held[place] if place < len(self._held) else None)

    def _add(self, place: int, tier: Any) -> None:
        times = (tier.multiplier_num, tier.multiplier_den) if tier else (1, 1)
        self.fields[f"name_{place}"] = Line(
            label=gettext_lazy("Name"),
            max_length=_MOST_NAME,
            required=tier is not None,
            initial=tier.name if tier else "",
        )
        if place:
            self.fields[f"from_{place}"] = TomanField(
                label=gettext_lazy("From purchases of, toman"),
                required=tier is not None,
                initial=tier.threshold_rial if tier else None,
            )
        self.fields[f"times_{place}"] = forms.ChoiceField(
            label=gettext_lazy("Points"), choices=_times(times), initial=_key(times)
        )

    def rows(self, members: dict[Any, int]) -> Iterator[TierFields]:
        """Return the fields, level by level."""
        places = [name.partition("_")[2] for name in self.fields if name.startswith("name_")]
        for place in map(int, places):
            tier = self._held[place] if place < len(self._held) else None
            names = (f"{name}_{place}" for name in ("name", "from", "times"))
            yield TierFields(
                title=tier.name if tier else _("One more level"),
                customers=members.get(tier.id, 0) if tier else None,
                fields=[self[name] for name in names if name in self.fields],
            )

    def clean(self) -> dict[str, Any]:
        """Demand both or neither of the last row's name and bound."""
        data: dict[str, Any] = super().clean() or {}
        last = len(self._held)
        name, bound = data.get(f"name_{last}"), data.get(f"from_{last}")
        if f"from_{last}" in self.fields and bool(name) != bool(bound):
            missing = f"name_{last}" if bound else f"from_{last}"
            if missing not in self.errors:
                self.add_error(missing, _("Write both its name and from when it counts."))
        return data

    def plans(self) -> list[TierPlan]:
        """Return the operation's values."""
        data = self.cleaned_data
        found = []
        for place in range(len(self._held) + 1):
            if data.get(f"name_{place}"):
                num, den = data[f"times_{place}"].split("/")
                bound = data.get(f"from_{place}") or 0
                found.append(TierPlan(data[f"name_{place}"], bound, int(num), int(den)))
        return found

    def refuse(self, problem: Problem) -> None:
        """Show a refusal beside the level it names."""
        for path in problem.fields:
            _tiers, _dot, rest = path.partition(".")
            place, _dot, part = rest.partition(".")
            name = f"{_FIELDS.get(part, '')}_{place}"
            if name in self.fields:
                self.add_error(name, str(problem.detail))
                return
        problem_to_form(self, problem.detail)


class RewardForm(forms.Form):
    """A reward: its name, its price in points, what it is worth."""

    name = Line(
        label=gettext_lazy("Reward"),
        max_length=_MOST_NAME,
        help_text=gettext_lazy("The name of one that is there changes that one."),
    )
    cost_points = Whole(label=gettext_lazy("Costs, points"), min_value=1, max_value=1_000_000_000)
    value_rial = TomanField(
        label=gettext_lazy("Worth at the till, toman"),
        help_text=gettext_lazy("The till takes so much off the bill."),
        min_value=0,
    )


def _times(held: tuple[int, int]) -> list[tuple[str, str]]:
    known = sorted({*map(_key, _TIMES), _key(held)}, key=_size)
    return [(key, _("as for everybody") if key == "1/1" else _said(key)) for key in known]


def _key(times: tuple[int, int]) -> str:
    num, den = times
    whole = gcd(num, den)
    return f"{num // whole}/{den // whole}"


def _size(key: str) -> float:
    num, den = key.split("/")
    return int(num) / int(den)


def _said(key: str) -> str:
    return _("× %(times)s") % {"times": words.number(_size(key), 2)}
