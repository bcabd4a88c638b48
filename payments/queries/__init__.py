"""Reading payments, their tries and their figures."""

from payments.queries.accounts import (
    AccountInfo,
    accounts_for,
    hosts_of,
    limits_of,
    provider_account,
)
from payments.queries.figures import DayFigure, PaymentTotals, payment_totals, success_by_day
from payments.queries.payments import (
    AttemptDetail,
    PaymentDetail,
    is_machine_number,
    last_attempt,
    pay_url,
    payment_by_id,
    payment_by_pay_token,
    payment_detail,
    payment_rows,
)
from payments.queries.returns import open_orphans

__all__ = [
    "AccountInfo",
    "AttemptDetail",
    "DayFigure",
    "PaymentDetail",
    "PaymentTotals",
    "accounts_for",
    "hosts_of",
    "is_machine_number",
    "last_attempt",
    "limits_of",
    "open_orphans",
    "pay_url",
    "payment_by_id",
    "payment_by_pay_token",
    "payment_detail",
    "payment_rows",
    "payment_totals",
    "provider_account",
    "success_by_day",
]
