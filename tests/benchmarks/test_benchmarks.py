"""The instruments themselves: that they measure what they say."""

import re
from typing import Any

from benchmarks import report, twin, watch, web
from benchmarks.__main__ import PARTS
from benchmarks.report import Part, Row
from benchmarks.scoring import _thresholds
from benchmarks.stage import ROOT

BUSINESS = "0190beac-0000-7000-8000-000000000001"
SALE = "0190beac-0000-7000-8000-000000000002"
KNOWN = "0190beac-0000-7000-8000-000000000003"
SCHEMA = watch.Schema(
    types={
        "sale": {"id": "uuid", "business_id": "uuid", "customer_id": "uuid", "number": "text"},
        "line": {"id": "uuid", "business_id": "uuid", "sale_id": "uuid", "position": "integer"},
        "sum": {"id": "uuid", "business_id": "uuid", "total": "bigint"},
    },
    unique={
        "sale": [["business_id", "id"], ["business_id", "number"]],
        "line": [["business_id", "id"], ["business_id", "sale_id", "position"]],
        "sum": [["business_id", "id"]],
    },
)


def _new(table: str, **row: str) -> watch.Change:
    return watch.Change(table, {"business_id": BUSINESS, **row}, None)


def test_a_script_writes_the_same_rows_under_fresh_keys(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.stage.VAR", tmp_path)
    lines = [f"0190beac-0000-7000-8000-00000000001{n}" for n in range(3)]
    changes = [
        _new("sale", id=SALE, customer_id=KNOWN, number="inv-1"),
        *[_new("line", id=one, sale_id=SALE, position=str(n)) for n, one in enumerate(lines)],
        watch.Change(
            "sum",
            {"business_id": BUSINESS, "id": KNOWN, "total": "900"},
            {"business_id": BUSINESS, "id": KNOWN, "total": "400"},
        ),
    ]
    common: dict[str, Any] = {"weight": 80, "customers": 9, "known": {KNOWN: twin.CUSTOMER}}
    by_row = twin.script("rows", changes, SCHEMA, **common)
    text = by_row.path.read_text()
    assert text.count("INSERT INTO line") == 3
    assert SALE not in text
    assert KNOWN not in text
    assert "inv-1" not in text
    assert re.search(r'UPDATE sum SET "total" = \'900\'::bigint WHERE', text)
    by_table = twin.script("tables", changes, SCHEMA, **common, together=True)
    assert by_table.path.read_text().count("INSERT INTO line") == 1
    assert by_table.statements == by_row.statements - 2


def test_a_load_is_summed_up():
    load = web.Load(seconds=2.0, latencies_s=[n / 1000 for n in range(100, 0, -1)])
    assert load.per_second == 50
    assert load.percentile_ms(0.5) == 51
    assert load.percentile_ms(0.95) == 96


def test_other_engines_get_our_cut_points():
    assert _thresholds([1, 2, 3, 4, 5], [10] * 5) == (2, 3, 4, 5)
    assert _thresholds([7], [10]) == ()
    assert _thresholds(list(range(1, 101)), [1] * 100) == (21, 41, 61, 81)


def test_the_document_holds_every_part_measured_so_far(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "DOCUMENT", tmp_path / "benchmarks.md")
    monkeypatch.setattr(report, "machine", lambda: "2 cores")
    for letter, figure in [("b", "1"), ("a", "1"), ("b", "3")]:
        part = Part(
            letter, f"Part {letter}", "fast", [Row("this", figure, "ratio 2")], ["a\n  note"]
        )
        report.keep(part, load=0.1, seconds=3, quick=False)
    written = (tmp_path / "benchmarks.md").read_text()
    assert written.index("## (a) Part a") < written.index("## (b) Part b")
    assert written.count("## (b) Part b") == 1
    assert "| this | 3 | ratio 2 |" in written
    assert written.count("| this | 1 | ratio 2 |") == 1
    assert "- a note" in written


def test_a_part_measured_anew_leaves_the_others_as_they_were_written(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "machine", lambda: "2 cores")
    before = report.DOCUMENT.read_text()
    monkeypatch.setattr(report, "DOCUMENT", tmp_path / "benchmarks.md")
    report.DOCUMENT.write_text(before)
    report.keep(Part("z", "Part z", "fast", [], []), load=0.1, seconds=3, quick=False)
    assert (tmp_path / "benchmarks.md").read_text().startswith(before)


def test_the_web_is_measured_as_the_procfile_starts_it():
    assert set(PARTS) == set("abcdefghijklmnop")
    assert (ROOT / "Procfile").read_text().startswith("web: gunicorn ")
