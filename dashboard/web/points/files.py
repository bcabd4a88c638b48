"""Lines of the files the accountant downloads."""

import io
from collections.abc import Iterable

from defusedcsv import csv


def csv_line(cells: Iterable[object]) -> str:
    """Return a line of a CSV file that no spreadsheet takes for a formula."""
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
