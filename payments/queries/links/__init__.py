"""Reading payment links and what became of unfinished checkouts."""

from payments.queries.links.checkouts import (
    ArmResult,
    Policy,
    arm_results,
    bought_cart,
    cart_by_id,
    cart_rows,
    checkout_policy,
    is_decided,
    mobile_in,
    paid_otherwise,
    recovery_of_cart,
    recovery_rows,
)
from payments.queries.links.links import (
    LinkSums,
    link_by_id,
    link_by_token,
    link_rows,
    link_sums,
    link_url,
    open_links,
)

__all__ = [
    "ArmResult",
    "LinkSums",
    "Policy",
    "arm_results",
    "bought_cart",
    "cart_by_id",
    "cart_rows",
    "checkout_policy",
    "is_decided",
    "link_by_id",
    "link_by_token",
    "link_rows",
    "link_sums",
    "link_url",
    "mobile_in",
    "open_links",
    "paid_otherwise",
    "recovery_of_cart",
    "recovery_rows",
]
