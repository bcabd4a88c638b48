"""Sums due under mandates: made, collected by a worker, settled, taken back."""

from payments.operations.debits.collect import collect_debits, collect_due
from payments.operations.debits.create import (
    NewDebit,
    cancel_debit,
    postpone_debit,
    schedule_debits,
)

__all__ = [
    "NewDebit",
    "cancel_debit",
    "collect_debits",
    "collect_due",
    "postpone_debit",
    "schedule_debits",
]
