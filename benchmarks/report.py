"""What was measured, kept between runs and written to docs/benchmarks.md."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from benchmarks import stage

DOCUMENT: Final = stage.ROOT / "docs" / "benchmarks.md"
KEPT: Final = stage.VAR / "results.json"
_HEAD: Final = """\
# Measured

Written by `make bench` (parts: `make bench ARGS="a d"`, shorter: `make bench ARGS="--quick"`).
Both sides of every comparison run side by side, on the same cores, against the same server, in the
same run; what counts is the ratio, because it travels between machines and single figures do not.
The load average is the machine's before the part began: well above zero means that something else
was running too.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a part's table."""

    what: str
    figure: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison; `figures` are its bare numbers."""

    letter: str
    title: str
    goal: str
    rows: list[Row]
    notes: list[str]
    figures: dict[str, float] = field(default_factory=dict)


def keep(part: Part, *, load: float, seconds: float, quick: bool) -> None:
    """Store a part's results beside those of earlier runs and write the document anew."""
    found = _kept()
    found[part.letter] = asdict(part) | {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "load": round(load, 2),
        "seconds": round(seconds),
        "quick": quick,
        "machine": machine(),
    }
    KEPT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    sections = [_section(found[letter]) for letter in sorted(found)]
    DOCUMENT.write_text("\n".join([_HEAD, *sections]), encoding="utf-8")


def table(part: Part) -> str:
    """Return the part as printed."""
    return "\n".join(
        f"  {row.what}: {row.figure}  {row.remark.replace('**', '')}" for row in part.rows
    )


def machine() -> str:
    """Return the machine in general terms."""
    with stage.loader() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('shared_buffers'),"
            " current_setting('synchronous_commit'), current_setting('fsync')"
        )
        version, buffers, commit, fsync = cursor.fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, PostgreSQL {version} "
        f"(shared_buffers {buffers}, synchronous_commit {commit}, fsync {fsync})"
    )


def _kept() -> dict[str, Any]:
    if not KEPT.exists():
        return {}
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def _section(part: dict[str, Any]) -> str:
    rows = [f"| {row['what']} | {row['figure']} | {row['remark']} |" for row in part["rows"]]
    notes = [f"- {' '.join(note.split())}" for note in part["notes"]]
    quick = ", quick run" if part["quick"] else ""
    measured = (
        f"Measured {part['at']} in {part['seconds']} s, load average {part['load']} "
        f"before{quick}. {part['machine']}."
    )
    return "\n".join(
        [
            f"## ({part['letter']}) {part['title']}",
            "",
            f"Goal: {part['goal']}.",
            "",
            "| | | |",
            "|---|---|---|",
            *rows,
            "",
            *notes,
            "",
            measured,
            "",
        ]
    )
