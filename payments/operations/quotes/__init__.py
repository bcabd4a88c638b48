"""Prices promised until a moment: made, taken back, used once."""

from payments.operations.quotes.make import NewQuote, make_quote
from payments.operations.quotes.use import pay_quote
from payments.operations.quotes.withdraw import withdraw_quote

__all__ = ["NewQuote", "make_quote", "pay_quote", "withdraw_quote"]
