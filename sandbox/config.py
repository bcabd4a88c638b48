"""Settings of the sandbox, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Where the sandbox keeps its state and how long its faults make a caller wait.

    `hang_seconds` is real time: what a timed-out call or a hanging bank costs the caller.
    The windows are virtual seconds, measured on the sandbox's own clock. `scenario` is a JSON file
    of scripts and chances, taken in at the start (`scenario/plan.py`).
    """

    state: Path = Path("var/sandbox.sqlite3")
    seed: str | None = None
    hang_seconds: float = 2.0
    verify_window: int = 30 * 60
    session_lifetime: int = 15 * 60
    scenario: Path | None = None
    fonts: Path = _ROOT / "node_modules" / "vazirmatn" / "fonts" / "webfonts"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read SANDBOX_STATE, SANDBOX_SEED, SANDBOX_HANG_SECONDS and SANDBOX_SCENARIO."""
        default, scenario = cls(), environ.get("SANDBOX_SCENARIO")
        return cls(
            state=Path(environ.get("SANDBOX_STATE") or default.state),
            seed=environ.get("SANDBOX_SEED") or None,
            scenario=Path(scenario) if scenario else None,
            hang_seconds=float(environ.get("SANDBOX_HANG_SECONDS") or default.hang_seconds),
        )
