"""Bonuses for satisfied customers: terms, periods, lines, objections (C084)."""

from dashboard.web.bonus.acting import bonus_approve, bonus_cancel, bonus_decide, bonus_pay
from dashboard.web.bonus.listing import bonus_freeze, bonuses
from dashboard.web.bonus.showing import bonus_line, bonus_run

__all__ = [
    "bonus_approve",
    "bonus_cancel",
    "bonus_decide",
    "bonus_freeze",
    "bonus_line",
    "bonus_pay",
    "bonus_run",
    "bonuses",
]
