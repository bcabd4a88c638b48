"""Several processes, one pair of servers: who holds it, and who stops it."""

import atexit
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from config.embedded.postgres import Postgres
from config.embedded.redis import Redis
from config.processes import bearer, end, signature

Server = Postgres | Redis


@dataclass(frozen=True)
class Pair:
    """The two servers under one `root`, guarded by a lock file and counted by holder files."""

    root: Path
    postgres: Postgres
    redis: Redis

    @property
    def holders_dir(self) -> Path:
        """One empty file per holder, named by process number and start time."""
        return self.root / "holders"

    @property
    def keeper_file(self) -> Path:
        """Signature of the keeper process."""
        return self.root / "keeper"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process at a time starts, stops or counts; a dead one lets go by itself."""
        self.holders_dir.mkdir(parents=True, exist_ok=True)
        with (self.root / "servers.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def hold(self, wanted: Iterable[Server]) -> None:
        """Start what is wanted and not running, and keep it until this process ends."""
        with self.locked():
            mine = self.holders_dir / signature(psutil.Process())
            for server in wanted:
                if server.running() is None:
                    server.start()
            mine.touch()
            self._ensure_keeper()
        atexit.register(self._leave, os.getpid(), mine)

    def stop_if_unheld(self) -> bool:
        """Stop both servers when no living process holds them; under the lock. True if stopped."""
        if self._living_holders():
            return False
        self.redis.stop()
        self.postgres.stop()
        return True

    def _leave(self, pid: int, mine: Path) -> None:
        # A forked child inherits this call but is no holder.
        if os.getpid() != pid:
            return
        with self.locked():
            mine.unlink(missing_ok=True)
            if self.stop_if_unheld():
                self._dismiss_keeper()

    def _living_holders(self) -> list[Path]:
        living = []
        for holder in self.holders_dir.iterdir():
            if bearer(holder.name):
                living.append(holder)
            else:
                holder.unlink(missing_ok=True)
        return living

    def _keeper(self) -> psutil.Process | None:
        try:
            return bearer(self.keeper_file.read_text())
        except FileNotFoundError:
            return None

    def _ensure_keeper(self) -> None:
        if self._keeper():
            return
        subprocess.run(
            [sys.executable, "-m", "config.embedded.keeper", str(self.root)],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )

    def _dismiss_keeper(self) -> None:
        keeper = self._keeper()
        self.keeper_file.unlink(missing_ok=True)
        if keeper is not None:
            end(keeper, grace_seconds=5)
