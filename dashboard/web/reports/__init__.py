"""Reports about money and goods: ways of paying, returns and their cost, baskets, volumes."""

from dashboard.web.reports.baskets import basket_page
from dashboard.web.reports.methods import payment_methods
from dashboard.web.reports.returns import returns
from dashboard.web.reports.volumes import volumes_page

__all__ = ["basket_page", "payment_methods", "returns", "volumes_page"]
