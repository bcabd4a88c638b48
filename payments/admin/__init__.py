"""Payments for platform staff: everything is looked at, little is changed."""

from payments.admin import (
    accounts,
    books,
    debits,
    deposits,
    inquiries,
    instalments,
    payments,
    quotes,
    refunds,
)

__all__ = [
    "accounts",
    "books",
    "debits",
    "deposits",
    "inquiries",
    "instalments",
    "payments",
    "quotes",
    "refunds",
]
