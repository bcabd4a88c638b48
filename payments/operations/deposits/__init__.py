"""What can be done with identified deposits."""

from payments.operations.deposits.accounts import (
    drop_holiday,
    link_bank_account,
    save_bank_account,
    set_holiday,
)
from payments.operations.deposits.credit import Part
from payments.operations.deposits.feed import hint_deposit, read_feed
from payments.operations.deposits.identifiers import close_identifier, issue_identifier
from payments.operations.deposits.resolve import (
    Rest,
    accept_deposit,
    ignore_deposit,
    split_deposit,
)
from payments.operations.deposits.returns import fail_return, finish_return, return_deposit
from payments.operations.deposits.rows import HeardRow, Taken, fingerprint, hear_rows
from payments.operations.deposits.run import run_deposit
from payments.operations.deposits.signatures import lend_signature
from payments.operations.deposits.transfer import may_transfer, offer_transfer

__all__ = [
    "HeardRow",
    "Part",
    "Rest",
    "Taken",
    "accept_deposit",
    "close_identifier",
    "drop_holiday",
    "fail_return",
    "fingerprint",
    "finish_return",
    "hear_rows",
    "hint_deposit",
    "ignore_deposit",
    "issue_identifier",
    "lend_signature",
    "link_bank_account",
    "may_transfer",
    "offer_transfer",
    "read_feed",
    "return_deposit",
    "run_deposit",
    "save_bank_account",
    "set_holiday",
    "split_deposit",
]
