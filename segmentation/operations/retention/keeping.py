"""Writing outlooks: of everybody in one go, or of a few at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from core.database.columns import Columns, write_columns
from core.tenancy import active_business_id

_KINDS: Final = {
    "id": "uuid",
    "score": "int2",
    "staying": "float8",
    "purchases_30": "float8",
    "purchases_90": "float8",
    "purchases_365": "float8",
    "day_rial": "int8",
    "worth_rial": "int8",
    "risk_rial": "int8",
    "wait_days": "int4",
    "age": "int4",
}
_NAMES: Final = [name for name in _KINDS if name not in ("id", "age")]
_LISTED: Final = ", ".join(_NAMES)
_TABLE: Final = "pg_temp.foreseen f"
_LISTS: Final = f"""unnest({", ".join(f"%({name})s::{kind}[]" for name, kind in _KINDS.items())})
    AS f ({", ".join(_KINDS)})"""
# Nearly everybody is known, and every night every row changes: what an update leaves on its page
# and out of the indexes costs a third of an upsert, which writes each anew.
_UPDATE: Final = f"""
UPDATE segmentation_customeroutlook o
SET as_of = %(as_of)s, {", ".join(f"{name} = f.{name}" for name in _NAMES)}
FROM {{foreseen}} WHERE o.business_id = %(business)s AND o.id = f.id
"""  # noqa: S608 - the parts are constants
_INSERT: Final = f"""
INSERT INTO segmentation_customeroutlook (id, business_id, customer_id, as_of, known_at, {_LISTED})
SELECT f.id, %(business)s, f.id, %(as_of)s, %(now)s, {_LISTED} FROM {{foreseen}}
WHERE f.age <= %(oldest)s AND NOT EXISTS (
    SELECT FROM segmentation_customeroutlook o WHERE o.business_id = %(business)s AND o.id = f.id)
"""  # noqa: S608 - the parts are constants
# Who is not foreseen has no purchases of their own any more: merged, or erased.
_DELETE: Final = """
DELETE FROM segmentation_customeroutlook o
WHERE o.business_id = %(business)s
  AND NOT EXISTS (SELECT FROM {foreseen} WHERE f.id = o.id)
"""
_HOW_MANY: Final = """
SELECT count(*) FROM segmentation_customeroutlook WHERE business_id = %(business)s
"""
_ANALYZE: Final = "ANALYZE pg_temp.foreseen (id, age)"
_DROP: Final = "DROP TABLE pg_temp.foreseen"
_ANY_AGE: Final = 2**31 - 1
# From so many on a temporary table costs less than lists in a statement; and from so many its
# statistics less than a plan without them.
_SEVERAL: Final = 100
_MANY: Final = 2_000


def keep_all(columns: Columns, *, as_of: date, since: date | None, now: datetime) -> None:
    """Make the active business's rows these: `columns` has an `age` in days besides.

    `since` is the day of the run before: whoever is unknown though older came back by a hand of
    ours and is looked for only when somebody is missing.
    """
    with _laid_out(columns, as_of, now) as foreseen:
        updated = foreseen.run(_UPDATE) if since else 0
        if since and updated < foreseen.customers:
            updated += foreseen.run(_INSERT, oldest=(as_of - since).days)
        if updated < foreseen.customers:
            foreseen.run(_INSERT, oldest=_ANY_AGE)
        if _number(_HOW_MANY) > foreseen.customers:
            foreseen.run(_DELETE)


def keep_some(columns: Columns, *, as_of: date, now: datetime) -> None:
    """Make the rows of these customers these; who else is there stays as they are."""
    with _laid_out(columns, as_of, now) as foreseen:
        if foreseen.run(_UPDATE) < foreseen.customers:
            foreseen.run(_INSERT, oldest=_ANY_AGE)


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """Where statements find what is foreseen, as `f`, and of how many customers."""

    place: str
    values: dict[str, Any]
    customers: int

    def run(self, sql: str, **more: Any) -> int:
        """Return how many rows it wrote."""
        return _run(sql.format(foreseen=self.place), **self.values, **more)


@contextmanager
def _laid_out(columns: Columns, as_of: date, now: datetime) -> Iterator[_Foreseen]:
    customers, told = columns["id"].size, {"as_of": as_of, "now": now}
    if customers < _SEVERAL:
        lists = {name: columns[name].tolist() for name in _KINDS if name != "id"}
        lists["id"] = [row.tobytes().hex() for row in columns["id"]]
        yield _Foreseen(_LISTS, {**told, **lists}, customers)
        return
    write_columns("foreseen", {name: columns[name] for name in _KINDS}, _KINDS)
    if customers >= _MANY:
        _run(_ANALYZE)
    yield _Foreseen(_TABLE, told, customers)
    _run(_DROP)


def _run(sql: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        return int(cursor.rowcount)


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id()})
        return int(cursor.fetchone()[0])
