"""The customer's own page: no app and no password, a code by SMS and a session of its own."""

from loyalty.web.own.door import link, own
from loyalty.web.own.friends import own_code_to_pass_on
from loyalty.web.own.inside import history, preferences, qr, sign_out
from loyalty.web.own.leaving import come_back, leave
from loyalty.web.own.measures import appeal
from loyalty.web.own.membership import own_membership
from loyalty.web.own.purchases import dispute, own_purchases

__all__ = [
    "appeal",
    "come_back",
    "dispute",
    "history",
    "leave",
    "link",
    "own",
    "own_code_to_pass_on",
    "own_membership",
    "own_purchases",
    "preferences",
    "qr",
    "sign_out",
]
