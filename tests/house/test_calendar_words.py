"""Nothing cuts time by the Gregorian calendar (rule R36)."""

import re

from tests.house.sources import ROOT, product_modules

_CUTS = re.compile(
    r"\bdate_trunc\s*\(\s*'(?:week|month|quarter|year)|\bTrunc(?:Week|Month|Quarter|Year)\b"
)


def test_r36_no_statement_cuts_time_by_gregorian_weeks_or_months():
    found = [
        str(path.relative_to(ROOT))
        for path in product_modules()
        if _CUTS.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_cut_would_be_found():
    assert _CUTS.search("SELECT date_trunc('month', at)")
    assert _CUTS.search("TruncMonth('at')")
    assert not _CUTS.search("date_trunc('minute', at)")
