"""Inquiries: asking banks whose a card or an account is, and who asked what."""

from dashboard.web.inquiries.asking import new
from dashboard.web.inquiries.listing import inquiries, inquiry

__all__ = ["inquiries", "inquiry", "new"]
