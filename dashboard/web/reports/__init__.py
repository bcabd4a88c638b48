"""Reports about money: ways of paying, returns and what they cost, baskets."""

from dashboard.web.reports.baskets import basket_report
from dashboard.web.reports.methods import payment_methods
from dashboard.web.reports.returns import returns

__all__ = ["basket_report", "payment_methods", "returns"]
