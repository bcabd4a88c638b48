"""Which PostgreSQL we use, under which roles, and the one-time making of both."""

import os
import sys
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from config import embedded
from config.roles import LIMITS, OWNER, bootstrap

PRODUCTION_PREFIX: Final = "vafa_"


def database_url() -> str:
    """DATABASE_URL, else the embedded server's."""
    return os.environ.get("DATABASE_URL") or embedded.database_url()


def redis_url() -> str:
    """REDIS_URL, else the embedded server's."""
    return os.environ.get("REDIS_URL") or embedded.redis_url()


def databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES: "default" works under the role VAFA_DB_ROLE, "owner" migrates.

    A URL whose user is itself one of our roles is taken as it is (production, PgBouncer);
    any other login is only a way in: roles are made by it and then taken on.
    """
    url = database_url()
    if is_way_in(url) and not embedded.switched_off():
        bootstrap(url)
    owner_url = os.environ.get("OWNER_DATABASE_URL", url)
    working_role = os.environ.get("VAFA_DB_ROLE", "vafa_web")
    return {
        "default": _database(url, working_role) | {"TEST": {"MIRROR": "owner"}},
        "owner": _database(owner_url, OWNER),
    }


def is_way_in(url: str) -> bool:
    """Whether the URL logs in as somebody other than one of our roles."""
    return not (urlsplit(url).username or "").startswith(PRODUCTION_PREFIX)


def _database(url: str, role: str) -> dict[str, Any]:
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = unquote(parts.hostname or "") or asked.pop("host", "")
    options: dict[str, Any] = {"application_name": f"vafa {role}", **asked}
    if is_way_in(url):
        options["options"] = _session_options(role)
    return {
        "ENGINE": "core.database",
        "NAME": unquote(parts.path.lstrip("/")) or "vafa",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A transaction pooler gives each transaction another connection.
        "DISABLE_SERVER_SIDE_CURSORS": os.environ.get("VAFA_POOLED") == "1",
        "OPTIONS": options,
    }


def _session_options(role: str) -> str:
    settings = {"role": role, **LIMITS.get(role, {})}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


if __name__ == "__main__":
    bootstrap(sys.argv[1] if len(sys.argv) > 1 else database_url())
