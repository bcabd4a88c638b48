"""Where measuring happens: a cluster of its own under var/bench, thrown away by `make clean`."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import psycopg2
from psycopg2 import sql

ROOT: Final = Path(__file__).resolve().parents[1]
VAR: Final = ROOT / "var" / "bench"
# The limit itself stays counted; it is only raised so that a load is not refused.
UNLIMITED: Final = "100000000"


def set_up() -> None:
    """Point the product at its own servers, start them and bring the schema up to date.

    Must run before anything of Django is imported elsewhere. Outside databases are never used.
    """
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "CACHE_URL", "VAFA_SERVICES"):
        os.environ.pop(name, None)
    os.environ |= {
        "VAFA_VAR_DIR": str(VAR),
        "VAFA_ENV": "dev",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "API_RATE_PER_MINUTE": UNLIMITED,
        "PUBLIC_RATE_PER_ADDRESS": UNLIMITED,
        "LOG_LEVEL": "ERROR",
    }
    import django  # noqa: PLC0415 - after the environment
    from django.core.management import call_command  # noqa: PLC0415

    # Whoever publishes wakes the workers through Redis as in production.
    import config.celery  # noqa: F401, PLC0415

    django.setup()
    call_command("migrate", database="owner", verbosity=0, skip_checks=True)


def url() -> str:
    """Address of the database for the server's superuser."""
    from config.embedded import database_url  # noqa: PLC0415 - starts the servers

    return database_url()


def clear() -> None:
    """Drop the database; millions of rows need not stay on the disk."""
    from django.db import connections  # noqa: PLC0415 - after Django's set-up

    connections.close_all()
    parts = urlsplit(url())
    with closing(psycopg2.connect(parts._replace(path="/postgres").geturl())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            name = sql.Identifier(parts.path.lstrip("/"))
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@contextmanager
def loader() -> Iterator[Any]:
    """A cursor above the walls, for laying out data and for looking at every table."""
    with closing(psycopg2.connect(url(), application_name="benchmark")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def leave_out_what_is_left() -> None:
    """Make nothing due of a run that was broken off, or kept its data: its provider is gone."""
    due = {
        "payments_paymentattempt": ("next_check_at", "next_recheck_at"),
        "payments_provideraccount": ("next_sweep_at",),
        "payments_mandate": ("next_check_at",),
        "payments_debit": ("next_try_at",),
        "payments_reversal": ("next_try_at",),
        "payments_transfer": ("next_try_at",),
        "payments_bankaccount": ("next_poll_at",),
        "payments_depositidentifier": ("next_try_at",),
        "payments_deposit": ("next_try_at",),
        "payments_statementfile": ("next_run_at",),
    }
    with loader() as cursor:
        for table, columns in due.items():
            cursor.execute(f"UPDATE {table} SET {', '.join(f'{one} = NULL' for one in columns)}")
        # What debits told their payers: tens of thousands, which would be sent before all else.
        cursor.execute("DELETE FROM messaging_message WHERE state IN ('queued', 'sending', 'sent')")
        cursor.execute("DELETE FROM outbox_delivery WHERE state = 'pending'")


def found_business(name: str, now: Any) -> UUID:
    """Create a business with everything a sign-up lays out; return its id."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415

    from businesses.operations import sign_up  # noqa: PLC0415
    from core.ids import new_spoken_code  # noqa: PLC0415

    address = f"bench-{new_spoken_code().lower()}@example.com"
    user: Any = get_user_model().objects.create_user(address, "only-for-measuring")
    return sign_up(user=user, business_name=name, vertical="cafe", now=now).business_id
