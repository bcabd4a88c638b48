"""Which fault a call meets: its merchant's script says, else the queue, chance or its amount."""

import sqlite3

from sandbox import faults, magic
from sandbox.faults import Fault, Meeting
from sandbox.scenario import chances, scripts


def fault_of(db: sqlite3.Connection, met: Meeting) -> Fault | None:
    """Return the fault a call meets, used up where it was ordered for so many times."""
    step = scripts.take(db, met)
    if step is not None:
        return step.fault
    return faults.take(db, met) or chances.befalls(db, met) or _magic(db, met)


def _magic(db: sqlite3.Connection, met: Meeting) -> Fault | None:
    if met.amount_rial is None:
        return None
    return magic.for_amount(
        db, operation=met.names[-1], amount_rial=met.amount_rial, subject=met.subject
    )
