"""Prices promised until a moment: made, told, taken back, used once."""

from payments.operations.quotes.credit import sell_quote_on_credit
from payments.operations.quotes.make import NewQuote, make_quote
from payments.operations.quotes.send import send_quote
from payments.operations.quotes.use import pay_quote
from payments.operations.quotes.withdraw import withdraw_quote

__all__ = [
    "NewQuote",
    "make_quote",
    "pay_quote",
    "sell_quote_on_credit",
    "send_quote",
    "withdraw_quote",
]
