"""What was measured, written to docs/benchmarks.md, part by part."""

import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from benchmarks import stage

DOCUMENT: Final = stage.ROOT / "docs" / "benchmarks.md"
_SECTION: Final = re.compile(r"^(?=## \([a-z]\) )", re.MULTILINE)
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
    """One comparison."""

    letter: str
    title: str
    goal: str
    rows: list[Row]
    notes: list[str]
    picture: str = ""


def keep(part: Part, *, load: float, seconds: float, quick: bool) -> None:
    """Write a part's results into the document; what it says of other parts stays."""
    measured = (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC in {seconds:.0f} s, load average "
        f"{load:.2f} before{', quick run' if quick else ''}. {machine()}."
    )
    found = _written() | {part.letter: _section(part, measured)}
    DOCUMENT.write_text("\n".join([_HEAD, *(found[letter] for letter in sorted(found))]), "utf-8")


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


def _written() -> dict[str, str]:
    """Return the document's sections by the letter of their part."""
    if not DOCUMENT.exists():
        return {}
    text = DOCUMENT.read_text(encoding="utf-8")
    return {section[4]: section.rstrip() + "\n" for section in _SECTION.split(text)[1:]}


def _section(part: Part, measured: str) -> str:
    rows = [f"| {row.what} | {row.figure} | {row.remark} |" for row in part.rows]
    notes = [f"- {' '.join(note.split())}" for note in part.notes]
    return "\n".join(
        [
            f"## ({part.letter}) {part.title}",
            "",
            f"Goal: {part.goal}.",
            "",
            "| | | |",
            "|---|---|---|",
            *rows,
            "",
            *notes,
            "",
            *([part.picture, ""] if part.picture else []),
            measured,
            "",
        ]
    )
