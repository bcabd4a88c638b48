"""Whoever claims due rows takes no more than it asked for, whatever plan PostgreSQL chooses.

A choice with LIMIT and FOR UPDATE SKIP LOCKED inside a join may run once for every outer row; seen
in the whole suite, where the planner has other statistics, as deliveries claimed and not run.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNSAFE = re.compile(r"FROM \(\s*SELECT[^;]*?SKIP LOCKED\s*\)", re.DOTALL)


def test_no_statement_chooses_its_rows_inside_a_join():
    sources = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("*/operations/**/*.py")
        if UNSAFE.search(path.read_text(encoding="utf-8"))
    ]
    assert sources == []
    assert UNSAFE.search("FROM (\n SELECT id FROM t LIMIT 1 FOR UPDATE SKIP LOCKED\n) due")
