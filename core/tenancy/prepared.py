"""Statements of the hot path, parsed and planned once per connection instead of once per call.

Half of a small statement's time is its planning, and row-level security makes plans longer. Behind
a transaction pooler every transaction may meet another server connection, so there the statement
is sent as it is.
"""

import re
from collections.abc import Mapping
from itertools import count
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.db import connection

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_numbers: Final = count(1)
# Which statements a server connection knows, by the name they got there.
_known: "WeakKeyDictionary[Any, dict[Prepared, str]]" = WeakKeyDictionary()


class Prepared:
    """One statement with named places, `%(name)s`, and the PostgreSQL type of each."""

    def __init__(self, sql: str, **types: str) -> None:
        self.sql = sql
        places = {name: f"${i}" for i, name in enumerate(types, 1)}
        self._body = _PLACE.sub(lambda found: places[found[1]], sql)
        self._types = ", ".join(types.values())
        self._values = ", ".join(f"%({name})s::{kind}" for name, kind in types.items())

    def execute(self, cursor: Any, values: Mapping[str, Any]) -> None:
        """Run with the values; the cursor then holds the rows. One round trip, the first too."""
        if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            cursor.execute(self.sql, values)
            return
        known = _known.setdefault(cursor.connection, {})
        if self in known:
            cursor.execute(f"EXECUTE {known[self]} ({self._values})", values)
            return
        # A name is never used twice: after an error nobody knows whether it is taken.
        name = f"vafa_{next(_numbers)}"
        cursor.execute(
            f"PREPARE {name} ({self._types}) AS {self._body};EXECUTE {name} ({self._values})",
            values,
        )
        known[self] = name
