"""Making the database and its roles: safe to repeat, and to run from many processes at once."""

import time
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection, cursor

OWNER: Final = "vafa_owner"
WEB_ROLES: Final = ("vafa_web", "vafa_worker", "vafa_staff")
BACKUP: Final = "vafa_backup"
ROLES: Final = (OWNER, *WEB_ROLES, BACKUP)
# Milliseconds, per working role. A till must not wait for a stuck query, a nightly job may work.
LIMITS: Final = {
    "vafa_web": {"statement_timeout": 15_000, "idle_in_transaction_session_timeout": 15_000},
    "vafa_staff": {"statement_timeout": 30_000, "idle_in_transaction_session_timeout": 60_000},
    "vafa_worker": {"statement_timeout": 900_000, "idle_in_transaction_session_timeout": 60_000},
    OWNER: {"lock_timeout": 2_000},
}
POSTGRES_16: Final = 160_000
LOCK_KEY: Final = 7_036_512_409
# Seconds before each new try.
_PAUSES: Final = (0.2, 0.5, 1.0)


def bootstrap(url: str) -> None:
    """Create roles, database and grants where missing, logging in by `url`.

    A connection that is cut meanwhile is made again: a server of web pages gives up altogether
    when one of its processes does not start. Raises psycopg2.Error when the login may not do so
    (it needs CREATEROLE and CREATEDB).
    """
    for pause in _PAUSES:
        try:
            return _make_all(url)
        except psycopg2.OperationalError:
            time.sleep(pause)
    return _make_all(url)


def _make_all(url: str) -> None:
    with closing(_connect_to_server(url)) as server, server.cursor() as here:
        # Held by the session and freed with it; everybody else waits here.
        here.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        _make_roles(here)
        _make_database(here, _name(url))
        with closing(_connect(url)) as inside, inside.cursor() as there:
            _make_grants(there)


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/") or "vafa"


def _connect(url: str) -> connection:
    made = psycopg2.connect(url, application_name="vafa bootstrap")
    made.autocommit = True
    return made


def _connect_to_server(url: str) -> connection:
    """To the maintenance database, where the lock must be taken: locks are per database."""
    return _connect(urlsplit(url)._replace(path="/postgres").geturl())


def _make_roles(here: cursor) -> None:
    here.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
    known = {row[0] for row in here.fetchall()}
    for role in ROLES:
        if role not in known:
            _make_role(here, role)
    _limit_direct_logins(here)
    here.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = CURRENT_USER")
    is_super, bypasses = here.fetchone() or (False, False)
    if is_super or bypasses:
        here.execute(sql.SQL("ALTER ROLE {} BYPASSRLS").format(sql.Identifier(BACKUP)))
    if not is_super:
        _join_roles(here)


def _make_role(here: cursor, role: str) -> None:
    may_create = "CREATEDB" if role == OWNER else "NOCREATEDB"
    statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION {}")
    here.execute(statement.format(sql.Identifier(role), sql.SQL(may_create)))


def _limit_direct_logins(here: cursor) -> None:
    """The limits a direct login gets; SET ROLE gets them by connection options instead."""
    here.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND rolconfig IS NULL", [list(LIMITS)]
    )
    for (role,) in here.fetchall():
        for setting, milliseconds in LIMITS[role].items():
            statement = sql.SQL("ALTER ROLE {} SET {} = {}").format(
                sql.Identifier(role), sql.Identifier(setting), sql.Literal(milliseconds)
            )
            here.execute(statement)


def _join_roles(here: cursor) -> None:
    """A login that is no superuser must be a member of a role to take it on."""
    for role in ROLES:
        here.execute(
            "SELECT pg_has_role(CURRENT_USER, %s, 'SET')"
            if _has_set(here)
            else "SELECT pg_has_role(CURRENT_USER, %s, 'MEMBER')",
            [role],
        )
        if here.fetchone() != (True,):
            here.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))


def _has_set(here: cursor) -> bool:
    """Membership and the right to SET ROLE parted ways in PostgreSQL 16."""
    return here.connection.server_version >= POSTGRES_16


def _make_database(here: cursor, name: str) -> None:
    owner = sql.Identifier(OWNER)
    here.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [name])
    found = here.fetchone()
    if found is None:
        statement = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
    elif found[0] != OWNER:
        statement = sql.SQL("ALTER DATABASE {} OWNER TO {}")
    else:
        return
    here.execute(statement.format(sql.Identifier(name), owner))


def _make_grants(there: cursor) -> None:
    """Application roles may use the schema and never create in it."""
    there.execute("SELECT has_schema_privilege('public', 'public', 'CREATE')")
    if there.fetchone() == (True,):
        there.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role in (*WEB_ROLES, BACKUP):
        there.execute("SELECT has_schema_privilege(%s, 'public', 'USAGE')", [role])
        if there.fetchone() != (True,):
            there.execute(
                sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role))
            )
