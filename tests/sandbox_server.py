"""A running sandbox for tests that need a bank or an SMS centre over real HTTP.

In a conftest: `from tests.sandbox_server import fresh_sandbox, sandbox`. `sandbox` is started once
a session; `fresh_sandbox` is the same one, emptied before the test.
"""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

HANG_SECONDS = 0.2
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The sandbox's address and short words for its control."""

    base_url: str
    http: httpx.Client

    def zarinpal(self, operation: str, body: object) -> httpx.Response:
        """Make a call of the Zarinpal dialect."""
        return self.http.post(f"/pg/v4/payment/{operation}.json", json=body)

    def open_payment(self, **changes: object) -> str:
        """Ask for a payment of 900,000 rial, changed as told; return its authority."""
        body: dict[str, object] = {
            "merchant_id": str(uuid4()),
            "amount": 900_000,
            "currency": "IRR",
            "callback_url": "http://shop.test/back?order=7",
            "description": "سفارش ۷",
        }
        answer = self.zarinpal("request", body | changes).json()
        return str(answer["data"]["authority"])

    def at_bank(self, authority: str, card: str = "success") -> httpx.Response:
        """Submit the bank's form; redirects are not followed."""
        form = {"action": "cancel"} if card == "cancel" else {"card": card}
        return self.http.post(f"/bank/{authority}", data=form)

    def pay(self, authority: str, card: str = "success") -> Any:
        """Pay without a browser; return the bank's row with the callback's address."""
        return self._post("pay", {"authority": authority, "card": card})

    def script(self, operation: str, fault: str, **details: object) -> None:
        """Order a fault; details: times, merchant, authority, seconds, code, percent."""
        self._post("faults", {"operation": operation, "fault": fault} | details)

    def plan(self, **scenario: object) -> Any:
        """Add a scenario: scripts, chances and merchants; return what is to come."""
        return self._post("scenario", scenario)

    def contradict(self, authority: str, what: str, after: int = 0) -> None:
        """Let the bank change its word on a payment: reversed or paid, after virtual seconds."""
        self._post("contradict", {"authority": authority, "what": what, "after": after})

    def advance(self, seconds: int) -> None:
        """Move the virtual clock forward."""
        self._post("clock", {"advance": seconds})

    def merchant(self, merchant_id: str, **settings: object) -> Any:
        """Change a merchant's settings: policy, window_seconds, verify_unit, refusal, …."""
        return self._post(f"merchants/{merchant_id}", settings)

    def reset(self, seed: str | None = None) -> None:
        """Empty the sandbox."""
        self._post("reset", {} if seed is None else {"seed": seed})

    def ledger(self, **wanted: object) -> Any:
        """Return the bank's truth."""
        return self._get("ledger.json", wanted)

    def log(self, **wanted: object) -> list[Any]:
        """Return the event log, oldest first."""
        return list(self._get("log.json", wanted)["events"])

    def payments(self, **wanted: object) -> list[Any]:
        """Return payments as the bank knows them, newest first."""
        return list(self._get("payments.json", wanted)["payments"])

    def transfers(self) -> list[Any]:
        """Return refunds and payouts as the bank knows them, oldest first."""
        return list(self._get("transfers.json", {})["transfers"])

    def decide(self, transfer: int, fate: str) -> None:
        """Say how a transfer will end: arrive, fail, bounce or hold."""
        self._post(f"transfers/{transfer}", {"fate": fate})

    def fund(self, account: str, amount_rial: int) -> None:
        """Give an account money from outside the bank."""
        self._post("fund", {"account": account, "amount_rial": amount_rial})

    def notices(self) -> list[Any]:
        """Return the messages to shops' servers, oldest first."""
        return list(self._get("notices.json", {})["notices"])

    def sms(self, **wanted: object) -> list[Any]:
        """Return the messages taken in, newest first."""
        return list(self._get("sms.json", wanted)["messages"])

    def _post(self, path: str, body: object) -> Any:
        answer = self.http.post(f"/control/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def _get(self, path: str, wanted: dict[str, object]) -> Any:
        query = {name: str(value) for name, value in wanted.items()}
        answer = self.http.get(f"/control/{path}", params=query)
        answer.raise_for_status()
        return answer.json()


_RUNNING = pytest.StashKey[Sandbox]()


def free_port() -> int:
    """Return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    state: Path, port: int, *, seed: str = "tests", scenario: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start the sandbox as its own process and wait until it answers."""
    environment = os.environ | {
        "SANDBOX_HOST": "127.0.0.1",
        "SANDBOX_PORT": str(port),
        "SANDBOX_STATE": str(state),
        "SANDBOX_SEED": seed,
        "SANDBOX_HANG_SECONDS": str(HANG_SECONDS),
        "SANDBOX_SCENARIO": str(scenario or ""),
    }
    process = subprocess.Popen([sys.executable, "-m", "sandbox"], cwd=_ROOT, env=environment)
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            pytest.fail(f"the sandbox did not start on port {port}")
        time.sleep(0.05)
    return process


def stop(process: subprocess.Popen[bytes]) -> int:
    """Ask the sandbox to end, insist if it doesn't; return its exit code."""
    process.terminate()
    try:
        return process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """Return a running sandbox: one for all conftests that have this fixture."""
    kept = request.config.stash
    if _RUNNING not in kept:
        port = free_port()
        process = start(tmp_path_factory.mktemp("sandbox") / "state.sqlite3", port)
        base_url = f"http://127.0.0.1:{port}"
        kept[_RUNNING] = Sandbox(base_url, httpx.Client(base_url=base_url, timeout=10))

        def end() -> None:
            kept[_RUNNING].http.close()
            stop(process)

        request.config.add_cleanup(end)
    return kept[_RUNNING]


@pytest.fixture
def fresh_sandbox(sandbox: Sandbox) -> Sandbox:
    """Return the running sandbox, emptied."""
    sandbox.reset()
    return sandbox
