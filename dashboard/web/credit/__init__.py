"""Selling in instalments: plans, one plan, terms, whom to lend to, the cash to expect."""

from dashboard.web.credit.cashflow import cashflow_days
from dashboard.web.credit.lendable import lendable
from dashboard.web.credit.plans import (
    instalment_ask,
    instalment_plan,
    instalments,
    late_fee_ask,
    late_fee_waive,
    plan_cancel,
)
from dashboard.web.credit.sell import credit_sell
from dashboard.web.credit.terms import credit_terms_page

__all__ = [
    "cashflow_days",
    "credit_sell",
    "credit_terms_page",
    "instalment_ask",
    "instalment_plan",
    "instalments",
    "late_fee_ask",
    "late_fee_waive",
    "lendable",
    "plan_cancel",
]
