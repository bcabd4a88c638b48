"""PostgreSQL and Redis of our own under var/, when the environment names no others.

Every process that asks becomes a holder of the pair; the last holder to leave stops it,
and a keeper process does the same when holders die without saying goodbye.
"""

import os
from functools import cache
from pathlib import Path
from typing import Final

from config.embedded.postgres import Postgres
from config.embedded.redis import Redis
from config.embedded.sharing import Pair, Server

PROJECT: Final = Path(__file__).resolve().parents[2]


def switched_off() -> bool:
    """Whether tools that only read the settings asked for no servers (VAFA_SERVICES=off)."""
    return os.environ.get("VAFA_SERVICES") == "off"


def var_dir() -> Path:
    """Where run-time data lives: VAFA_VAR_DIR, else var/ (var/test/ under tests)."""
    chosen = os.environ.get("VAFA_VAR_DIR")
    if chosen:
        return Path(chosen).resolve()
    testing = os.environ.get("VAFA_ENV") == "test"
    return PROJECT / "var" / "test" if testing else PROJECT / "var"


@cache
def _pair() -> Pair:
    root = var_dir()
    pair = Pair(root, Postgres(root, durable=os.environ.get("VAFA_ENV") != "test"), Redis(root))
    if not switched_off():
        pair.hold(_wanted(pair))
    return pair


def _wanted(pair: Pair) -> list[Server]:
    named: dict[str, Server] = {"DATABASE_URL": pair.postgres, "REDIS_URL": pair.redis}
    return [server for name, server in named.items() if not os.environ.get(name)]


def database_url() -> str:
    """Address of the embedded PostgreSQL's `vafa` database, started when needed."""
    return _pair().postgres.url("vafa")


def redis_url() -> str:
    """Address of the embedded Redis, started when needed."""
    return _pair().redis.url()
