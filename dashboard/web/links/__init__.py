"""Payment links and unfinished checkouts."""

from dashboard.web.links.checkouts import checkouts
from dashboard.web.links.links import link_close, payment_link, payment_links

__all__ = ["checkouts", "link_close", "payment_link", "payment_links"]
