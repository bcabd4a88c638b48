"""Scenarios as JSON: read member by member, refused when anything in them is not understood."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.bank.merchants import changed, keep_merchant, merchant
from sandbox.faults import KINDS, Fault, place_of
from sandbox.scenario import chances, scripts
from sandbox.scenario.chances import WHOLE, Chance
from sandbox.scenario.scripts import Script, Step
from sandbox.store import fact, remember

_WHICH: Final = "scenario file"
_STEP: Final = frozenset({"on", "fault", "times", "seconds", "code"})
_CHANCE: Final = frozenset({"on", "door", "merchant", "fault", "percent", "seconds", "code"})
_SCRIPT: Final = frozenset({"title", "merchants", "steps"})
_PLAN: Final = frozenset({"scripts", "chances", "merchants"})


class BadPlanError(ValueError):
    """A scenario says something that makes no sense; the message says where."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A scenario: settings of merchants, scripts and chances; `seed` in files only."""

    seed: str | None
    merchants: Mapping[str, Mapping[str, object]]
    scripts: tuple[Script, ...]
    chances: tuple[Chance, ...]
    mark: str = ""


def read_file(path: Path) -> Plan:
    """Return a file's plan; raise BadPlanError or OSError."""
    text = path.read_text(encoding="utf-8")
    try:
        sent = json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"{path} is not JSON: {error}"
        raise BadPlanError(msg) from error
    return read(sent, in_file=True, mark=hashlib.sha256(text.encode()).hexdigest())


def read(sent: object, *, in_file: bool = False, mark: str = "") -> Plan:
    """Return what a JSON object plans; raise BadPlanError."""
    body = _object(sent, _PLAN | ({"seed"} if in_file else set()), "the scenario")
    merchants = body.get("merchants", {})
    if not isinstance(merchants, dict):
        raise _no("merchants", "an object of settings by merchant")
    return Plan(
        seed=str(body["seed"]) if body.get("seed") is not None else None,
        merchants={name: _settings(name, wanted) for name, wanted in merchants.items()},
        scripts=tuple(_script(one, at) for at, one in enumerate(_list(body, "scripts"))),
        chances=tuple(_chance(one, at) for at, one in enumerate(_list(body, "chances"))),
        mark=mark,
    )


def keep(db: sqlite3.Connection, plan: Plan) -> None:
    """Add a plan to what there is."""
    for name, wanted in plan.merchants.items():
        keep_merchant(db, changed(merchant(db, name), wanted))
    for script in plan.scripts:
        scripts.keep(db, script)
    for chance in plan.chances:
        chances.keep(db, chance)
    if plan.mark:
        remember(db, _WHICH, plan.mark)


def is_kept(db: sqlite3.Connection, plan: Plan) -> bool:
    """Tell whether this very file was taken in before: then its scripts go on where they are."""
    return fact(db, _WHICH) == plan.mark


def told(db: sqlite3.Connection) -> dict[str, object]:
    """Return what is left to come."""
    return {"scripts": scripts.waiting(db), "chances": chances.told(db)}


def forget(db: sqlite3.Connection) -> None:
    """Drop every script and chance; settings of merchants stay."""
    scripts.forget(db)
    chances.forget(db)


def read_fault(body: Mapping[str, Any], operation: str, where: str) -> Fault:
    """Return the fault a member `fault` names, if it can happen to that operation."""
    name, seconds, code = body.get("fault"), body.get("seconds"), body.get("code")
    if name not in KINDS:
        raise _no(f"{where}.fault", f"one of {', '.join(KINDS)}")
    if operation not in {"*", KINDS[name].place} and place_of((operation,)) != KINDS[name].place:
        raise _no(f"{where}.fault", f"a fault of {operation!r}; {name} happens to another call")
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float)):
        raise _no(f"{where}.seconds", "a number")
    if code is not None and (isinstance(code, bool) or not isinstance(code, int)):
        raise _no(f"{where}.code", "a whole number")
    return Fault(name=str(name), seconds=None if seconds is None else float(seconds), code=code)


def _settings(name: str, wanted: object) -> Mapping[str, object]:
    known = {"policy", "window_seconds", "verify_unit", "refusal"}
    return _object(wanted, known | {"callback_domain", "reverse_allowed"}, f"merchants.{name}")


def _script(sent: object, at: int) -> Script:
    where = f"scripts[{at}]"
    body = _object(sent, _SCRIPT, where)
    merchants = body.get("merchants", [])
    if not isinstance(merchants, list) or not all(isinstance(one, str) for one in merchants):
        raise _no(f"{where}.merchants", "a list of texts")
    steps = [_step(one, f"{where}.steps[{n}]") for n, one in enumerate(_list(body, "steps"))]
    if not steps:
        raise _no(f"{where}.steps", "a list with something in it")
    return Script(title=str(body.get("title", "")), merchants=tuple(merchants), steps=tuple(steps))


def _step(sent: object, where: str) -> Step:
    body = _object(sent, _STEP, where)
    operation, times = _operation(body, where), body.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise _no(f"{where}.times", "a whole number above zero")
    no_fault = body.get("fault") is None
    return Step(
        operation=operation,
        fault=None if no_fault else read_fault(body, operation, where),
        times=times,
    )


def _chance(sent: object, at: int) -> Chance:
    where = f"chances[{at}]"
    body = _object(sent, _CHANCE, where)
    operation, percent = _operation(body, where), body.get("percent")
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 < percent <= 100:  # noqa: PLR2004
        raise _no(f"{where}.percent", "a number above 0 and at most 100")
    door, whose = body.get("door", ""), body.get("merchant")
    if not isinstance(door, str) or not (whose is None or isinstance(whose, str)):
        raise _no(where, "door and merchant as texts")
    return Chance(
        fault=read_fault(body, operation, where),
        weight=round(percent * WHOLE / 100),
        door=door,
        operation=operation,
        merchant_id=whose,
    )


def _operation(body: Mapping[str, Any], where: str) -> str:
    operation = body.get("on", "*")
    if not isinstance(operation, str) or not operation:
        raise _no(f"{where}.on", "an operation's name or *")
    return operation


def _object(sent: object, known: set[str] | frozenset[str], where: str) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise _no(where, "an object")
    if unknown := sorted(set(sent) - known):
        raise _no(f"{where}.{unknown[0]}", "nothing: there is no such member")
    return sent


def _list(body: Mapping[str, Any], name: str) -> list[object]:
    found = body.get(name, [])
    if not isinstance(found, list):
        raise _no(name, "a list")
    return found


def _no(where: str, wanted: str) -> BadPlanError:
    return BadPlanError(f"{where} must be {wanted}")
