"""Sums due under mandates: made, collected by a worker, settled, taken back."""

from payments.operations.debits.collect import collect_debits, collect_due
from payments.operations.debits.create import (
    NewDebit,
    cancel_debit,
    postpone_debit,
    schedule_debits,
)
from payments.operations.debits.policy import set_debit_policy
from payments.operations.debits.schedules import (
    NewSchedule,
    end_schedule,
    pause_schedule,
    resume_schedule,
    start_schedule,
)

__all__ = [
    "NewDebit",
    "NewSchedule",
    "cancel_debit",
    "collect_debits",
    "collect_due",
    "end_schedule",
    "pause_schedule",
    "postpone_debit",
    "resume_schedule",
    "schedule_debits",
    "set_debit_policy",
    "start_schedule",
]
