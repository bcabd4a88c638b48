"""What can be done with payments."""

from payments.operations.accounts import (
    AccountTerms,
    add_account,
    adjust_account,
    change_account,
    open_default_account,
    replace_credentials,
    set_account_active,
    set_provider_account,
)
from payments.operations.alerts import raise_alert, resolve_alert, settle_alerts
from payments.operations.callback import Return, handle_callback
from payments.operations.check import check_attempt
from payments.operations.create import Asked, cancel_payment, create_payment, expire_payment
from payments.operations.links import (
    NewLink,
    close_link,
    create_link,
    pay_at_link,
    set_checkout_policy,
)
from payments.operations.people import ask_again, close_orphan
from payments.operations.poll import poll_due
from payments.operations.probe import Probed, probe_account
from payments.operations.quotes import NewQuote, make_quote, pay_quote, withdraw_quote
from payments.operations.recheck import recheck_attempt
from payments.operations.reverse import (
    ReversalInfo,
    request_reversal,
    reverse_payment,
    run_reversal,
)
from payments.operations.sale import record_sale
from payments.operations.start import start_attempt
from payments.operations.sweep import sweep_account

__all__ = [
    "AccountTerms",
    "Asked",
    "NewLink",
    "NewQuote",
    "Probed",
    "Return",
    "ReversalInfo",
    "add_account",
    "adjust_account",
    "ask_again",
    "cancel_payment",
    "change_account",
    "check_attempt",
    "close_link",
    "close_orphan",
    "create_link",
    "create_payment",
    "expire_payment",
    "handle_callback",
    "make_quote",
    "open_default_account",
    "pay_at_link",
    "pay_quote",
    "poll_due",
    "probe_account",
    "raise_alert",
    "recheck_attempt",
    "record_sale",
    "replace_credentials",
    "request_reversal",
    "resolve_alert",
    "reverse_payment",
    "run_reversal",
    "set_account_active",
    "set_checkout_policy",
    "set_provider_account",
    "settle_alerts",
    "start_attempt",
    "sweep_account",
    "withdraw_quote",
]
