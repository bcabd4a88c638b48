"""Setting the demonstration up, step by step, and taking it down again."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from config import database
from config.demo import board, ports
from config.demo.children import MARK, Child, stop_all, sweep

WAIT_SECONDS: Final = 60.0
QUEUES: Final = "payments,messages,webhooks,scoring,default"
PROJECT: Final = Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A step did not work; the message says which and what it said."""


@dataclass
class Stage:
    """One run of the demonstration, its files under `root`."""

    root: Path
    children: list[Child] = field(default_factory=list)
    _environment: dict[str, str] = field(default_factory=dict)

    def raise_curtain(self) -> None:
        """Everything from an empty folder to a paid purchase. Raises Failed."""
        self._sweep()
        started = time.monotonic()
        _say("Database and Redis", "پایگاه داده و ردیس")
        self._start_servers()
        base_url, sandbox_url = self._addresses()
        self._manage("migrate", "--database", "owner", "--verbosity", "0")
        self._start("sandbox", [sys.executable, "-m", "sandbox"])
        self._start_web()
        self._wait_for("sandbox", f"{sandbox_url}/")
        seeded = self._load()
        self._start_workers()
        self._wait_for("web", f"{base_url}/healthz")
        _say("One purchase, from the bank to the owner's page", "یک خرید، از بانک تا صفحهٔ صاحب")
        self._manage("pay_one_purchase")
        told = board.write(self.root / "demo.json", base_url, sandbox_url, seeded)
        board.show(told)
        print(f"  Ready in {time.monotonic() - started:.0f} s", flush=True)

    def drop_curtain(self) -> None:
        """Stop the children; the embedded servers stop when this process ends."""
        (self.root / "demo.json").unlink(missing_ok=True)
        stop_all(reversed(self.children))

    def _sweep(self) -> None:
        (self.root / "demo.json").unlink(missing_ok=True)
        strays = sweep(self.root)
        if strays:
            print(f"! Ended {strays} processes that an earlier run left behind.", flush=True)

    def _start_servers(self) -> None:
        os.environ["VAFA_ENV"] = "demo"
        try:
            database.databases()
            database.redis_url()
        except RuntimeError as error:
            raise Failed(str(error)) from error

    def _addresses(self) -> tuple[str, str]:
        """Choose the ports and tell the children by their environment."""
        web = ports.choose("PORT", 8000, what="web")
        bank = ports.choose("SANDBOX_PORT", 8100, what="sandbox", taken=frozenset({web}))
        base_url, sandbox_url = f"http://{ports.HOST}:{web}", f"http://{ports.HOST}:{bank}"
        self._environment = {
            "SANDBOX_STATE": str(self.root / "sandbox.sqlite3"),
            "ZARINPAL_BASE_URL": sandbox_url,
            "SMS_BASE_URL": sandbox_url,
            "WEBHOOKS_INSIDE": "1",
            **os.environ,
            "PORT": str(web),
            "BASE_URL": base_url,
            "SANDBOX_PORT": str(bank),
            "SANDBOX_URL": sandbox_url,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            MARK: str(self.root),
        }
        return base_url, sandbox_url

    def _load(self) -> dict[str, Any]:
        _say("A year of three shops", "یک سالِ سه فروشگاه")
        partial = self.root / "demo.json.partial"
        self._manage("load_demo", "--json", str(partial), VAFA_DB_ROLE="vafa_worker")
        seeded: dict[str, Any] = json.loads(partial.read_text(encoding="utf-8"))
        return seeded

    def _start_web(self) -> None:
        address = f"{ports.HOST}:{self._environment['PORT']}"
        gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
        threads = ["--worker-class", "config.threads.Worker", "--threads", "4"]
        self._start("web", [*gunicorn, "--workers", "2", *threads, "--bind", address])

    def _start_workers(self) -> None:
        celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
        self._start(
            "worker",
            [*celery, "worker", "-Q", QUEUES, "-c", "2", "--without-gossip", "--without-mingle"],
            VAFA_DB_ROLE="vafa_worker",
        )
        schedule = str(self.root / "beat-schedule")
        self._start(
            "beat",
            [*celery, "beat", "--schedule", schedule, "--pidfile="],
            VAFA_DB_ROLE="vafa_worker",
        )

    def _start(self, name: str, command: list[str], **more: str) -> None:
        log = self.root / "log" / f"{name}.log"
        child = Child(name, command, log, self._environment | more)
        child.start()
        self.children.append(child)

    def _manage(self, *arguments: str, **more: str) -> None:
        """Run a management command in the foreground, its words on this terminal."""
        command = [sys.executable, "manage.py", *arguments]
        environment = self._environment | more
        done = subprocess.run(command, env=environment, cwd=PROJECT, check=False)
        if done.returncode:
            raise Failed(f"manage.py {arguments[0]} failed (exit status {done.returncode}).")

    def _wait_for(self, name: str, url: str) -> None:
        child = next(child for child in self.children if child.name == name)
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and not child.ended:
            try:
                httpx.get(url, timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise Failed(f"{name} did not come up at {url}:\n{child.last_words()}")


def _say(english: str, persian: str) -> None:
    print(f"── {english} · {persian}", flush=True)
