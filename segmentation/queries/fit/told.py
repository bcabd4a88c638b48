"""One customer's fit in words: what speaks for them, and what against."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext

from core.spelling import number
from segmentation.enums import FitPart

_HIGH: Final = 70
_LOW: Final = 30


def fit_told(parts: Mapping[str, Any]) -> str:
    """Return the marks that are high or low, in words; that none is, too."""
    known = {FitPart(name): mark for name, mark in parts.items() if mark is not None}
    good = [str(one.label) for one in FitPart if known.get(one, -1) >= _HIGH]
    bad = [str(one.label) for one in FitPart if known.get(one, _HIGH) <= _LOW]
    told = []
    if good:
        told.append(gettext("for them: %(what)s") % {"what": gettext(", ").join(good)})
    if bad:
        told.append(gettext("against them: %(what)s") % {"what": gettext(", ").join(bad)})
    return gettext(" · ").join(told) or gettext("like most others in everything")


def marks_told(parts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each mark with its name; a dash for what is not known."""
    return [
        (str(one.label), "—" if parts.get(one) is None else number(parts[one])) for one in FitPart
    ]
