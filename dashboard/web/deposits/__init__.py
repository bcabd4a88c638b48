"""Identified deposits: the inbox, decisions, identifiers, bank accounts and statements."""

from dashboard.web.deposits.accounts import bank_accounts
from dashboard.web.deposits.identifiers import identifiers
from dashboard.web.deposits.inbox import deposit, deposit_decide, deposits
from dashboard.web.deposits.statements import statement, statement_errors, statements

__all__ = [
    "bank_accounts",
    "deposit",
    "deposit_decide",
    "deposits",
    "identifiers",
    "statement",
    "statement_errors",
    "statements",
]
