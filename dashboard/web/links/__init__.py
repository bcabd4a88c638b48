"""Payment links and unfinished checkouts, carts."""

from dashboard.web.links.cart import cart
from dashboard.web.links.checkouts import checkouts
from dashboard.web.links.links import link_close, payment_link, payment_links

__all__ = ["cart", "checkouts", "link_close", "payment_link", "payment_links"]
