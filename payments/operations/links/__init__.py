"""Payment links, and reminding of checkouts left unfinished."""

from payments.operations.links.links import NewLink, close_link, create_link, pay_at_link
from payments.operations.links.remind import remind_unfinished, set_checkout_policy

__all__ = [
    "NewLink",
    "close_link",
    "create_link",
    "pay_at_link",
    "remind_unfinished",
    "set_checkout_policy",
]
