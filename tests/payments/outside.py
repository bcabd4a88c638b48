"""Steps of a machine that touch the world outside only: its books need no second look.

All promises together are some eighty questions, most of what a machine's run takes.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import connection
from hypothesis.stateful import RuleBasedStateMachine

from payments.queries.invariants import broken


def outside(step: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a rule that writes nothing of ours and lets no time pass; stands below `@rule`."""

    @wraps(step)
    def taken(machine: RuleBasedStateMachine, *args: Any, **values: Any) -> Any:
        vars(machine)["was_outside"] = True
        with connection.execute_wrapper(_reading_only):
            return step(machine, *args, **values)

    return taken


def _reading_only(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    assert sql.startswith("SELECT"), sql
    return execute(sql, *rest)


def broken_since(machine: RuleBasedStateMachine, now: datetime) -> list[str]:
    """Return `broken(now)`, or nothing when the last step was outside: it was asked before."""
    if vars(machine).pop("was_outside", False):
        return []
    return broken(now)
