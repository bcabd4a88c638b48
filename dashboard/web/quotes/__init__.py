"""Promised prices: the list, a new one, one of them."""

from dashboard.web.quotes.listing import quotes
from dashboard.web.quotes.making import quote_new
from dashboard.web.quotes.showing import quote, quote_send, quote_withdraw

__all__ = ["quote", "quote_new", "quote_send", "quote_withdraw", "quotes"]
