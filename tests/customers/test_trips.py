"""How often a sale speaks to the database: every trip is paid for at every till."""

import psycopg2.extensions
import pytest
from django.db import connection

from core.database import base


@pytest.fixture
def trips(monkeypatch) -> list[str]:
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


def _sell(api, body, number):
    return api.post("purchases", body | {"external_id": number}, key=number)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_sale_of_a_known_customer_speaks_five_times(api, body, trips):
    """Look, write, points, the answer's parts, and the answer with its COMMIT."""
    connection.close()
    for number in range(3):  # the first sales make the customer and prepare the statements
        assert _sell(api, body, f"warm-{number}").status_code == 201
    trips.clear()
    assert _sell(api, body, "counted").status_code == 201
    assert len(trips) == 5, "\n".join(trips)
