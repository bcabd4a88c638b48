"""Inquiries: asking banks whose a card or an account is, and whether facts belong together."""

from payments.operations.inquiries.ask import ask_inquiry
from payments.operations.inquiries.facts import Facts, facts_of
from payments.operations.inquiries.open import Asking
from payments.operations.inquiries.policy import set_inquiry_rules
from payments.operations.inquiries.read import InquiryDetail, read_inquiry

__all__ = [
    "Asking",
    "Facts",
    "InquiryDetail",
    "ask_inquiry",
    "facts_of",
    "read_inquiry",
    "set_inquiry_rules",
]
