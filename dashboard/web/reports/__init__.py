"""Reports about money: ways of paying, returns and what they cost, baskets."""

from dashboard.web.reports.baskets import basket_page
from dashboard.web.reports.methods import payment_methods
from dashboard.web.reports.returns import returns

__all__ = ["basket_page", "payment_methods", "returns"]
