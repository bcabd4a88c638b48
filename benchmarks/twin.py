"""pgbench writing the same rows as a request, statement by statement in one transaction."""

import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import parse_qs, urlsplit

from psycopg2.extensions import QuotedString

from benchmarks import stage
from benchmarks.watch import Change, Schema
from benchmarks.web import Load

_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_RECENT: Final = timedelta(minutes=5)
# The id of the customer a run has drawn, and of the lot of points laid out for that customer.
CUSTOMER: Final = "('0190beac-0000-7000-8000-' || :n)::uuid"
LOT: Final = "('0190beac-0000-7000-9000-' || :n)::uuid"


@dataclass(frozen=True, slots=True)
class Script:
    """A pgbench file that writes one sale, and how often it is drawn."""

    path: Path
    weight: int
    statements: int


def pgbench(scripts: Sequence[Script], seconds: float, *options: str) -> float:
    """Run four clients under the web role; return transactions a second."""
    found = _TPS.search(_run(scripts, "-c", "4", "-j", "2", "-T", str(round(seconds)), *options))
    if found is None:
        raise RuntimeError("pgbench did not say how fast it was")
    return float(found[1])


def measured(scripts: Sequence[Script], seconds: float, clients: int) -> Load:
    """Run that many clients under the web role; return what each transaction took."""
    with TemporaryDirectory(dir=stage.VAR) as folder:
        log = f"--log-prefix={folder}/log"
        _run(scripts, "-c", str(clients), "-j", "2", "-T", str(round(seconds)), "-l", log)
        lines = [line for one in Path(folder).iterdir() for line in one.open(encoding="utf-8")]
    return Load(seconds, [int(line.split()[2]) / 1e6 for line in lines])


def once(script: Script) -> None:
    """Write one sale."""
    _run([script], "-c", "1", "-t", "1")


def _run(scripts: Sequence[Script], *options: str) -> str:
    from config.embedded.postgres import PROGRAMS  # noqa: PLC0415 - after the environment is set

    parts = urlsplit(stage.url())
    files = [part for one in scripts for part in ("-f", f"{one.path}@{one.weight}")]
    session = "-c role=vafa_web -c statement_timeout=15000"
    done = subprocess.run(
        [str(_program(PROGRAMS)), "-n", *options, *files, parts.path.lstrip("/")],
        env=os.environ
        | {
            "PGHOST": parse_qs(parts.query)["host"][0],
            "PGUSER": parts.username or "",
            "PGOPTIONS": session,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or "aborted" in done.stderr:
        raise RuntimeError(done.stderr)
    return done.stdout


def _program(folder: Path) -> Path:
    """Pgbench of the server's own version, else the other one the wheel brings."""
    own = folder / "pgbench"
    return own if own.exists() else folder.parents[1] / "pginstall" / "bin" / "pgbench"


@dataclass(frozen=True, slots=True)
class Writer:
    """Turns written rows into statements that write such rows again under fresh keys."""

    schema: Schema
    fresh: Mapping[str, str]
    known: Mapping[str, str]

    def value(self, change: Change, column: str) -> str:
        """Return the SQL of one value: fresh ids, unique texts, the moment itself, or as it was."""
        table, text = change.table, change.row[column]
        kind = self.schema.types[table][column]
        if text is None:
            return "NULL"
        if kind == "uuid":
            return self._uuid(text)
        if column in self._unique_columns(table):
            own = self._own(change)
            return f"sha256(convert_to({own}, 'UTF8'))" if kind == "bytea" else own
        if kind == "timestamp with time zone" and _is_recent(text):
            return "now()"
        return f"{_quoted(text)}::{kind}"

    def _uuid(self, text: str) -> str:
        if text in self.known:
            return self.known[text]
        return f":{self.fresh[text]}::uuid" if text in self.fresh else f"'{text}'"

    def _own(self, change: Change) -> str:
        """Return a text nobody else has: the row's fresh id, else that of any row beside it."""
        return f":{self.fresh.get(str(change.row['id'])) or next(iter(self.fresh.values()))}::text"

    def _unique_columns(self, table: str) -> set[str]:
        """One column per unique key without a fresh id: a hash if there is one, else a text."""
        chosen = set()
        types = self.schema.types[table]
        for columns in self.schema.unique[table]:
            ids = [name for name in columns if types[name] == "uuid" and name != "business_id"]
            others = [name for name in columns if types[name] in {"text", "bytea"}]
            if others and not ids:
                chosen.add(min(reversed(others), key=lambda name: types[name] != "bytea"))
        return chosen

    def insert(self, changes: Sequence[Change]) -> str:
        """Return one INSERT for rows of one table."""
        columns = list(changes[0].row)
        rows = ", ".join(
            f"({', '.join(self.value(one, name) for name in columns)})" for one in changes
        )
        names = ", ".join(f'"{name}"' for name in columns)
        return f"INSERT INTO {changes[0].table} ({names}) VALUES {rows};"

    def update(self, change: Change) -> str:
        """Return the UPDATE of one row."""
        sets = ", ".join(f'"{name}" = {self.value(change, name)}' for name in change.changed)
        key = " AND ".join(f"{name} = {self.value(change, name)}" for name in ("business_id", "id"))
        return f"UPDATE {change.table} SET {sets} WHERE {key};"


def script(
    name: str,
    changes: Sequence[Change],
    schema: Schema,
    *,
    weight: int,
    customers: int,
    known: Mapping[str, str] | None = None,
    together: bool = False,
    prepared: bool = False,
    then: Sequence[Change] = (),
) -> Script:
    """Write the pgbench file of one kind of sale.

    `known` are recorded ids with the SQL that computes such an id from the customer a run draws of
    `customers`. `together` writes the new rows of a table in one statement instead of one each.
    `prepared` makes it fit for `-M prepared`, where variables are parameters instead of pasted
    text. `then` is written by a transaction of its own after the first.
    """
    known = known or {}
    new = [str(one.row["id"]) for one in (*changes, *then) if one.before is None]
    fresh = {row: f"u{i}" for i, row in enumerate(new) if row not in known}
    writer = Writer(schema, fresh, known)
    key = "uuidv7()" if prepared else "quote_literal(uuidv7()::text)"
    ids = ", ".join(f"{key} AS {variable}" for variable in sorted(set(fresh.values())))
    scope = f"set_config('app.business_id', '{changes[0].row['business_id']}', true)"
    lines = [f"\\set n 100000000000 + random(1, {customers})"]
    heads = (f"SELECT {scope} AS scope, {ids} \\gset", f"SELECT {scope};")
    for head, rows in zip(heads, (changes, then), strict=True):
        if rows:
            lines += ["BEGIN;", head, *_statements(writer, rows, together=together), "COMMIT;"]
    path = stage.VAR / f"{name}.sql"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Script(path, weight, len(lines) - 1)


def _statements(writer: Writer, changes: Sequence[Change], *, together: bool) -> list[str]:
    inserts = [one for one in changes if one.before is None]
    updates = [one for one in changes if one.before is not None]
    return [
        *[writer.insert(group) for group in _grouped(inserts, together=together)],
        *[writer.update(one) for one in updates],
    ]


def _grouped(inserts: Iterable[Change], *, together: bool) -> list[list[Change]]:
    if not together:
        return [[one] for one in inserts]
    return [list(group) for _, group in groupby(inserts, key=lambda one: one.table)]


def _quoted(text: str) -> str:
    quoted = QuotedString(text)
    quoted.encoding = "utf-8"
    return quoted.getquoted().decode()


def _is_recent(text: str) -> bool:
    moment = datetime.fromisoformat(text)
    return abs(moment - datetime.now(UTC)) < _RECENT
