"""Reading messages, consent and prices."""

from messaging.queries.accounts import (
    DEFAULT_PART_PRICE_RIAL,
    manners_of,
    part_price_rial,
    sms_account,
    wire_account,
)
from messaging.queries.consents import consent_history, latest_answers, may_be_sent
from messaging.queries.manners import (
    OPT_OUT_HINT,
    Manners,
    first_polite_moment,
    has_manners,
    next_day,
    next_week,
    with_opt_out,
)
from messaging.queries.parts import sms_parts
from messaging.queries.sent import (
    Tally,
    costs_of,
    keys_about,
    messages,
    messages_about,
    offers_since,
    queued_among,
    tally,
)

__all__ = [
    "DEFAULT_PART_PRICE_RIAL",
    "OPT_OUT_HINT",
    "Manners",
    "Tally",
    "consent_history",
    "costs_of",
    "first_polite_moment",
    "has_manners",
    "keys_about",
    "latest_answers",
    "manners_of",
    "may_be_sent",
    "messages",
    "messages_about",
    "next_day",
    "next_week",
    "offers_since",
    "part_price_rial",
    "queued_among",
    "sms_account",
    "sms_parts",
    "tally",
    "wire_account",
    "with_opt_out",
]
