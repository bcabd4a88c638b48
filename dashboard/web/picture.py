"""The RFM picture: 25 squares, each a link to its people."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.web import words
from dashboard.web.parts import HeatCell
from segmentation.queries import GridCell

_STEPS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, kw_only=True)
class HeatRow:
    """The squares of one frequency."""

    frequency: int
    cells: list[HeatCell]


@dataclass(frozen=True, kw_only=True)
class Heat:
    """The whole picture, most frequent buyers on top."""

    columns: tuple[int, ...]
    rows: list[HeatRow]


def heat(cells: list[GridCell], slug: str) -> Heat | None:
    """Return the picture, or None when nobody is scored yet."""
    if not any(cell.customers for cell in cells):
        return None
    by_place = {(cell.r, cell.f): cell for cell in cells}
    rows = [
        HeatRow(frequency=f, cells=[_square(by_place[r, f], slug) for r in _STEPS])
        for f in reversed(_STEPS)
    ]
    return Heat(columns=_STEPS, rows=rows)


def _square(cell: GridCell, slug: str) -> HeatCell:
    count = words.number(cell.customers)
    return HeatCell(
        recency=cell.r,
        frequency=cell.f,
        count=cell.customers,
        text=count,
        note=words.toman_short(cell.net_rial) if cell.customers else "",
        href=reverse("dashboard:segment", args=[slug, f"r{cell.r}f{cell.f}"]),
        label=_("%(n)s customers with recency %(r)s and frequency %(f)s")
        % {"n": count, "r": words.number(cell.r), "f": words.number(cell.f)},
    )
