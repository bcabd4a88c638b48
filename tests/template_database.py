"""A migrated database to copy: migrations run once for each set of them, not once a process.

Running them all takes most of a minute; PostgreSQL copies the result in a moment. The copy kept for
a set of migrations is named by their contents, so another set never meets it.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import django
from django.db import connections
from django.test.utils import setup_databases

_ROOT: Final = Path(__file__).resolve().parent.parent
_PREFIX: Final = "vafa_migrated_"
# What decides how a migrated database looks.
_SOURCES: Final = ("*/migrations/*.py", "core/tenancy/*.py", "config/roles.py")


def prepared_databases(*, keepdb: bool) -> list[Any]:
    """Set the test databases up, from the copy when there is one; return what teardown needs."""
    creation: Any = connections["owner"].creation
    wanted, kept = creation._get_test_db_name(), _PREFIX + _fingerprint()
    with _one_at_a_time():
        if kept not in _databases():
            made = _setup(keepdb=keepdb)
            _keep(wanted, kept)
            return made
        if not (keepdb and wanted in _databases()):
            _copy(kept, wanted)
    return _setup(keepdb=True)


def _setup(*, keepdb: bool) -> list[Any]:
    return setup_databases(verbosity=0, interactive=False, keepdb=keepdb, serialized_aliases=set())


def _keep(source: str, kept: str) -> None:
    """Copy the database that was just migrated, and drop the copies of other sets."""
    for connection in connections.all():
        connection.close()
    for other in _databases():
        if other.startswith(_PREFIX):
            _run(f'DROP DATABASE IF EXISTS "{other}" WITH (FORCE)')
    _copy(source, kept)


def _copy(source: str, target: str) -> None:
    _run(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
    _run(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _databases() -> set[str]:
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def _run(sql: str) -> None:
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(sql)


def _fingerprint() -> str:
    told = hashlib.sha256(django.get_version().encode())
    for pattern in _SOURCES:
        for path in sorted(_ROOT.glob(pattern)):
            told.update(path.read_bytes())
    return told.hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    place = _ROOT / "var" / "migrated.lock"
    place.parent.mkdir(exist_ok=True)
    with place.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
