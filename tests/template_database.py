"""A migrated database to copy: migrations run once for each set of them, not once a process.

Running them all takes a minute or two; PostgreSQL copies the result in a moment. The copy kept for
a set of migrations is named by their contents, so another set never meets it; a set that only adds
to it begins with the copy and runs what was added.
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
# What decides how a migrated database looks: migrations, and what they are made with.
_MIGRATIONS: Final = "*/migrations/*.py"
_TOOLS: Final = ("core/tenancy/*.py", "config/roles.py")


def prepared_databases(*, keepdb: bool) -> list[Any]:
    """Set the test databases up, from the copy when there is one; return what teardown needs."""
    creation: Any = connections["owner"].creation
    now = _sources()
    wanted, kept = creation._get_test_db_name(), _PREFIX + _digest("".join(sorted(now)))
    with _one_at_a_time():
        if kept not in _databases():
            begun = _begun(now)
            if begun is not None:
                _copy(begun, wanted)
            made = _setup(keepdb=keepdb or begun is not None)
            _keep(wanted, kept, now)
            return made
        if not (keepdb and wanted in _databases()):
            _copy(kept, wanted)
    return _setup(keepdb=True)


def end_other_sessions() -> None:
    """Cut what threads of tests left open: a database in use cannot be dropped."""
    name = connections["owner"].settings_dict["NAME"]
    for one in connections.all():
        one.close()
    _run(
        "SET ROLE NONE; SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )


def _setup(*, keepdb: bool) -> list[Any]:
    return setup_databases(verbosity=0, interactive=False, keepdb=keepdb, serialized_aliases=set())


def _begun(now: set[str]) -> str | None:
    """Return the copy of a set that today's only adds to, None if there is none."""
    for name, told in _databases().items():
        if name.startswith(_PREFIX) and told and set(told.split()) <= now:
            return name
    return None


def _keep(source: str, kept: str, now: set[str]) -> None:
    """Copy the database that was just migrated, and drop the copies of other sets."""
    for connection in connections.all():
        connection.close()
    for other in _databases():
        if other.startswith(_PREFIX):
            _run(f'DROP DATABASE IF EXISTS "{other}" WITH (FORCE)')
    _copy(source, kept)
    _run(f"COMMENT ON DATABASE \"{kept}\" IS '{' '.join(sorted(now))}'")


def _copy(source: str, target: str) -> None:
    _run(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
    _run(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _databases() -> dict[str, str | None]:
    """Return each database's name and what is said about it."""
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database")
        return dict(cursor.fetchall())


def _run(sql: str) -> None:
    with connections["owner"]._nodb_cursor() as cursor:
        cursor.execute(sql)


def _sources() -> set[str]:
    """Return one digest for each migration and one for what they are all made with."""
    tools = "".join(_read(path) for pattern in _TOOLS for path in sorted(_ROOT.glob(pattern)))
    files = (f"{path.parts[-3:]}{_read(path)}" for path in _ROOT.glob(_MIGRATIONS))
    return {_digest(django.get_version() + tools), *map(_digest, files)}


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    place = _ROOT / "var" / "migrated.lock"
    place.parent.mkdir(exist_ok=True)
    with place.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
