"""Mandates and debits."""

from dashboard.web.debits.asking import mandate_new, mandate_send
from dashboard.web.debits.collecting import collect, schedule_change
from dashboard.web.debits.debits import debit, debit_cancel, debits
from dashboard.web.debits.mandates import mandate, mandate_change, mandates

__all__ = [
    "collect",
    "debit",
    "debit_cancel",
    "debits",
    "mandate",
    "mandate_change",
    "mandate_new",
    "mandate_send",
    "mandates",
    "schedule_change",
]
