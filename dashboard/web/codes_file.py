"""Codes as a file, written from the page that shows them once; it is kept nowhere."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse


def codes_file(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[str | int]]
) -> HttpResponse:
    """Return a CSV file spreadsheets read, with its mark of Unicode."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    answer.write("\ufeff")
    out = csv.writer(answer)
    out.writerow(heads)
    out.writerows([_as_text(cell) for cell in row] for row in rows)
    return answer


def _as_text(cell: str | int) -> str | int:
    """Return a cell no spreadsheet takes for a formula."""
    risky = isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t"}
    return f"'{cell}" if risky else cell
