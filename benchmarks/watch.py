"""Which rows a request writes: looked up in the tables themselves, not assumed."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg2
from psycopg2 import sql

from benchmarks import stage

_COLUMNS: Final = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
_UNIQUE: Final = """
SELECT i.indrelid::regclass::text,
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (n, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n ORDER BY place)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indisunique AND c.relrowsecurity
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One written row as {column: text}; `before` is what it was, None for a new one."""

    table: str
    row: dict[str, str | None]
    before: dict[str, str | None] | None

    @property
    def changed(self) -> list[str]:
        """Columns whose value became another."""
        before = self.before or {}
        return [name for name, value in self.row.items() if before.get(name) != value]


@dataclass(slots=True)
class Schema:
    """Columns and unique keys of the walled tables."""

    types: dict[str, dict[str, str]] = field(default_factory=dict)
    unique: dict[str, list[list[str]]] = field(default_factory=dict)


def read_schema() -> Schema:
    """Return the walled tables of the database."""
    schema = Schema()
    with stage.loader() as cursor:
        cursor.execute(_COLUMNS)
        for table, column, kind in cursor.fetchall():
            schema.types.setdefault(table, {})[column] = kind
        cursor.execute(_UNIQUE)
        for table, columns in cursor.fetchall():
            schema.unique.setdefault(table, []).append(columns)
    return schema


def changes(work: Callable[[], object], schema: Schema) -> list[Change]:
    """Do the work and return every row that is new or another afterwards.

    Nothing else may be writing meanwhile. An older snapshot, kept open, tells what was before.
    """
    with closing(psycopg2.connect(stage.url())) as connection, stage.loader() as now:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as then:
            then.execute("SELECT 1")
            now.execute("SELECT txid_current()")
            floor = now.fetchone()[0]
            work()
            return [
                change
                for table, types in schema.types.items()
                for change in _of_table(now, then, table, list(types), floor)
            ]


def _of_table(now: Any, then: Any, table: str, columns: list[str], floor: int) -> list[Change]:
    wanted = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns
    )
    look = sql.SQL("SELECT {} FROM {} WHERE ").format(wanted, sql.Identifier(table))
    now.execute(look + sql.SQL("xmin::text::bigint > %s"), [floor])
    found = []
    for values in now.fetchall():
        row = dict(zip(columns, values, strict=True))
        then.execute(
            look + sql.SQL("business_id = %s AND id = %s"), [row["business_id"], row["id"]]
        )
        before = then.fetchone()
        found.append(
            Change(table, row, dict(zip(columns, before, strict=True)) if before else None)
        )
    return found
