"""Reading promised prices, and what paying them in parts would cost."""

from payments.queries.quotes.quotes import (
    QuoteView,
    broken_promises,
    mobile_of,
    promised_rows,
    quote_by_id,
    quote_by_token,
    quote_rows,
    quote_url,
    view_of,
)

__all__ = [
    "QuoteView",
    "broken_promises",
    "mobile_of",
    "promised_rows",
    "quote_by_id",
    "quote_by_token",
    "quote_rows",
    "quote_url",
    "view_of",
]
