"""Payments for platform staff: everything is looked at, little is changed."""

from payments.admin import (
    accounts,
    books,
    debits,
    deposits,
    inquiries,
    instalments,
    links,
    payments,
    quotes,
    refunds,
    settings,
)

__all__ = [
    "accounts",
    "books",
    "debits",
    "deposits",
    "inquiries",
    "instalments",
    "links",
    "payments",
    "quotes",
    "refunds",
    "settings",
]
