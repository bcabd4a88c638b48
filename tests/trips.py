"""Hearing what is sent to the database, message by message: every trip is paid for at a till.

In a test module: `from tests.trips import trips`.
"""

import psycopg2.extensions
import pytest

from core.database import base


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is sent, a message each."""
    sent: list[str] = []

    class Heard(base.Connection):
        def say(self, message):
            sent.append(message.decode())
            super().say(message)

    class HeardCursor(base.Cursor):
        def execute(self, query, vars=None):  # noqa: A002
            self._flush()
            sent.append(str(query))
            psycopg2.extensions.cursor.execute(self, query, vars)

        def run(self, query, values):
            with_it = b";".join(self.connection.waiting).decode()
            sent.append(f"{with_it}|{query}")
            super().run(query, values)

    params = base.DatabaseWrapper.get_connection_params
    monkeypatch.setattr(
        base.DatabaseWrapper,
        "get_connection_params",
        lambda db: params(db) | {"connection_factory": Heard, "cursor_factory": HeardCursor},
    )
    return sent
