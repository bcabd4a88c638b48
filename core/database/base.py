"""Django's PostgreSQL backend with fewer round trips; the ENGINE of every database.

What has no answer anybody reads (BEGIN, savepoints, transaction-local settings, inserts that
cannot conflict) waits on our side and travels in front of the next statement: in the same message
when that one is known to be sound (`Cursor.run`), else in one message of their own. The server
meets everything in the order it was given and stops at the first error, so nothing changes but how
often both sides wait for each other.
"""

import select
import time
from typing import Any, Final, cast
from uuid import UUID
from weakref import WeakSet

from django.db.backends.postgresql import base
from psycopg2.extensions import (
    TRANSACTION_STATUS_IDLE,
    new_array_type,
    new_type,
    register_type,
)
from psycopg2.extensions import connection as _Connection  # noqa: N812 - it is a class
from psycopg2.extensions import cursor as _Cursor  # noqa: N812 - it is a class

from core.ids import read_id

# PostgreSQL's own numbers of uuid and uuid[].
_UUID, _UUIDS = 2950, 2951


def _id(text: Any, _cursor: Any) -> UUID | None:
    return None if text is None else read_id(text)


_AS_ID: Final = new_type((_UUID,), "ID", _id)
register_type(_AS_ID)
register_type(new_array_type((_UUIDS,), "IDS", _AS_ID))

# A connection at rest longer than this is asked whether it still lives; before, a look at its
# socket does: a server that hangs up leaves something to read.
_REST_S: Final = 1.0


class Connection(_Connection):
    """A connection that knows what waits to be sent. It begins and ends transactions itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.autocommit = True
        self.waiting: list[bytes] = []
        # Whether something waiting outlives its transaction, unlike savepoints and settings.
        self.owes = False
        # Server-side cursors, which must not outlive their transaction.
        self.reading: WeakSet[Cursor] = WeakSet()
        # Statements the server has prepared for this connection, by the name they got there.
        self.prepared: dict[object, str] = {}

    def take(self) -> bytes:
        """Return what waits as one message; nothing waits afterwards."""
        message = b";".join(self.waiting)
        self.forget()
        return message

    def forget(self) -> None:
        """Let nothing wait any more."""
        self.waiting.clear()
        self.owes = False

    def commit(self) -> None:
        """Commit, sending only what has an effect beyond the transaction."""
        self._end(b"%b;COMMIT" % self.take() if self.owes else b"COMMIT")

    def rollback(self) -> None:
        """Roll back; what still waits never happens."""
        self._end(b"ROLLBACK")

    def _end(self, message: bytes) -> None:
        for cursor in list(self.reading):
            cursor.close()
        self.reading.clear()
        begun = self.info.transaction_status != TRANSACTION_STATUS_IDLE
        if begun or b";" in message:
            self.say(message)
        self.forget()

    def say(self, message: bytes) -> None:
        """Send a message of our own."""
        with _Connection.cursor(self, cursor_factory=_Cursor) as cursor:
            cursor.execute(message)


class Cursor(_Cursor):
    """A cursor that sends what waits before anything else."""

    connection: Connection

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's own name
        """Send what waits, then the statement."""
        self._flush()
        super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Send what waits, then the statements."""
        self._flush()
        super().executemany(query, vars_list)

    def callproc(self, *args: Any, **kwargs: Any) -> None:
        """Send what waits, then the call."""
        self._flush()
        super().callproc(*args, **kwargs)

    def copy_expert(self, *args: Any, **kwargs: Any) -> None:
        """Send what waits, then copy."""
        self._flush()
        super().copy_expert(*args, **kwargs)

    def copy_from(self, *args: Any, **kwargs: Any) -> None:
        """Send what waits, then copy."""
        self._flush()
        super().copy_from(*args, **kwargs)

    def copy_to(self, *args: Any, **kwargs: Any) -> None:
        """Send what waits, then copy."""
        self._flush()
        super().copy_to(*args, **kwargs)

    def run(self, query: str, values: Any) -> None:
        """Send what waits and the statement in one message.

        The server reads a whole message before it runs the first statement of it: with a mistake
        of grammar anywhere nothing is run. So this is for statements known to be sound.
        """
        wire = self.connection
        if not wire.waiting:
            super().execute(query, values)
            return
        statement = self.mogrify(query, values)
        super().execute(b"%b;%b" % (wire.take(), statement))

    def _flush(self) -> None:
        if self.connection.waiting:
            self.connection.say(self.connection.take())


class DatabaseWrapper(base.DatabaseWrapper):
    """What Django calls a connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._used_at = 0.0

    @property
    def wire(self) -> Connection:
        """The open connection."""
        return cast("Connection", self.connection)

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg2's parameters, with our classes."""
        params: dict[str, Any] = super().get_connection_params()
        return params | {"connection_factory": Connection, "cursor_factory": Cursor}

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor; a server-side one ends with its transaction."""
        cursor = super().create_cursor(name)
        if name and self.in_atomic_block:
            self.wire.reading.add(cursor)
        return cursor

    def is_usable(self) -> bool:
        """Tell whether the connection still lives; asked once per request."""
        now = time.monotonic()
        rested, self._used_at = now - self._used_at, now
        if rested < _REST_S and self.connection is not None and _is_quiet(self.wire):
            return True
        return bool(super().is_usable())

    def ready(self) -> Connection:
        """Return the open connection, as `cursor()` would open and check it."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        return self.wire

    def rows(self, query: str, values: Any, *, sound: bool = True) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, [] when it gives none.

        Like a cursor's `execute` and `fetchall`, without the layers that only matter to who
        watches: a watched connection goes through them. `sound` as `Cursor.run` means it.
        """
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as watched:
                watched.execute(query, values)
                return [] if watched.description is None else watched.fetchall()
        with self.wrap_database_errors:
            cursor = self.create_cursor()
            (cursor.run if sound else cursor.execute)(query, values)
            return [] if cursor.description is None else cursor.fetchall()

    def later(self, query: str, values: Any = None, *, owed: bool = False) -> None:
        """Send a sound statement, whose answer nobody reads, before the transaction's next one.

        A savepoint rolled back before that takes it along, as it would take its effect. `owed`
        says that it must be sent even if nothing but COMMIT follows.
        """
        self.wire.waiting.append(self.wire.cursor().mogrify(query, values))
        self.wire.owes |= owed

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's own
        if not autocommit:
            self.wire.waiting.append(b"BEGIN")

    def _savepoint(self, sid: str) -> None:
        self.wire.waiting.append(self._made(sid))

    def _savepoint_commit(self, sid: str) -> None:
        waiting = self.wire.waiting
        if waiting and waiting[-1] == self._made(sid):
            waiting.pop()  # nothing happened inside
        else:
            waiting.append(str(self.ops.savepoint_commit_sql(sid)).encode())

    def _savepoint_rollback(self, sid: str) -> None:
        waiting, made = self.wire.waiting, self._made(sid)
        if made in waiting:  # the server never heard of it, nor of anything inside
            del waiting[waiting.index(made) + 1 :]
            return
        self.wire.forget()
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # not in the stubs

    def _made(self, sid: str) -> bytes:
        return str(self.ops.savepoint_create_sql(sid)).encode()


def _is_quiet(wire: Connection) -> bool:
    if wire.closed:
        return False
    poll = select.poll()
    poll.register(wire, select.POLLIN)
    return not poll.poll(0)
