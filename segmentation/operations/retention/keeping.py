"""Writing outlooks: of everybody in one go, or of a few at once."""

from datetime import date
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
}
_NAMES: Final = [name for name in _KINDS if name != "id"]
_LISTED: Final = ", ".join(_NAMES)
# Nearly everybody is known, and every night every row changes: what an update leaves on its page
# and out of the indexes costs a third of an upsert, which writes each anew.
_UPDATE: Final = f"""
UPDATE segmentation_customeroutlook o
SET as_of = %(as_of)s, {", ".join(f"{name} = f.{name}" for name in _NAMES)}
FROM pg_temp.foreseen f WHERE o.business_id = %(business)s AND o.id = f.id
"""  # noqa: S608 - the parts are constants
_INSERT: Final = f"""
INSERT INTO segmentation_customeroutlook (id, business_id, customer_id, as_of, {_LISTED})
SELECT id, %(business)s, id, %(as_of)s, {_LISTED} FROM pg_temp.foreseen f
WHERE f.age <= %(age)s AND NOT EXISTS (
    SELECT FROM segmentation_customeroutlook o WHERE o.business_id = %(business)s AND o.id = f.id)
"""  # noqa: S608 - the parts are constants
_UPSERT: Final = f"""
INSERT INTO segmentation_customeroutlook (id, business_id, customer_id, as_of, {_LISTED})
SELECT id, %(business)s, id, %(as_of)s, {_LISTED}
FROM unnest({", ".join(f"%({name})s::{kind}[]" for name, kind in _KINDS.items())})
    AS f (id, {_LISTED})
ON CONFLICT (business_id, id) DO UPDATE SET
    as_of = excluded.as_of, {", ".join(f"{name} = excluded.{name}" for name in _NAMES)}
"""  # noqa: S608 - the parts are constants
# Who is not foreseen has no purchases of their own any more: merged, or erased.
_DELETE: Final = """
DELETE FROM segmentation_customeroutlook o
WHERE o.business_id = %(business)s AND NOT EXISTS (SELECT FROM pg_temp.foreseen f WHERE f.id = o.id)
"""
_HOW_MANY: Final = """
SELECT count(*) FROM segmentation_customeroutlook WHERE business_id = %(business)s
"""
_ANALYZE: Final = "ANALYZE pg_temp.foreseen (id, age)"
_DROP: Final = "DROP TABLE pg_temp.foreseen"
_ANY_AGE: Final = 2**31 - 1
# From so many on a temporary table costs less than lists in a statement, and its statistics less
# than a plan without them.
_MANY: Final = 2_000


def keep_all(columns: Columns, *, as_of: date, since: date | None) -> None:
    """Make the active business's rows these: `columns` has an `age` in days besides.

    `since` is the day of the run before: whoever is unknown though older came back by a hand of
    ours and is looked for only when somebody is missing.
    """
    foreseen = _lay_out(columns)
    updated = _run(_UPDATE, as_of=as_of) if since else 0
    if since and updated < foreseen:
        updated += _run(_INSERT, as_of=as_of, age=(as_of - since).days)
    if updated < foreseen:
        _run(_INSERT, as_of=as_of, age=_ANY_AGE)
    if _number(_HOW_MANY) > foreseen:
        _run(_DELETE)
    _run(_DROP)


def keep_some(columns: Columns, *, as_of: date) -> None:
    """Make the rows of these customers these; who else is there stays as they are."""
    foreseen = columns["id"].size
    if foreseen < _MANY:
        _upsert(columns, as_of)
        return
    _lay_out(columns)
    if _run(_UPDATE, as_of=as_of) < foreseen:
        _run(_INSERT, as_of=as_of, age=_ANY_AGE)
    _run(_DROP)


def _lay_out(columns: Columns) -> int:
    """Write the temporary table of what is foreseen; return of how many."""
    kinds = _KINDS | {"age": "int4"}
    write_columns("foreseen", {name: columns[name] for name in kinds}, kinds)
    if (foreseen := columns["id"].size) >= _MANY:
        _run(_ANALYZE)
    return foreseen


def _upsert(columns: Columns, as_of: date) -> None:
    listed = {name: columns[name].tolist() for name in _NAMES}
    ids = [row.tobytes().hex() for row in columns["id"]]
    _run(_UPSERT, as_of=as_of, id=ids, **listed)


def _run(sql: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id(), **values})
        return int(cursor.rowcount)


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"business": active_business_id()})
        return int(cursor.fetchone()[0])
