"""How many pieces of each product the next weeks bring, and which ran away (C070)."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.parts import Kpi
from segmentation.queries.volumes import Pieces, ProductVolume, VolumeReport, product_volumes

_FEW: Final = 30
_TONES: Final = {
    1: ("chip-amber", gettext_lazy("much more")),
    -1: ("chip-bad", gettext_lazy("much less")),
    0: ("chip-good", gettext_lazy("as expected")),
}
# Outside the bounds, and yet no more than chance explains among so many products.
_MAYBE: Final = {
    1: ("", gettext_lazy("above the bounds, perhaps by chance")),
    -1: ("", gettext_lazy("below the bounds, perhaps by chance")),
}


@business_page(*READERS)
def volumes_page(request: BusinessRequest) -> HttpResponse:
    """Show what is expected, the products that ran away first."""
    found = product_volumes()
    context: dict[str, Any] = {
        "found": found,
        "days": words.number(found.days) if found else "",
    }
    if found is not None:
        context["kpis"] = _kpis(found)
        context["rows"] = [_row(one) for one in sorted(found.rows, key=lambda one: not one.away)]
        context["basis"] = _basis(found)
    return render(request, "dashboard/reports/volumes.html", context)


def _kpis(found: VolumeReport) -> list[Kpi]:
    away = sum(1 for one in found.rows if one.away)
    used, other = (
        (found.error, found.rule_error) if found.by_level else (found.rule_error, found.error)
    )
    return [
        Kpi(
            label=_("Ran away from what was expected"),
            value=words.number(away),
            note=_("of %(n)s products") % {"n": words.number(len(found.rows))},
        ),
        _inside(found),
        Kpi(
            label=_("Off by"),
            value=words.number(used, 1),
            unit=_("pieces"),
            note=_("a product on average; the other way %(n)s") % {"n": words.number(other, 1)},
        ),
    ]


def _inside(found: VolumeReport) -> Kpi:
    """Return how many were within their bounds; of few the count alone (R63)."""
    many, note = len(found.rows), _("of the products last time; 80 of 100 are meant to be")
    of_all = _("of %(n)s products") % {"n": words.number(many)}
    value = words.percent(found.inside, 0)
    if many < _FEW:
        value = words.number(sum(not _side(one) for one in found.rows))
    return Kpi(label=_("Within the bounds"), value=value, unit=of_all, note=note)


def _basis(found: VolumeReport) -> str:
    if found.by_level:
        return _("By each product's own level: in past weeks it came closer than «as before».")
    return _("As many as in the last weeks: the product's own level did not come closer.")


def _row(one: ProductVolume) -> dict[str, Any]:
    tone, label = _TONES[one.away] if one.away else _MAYBE.get(_side(one), _TONES[0])
    return {
        "name": one.name,
        "ahead": _pieces(one.ahead),
        "last": _pieces(one.last),
        "sold": words.number(round(one.sold)),
        "tone": tone,
        "away": label,
    }


def _side(one: ProductVolume) -> int:
    """Return on which side of its bounds, as they are shown, a product came out; 0 within."""
    sold = round(one.sold)
    return (sold > round(one.last.high)) - (sold < round(one.last.low))


def _pieces(one: Pieces) -> dict[str, str]:
    bounds = {"low": words.number(round(one.low)), "high": words.number(round(one.high))}
    return {
        "expected": words.number(round(one.expected)),
        "bounds": _("%(low)s to %(high)s") % bounds,
    }
