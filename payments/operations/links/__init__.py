"""Payment links, and reminding of checkouts and carts left unfinished."""

from payments.operations.links.carts import (
    NewCart,
    close_cart,
    pay_cart,
    remind_of_cart,
    tell_cart,
)
from payments.operations.links.links import NewLink, close_link, create_link, pay_at_link
from payments.operations.links.remind import remind_unfinished, set_checkout_policy

__all__ = [
    "NewCart",
    "NewLink",
    "close_cart",
    "close_link",
    "create_link",
    "pay_at_link",
    "pay_cart",
    "remind_of_cart",
    "remind_unfinished",
    "set_checkout_policy",
    "tell_cart",
]
