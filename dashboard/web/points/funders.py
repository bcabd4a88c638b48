"""What is owed for points by whoever pays for them: on the page, and as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from core.tenancy import acting_for
from dashboard.web import words
from dashboard.web.access import READERS, BusinessRequest, business_page
from dashboard.web.points.files import csv_line
from dashboard.web.points.spans import Days, asked_days, jalali_text
from loyalty.queries.books import (
    Amounts,
    Bridge,
    FundersBridge,
    bridge,
    bridges_by_funder,
    funded_postings,
)

_AT_ONCE: Final = 2_000
_COLUMNS: Final = ("time", "day", "kind", "entry", "lot", "funder", "points", "owed_rial")


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """One step of somebody's bridge."""

    name: str
    points: str
    toman: str


@dataclass(frozen=True, kw_only=True)
class FunderRows:
    """Whoever pays for points, and their steps from the first evening to the last."""

    name: str
    opening: Amounts
    steps: list[StepRow]
    closing: Amounts


def funder_rows(told: Bridge) -> list[FunderRows]:
    """Return the bridge of each funder; nothing where the business pays for all points."""
    return [_rows(one) for one in bridges_by_funder(told)]


def funder_name(funder: str) -> str:
    """Return a funder's name, or that it is the business itself."""
    return funder or _("The business itself")


@business_page(*READERS)
def points_funders_csv(request: BusinessRequest) -> StreamingHttpResponse:
    """Download what suppliers and partners pay for, posting by posting."""
    lines = _csv(request, asked_days(request))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"points-funders-{request.business.slug}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def write_funders(book: Any, told: Bridge) -> None:
    """Write a sheet with every funder's bridge, where there is one."""
    found = bridges_by_funder(told)
    if not found:
        return
    sheet = book.create_sheet(_("By who pays"))
    sheet.append([_("Paid for by"), _("What happened"), _("Points"), _("rial")])
    for one in found:
        name, said = funder_name(one.funder), one.bridge
        for label, amounts in (
            (_("At the beginning of these days"), said.opening),
            *((str(part.kind.label), part.change) for part in said.parts),
            (_("At the end of these days"), said.closing),
        ):
            sheet.append([name, label, amounts.points, amounts.rial])


def _rows(one: FundersBridge) -> FunderRows:
    return FunderRows(
        name=funder_name(one.funder),
        opening=one.bridge.opening,
        steps=[
            StepRow(
                name=str(part.kind.label),
                points=words.signed(part.change.points),
                toman=words.signed_toman(part.change.rial),
            )
            for part in one.bridge.parts
        ],
        closing=one.bridge.closing,
    )


def _csv(request: BusinessRequest, days: Days) -> Iterator[str]:
    # Read after the view's scope has ended, so it opens its own.
    with acting_for(request.business.id):
        yield "\ufeff" + csv_line(_COLUMNS)
        rows = funded_postings(bridge(days.since, days.last))
        for row in rows.order_by("at", "id").iterator(chunk_size=_AT_ONCE):
            yield csv_line(
                (
                    row.at.isoformat(),
                    jalali_text(row.on),
                    row.kind,
                    row.entry_id or "",
                    row.lot_id,
                    row.funder,
                    row.points,
                    row.owed_rial,
                )
            )
