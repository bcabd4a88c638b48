"""Statements of the hot path, parsed and planned once per connection instead of once per call.

Half of a small statement's time is its planning, and row-level security makes plans longer. Behind
a transaction pooler every transaction may meet another server connection, so there the statement
is sent as it is.
"""

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, Final, cast

from django.db import DEFAULT_DB_ALIAS, connections

from core.ids import as_array

if TYPE_CHECKING:
    from core.database.base import DatabaseWrapper

# What `app_demand` raises.
_NO_MORE: Final = "VF001"
_PLACE: Final = re.compile(r"%\((\w+)\)s")
_numbers: Final = count(1)


class Prepared:
    """One statement with named places, `%(name)s`, and the PostgreSQL type of each."""

    def __init__(self, sql: str, **types: str) -> None:
        self.text, self.types = sql, types
        self.sql = _PLACE.sub(lambda found: f"{found[0]}::{types[found[1]]}", sql)
        places = {name: f"${i}" for i, name in enumerate(types, 1)}
        self._body = _PLACE.sub(lambda found: places[found[1]], sql)
        self._kinds = ", ".join(types.values())
        self._sendings = {name: _SENDINGS.get(kind, _as_is) for name, kind in types.items()}
        self._values = ", ".join(f"%({name})s::{kind}" for name, kind in types.items())

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run with the values and return what came back; [] for a statement that gives no rows.

        One round trip, the first too, together with what waits to be sent (core.database).
        """
        db = _database()
        known = self._known(db)
        if known:
            return db.rows(known, self._sent(values))
        # A name is never used twice: after an error nobody knows whether it is taken.
        name = f"vafa_{next(_numbers)}"
        body = f"PREPARE {name} ({self._kinds}) AS {self._body};EXECUTE {name} ({self._values})"
        found = db.rows(body, self._sent(values), sound=False)
        db.wire.prepared[self] = name
        return found

    def later(self, values: Mapping[str, Any], *, owed: bool = False) -> None:
        """Run with the values before the transaction's next statement, without a trip of its own.

        For a statement whose answer nobody needs. `owed`: even if nothing but COMMIT follows.
        """
        db = _database()
        known = self._known(db)
        if known and db.in_atomic_block and not db.queries_logged:
            db.later(known, self._sent(values), owed=owed)
        else:
            self.rows(values)

    def _known(self, db: "DatabaseWrapper") -> str | None:
        """Return the text to send where the server knows the statement, or may never know it."""
        name = db.ready().prepared.get(self)
        if name:
            return f"EXECUTE {name} ({self._values})"
        return self.sql if db.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] else None

    def _sent(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values as they are quoted fastest."""
        return {name: self._sendings[name](values[name]) for name in self._sendings}


def _as_is(value: Any) -> Any:
    return value


def _uuid(value: Any) -> Any:
    return value and str(value)


_SENDINGS: Final[dict[str, Callable[[Any], Any]]] = {"uuid": _uuid, "uuid[]": as_array}


class Joined:
    """Several prepared statements over the same values, asked in one round trip.

    Their rows come through JSON: ids as text, times as ISO 8601. Columns need names of their own.
    """

    def __init__(self, *parts: Prepared) -> None:
        asked = ", ".join(f"(SELECT json_agg(r) FROM ({part.text}) r)" for part in parts)  # noqa: S608 - our own statements
        types = {name: kind for part in parts for name, kind in part.types.items()}
        self._statement = Prepared(f"SELECT {asked}", **types)

    def rows(self, values: Mapping[str, Any]) -> list[list[tuple[Any, ...]]]:
        """Return the rows of each part."""
        (documents,) = self._statement.rows(values)
        return [[tuple(row.values()) for row in rows or ()] for rows in documents]


class Unprepared:
    """A sound statement without places that cannot be prepared, sent as `Prepared` is."""

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def run(self) -> None:
        """Run it. One round trip, together with what waits to be sent."""
        db = _database()
        db.ready()
        db.rows(self.sql, None)

    def later(self) -> None:
        """Run it before the transaction's next statement, without a trip of its own."""
        db = _database()
        if db.in_atomic_block and not db.queries_logged:
            db.ready()
            db.later(self.sql)
        else:
            self.run()


def holds_no_more(error: Exception) -> bool:
    """Tell whether `app_demand` stopped the transaction: something remembered has changed."""
    return getattr(error.__cause__, "pgcode", None) == _NO_MORE


def is_owing() -> bool:
    """Tell whether something waits to be sent whose failure would be heard only later."""
    return _database().ready().owes


def _database() -> "DatabaseWrapper":
    return cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
