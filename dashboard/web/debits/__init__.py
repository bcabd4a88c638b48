"""Mandates and debits."""

from dashboard.web.debits.debits import debit, debit_cancel, debits
from dashboard.web.debits.mandates import mandate, mandate_change, mandates

__all__ = ["debit", "debit_cancel", "debits", "mandate", "mandate_change", "mandates"]
