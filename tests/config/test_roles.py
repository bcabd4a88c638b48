"""Making roles at the start of every process, though somebody cuts the connection meanwhile."""

from contextlib import closing

import psycopg2
import pytest

from config import roles
from config.database import database_url

URL = database_url()


@pytest.fixture
def cut(monkeypatch):
    """Return a function that lets the next `times` grants meet a connection that was cut."""
    monkeypatch.setattr(roles, "_PAUSES", (0, 0, 0))
    honest, left = roles._make_grants, [0]

    def make_grants(there):
        if left[0]:
            left[0] -= 1
            with closing(psycopg2.connect(URL)) as other, other.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(%s)", [there.connection.info.backend_pid]
                )
        honest(there)

    monkeypatch.setattr(roles, "_make_grants", make_grants)

    def order(times: int) -> list[int]:
        left[0] = times
        return left

    return order


@pytest.mark.parametrize("times", [0, 1, 3])
def test_a_process_starts_though_its_first_connections_are_cut(cut, times):
    left = cut(times)
    roles.bootstrap(URL)
    assert left == [0]


def test_a_server_that_always_hangs_up_is_told(cut):
    cut(4)
    with pytest.raises(psycopg2.OperationalError):
        roles.bootstrap(URL)
