"""What a part of a refund or payout does to the money journal.

Left: out of the balance at the provider, on its way. Paid: no longer on its way, but given back
(or owed again, where the payment had paid a debt) or paid out. What fails on its way, or comes
back after it looked paid, returns to the balance.
"""

from datetime import datetime

from payments.enums.books import BookAccount
from payments.enums.debits import Collects
from payments.models import Transfer, TransferPart
from payments.operations.journal import Place, post_money
from payments.operations.owed_again import given_back_on

_WAY: Place = (BookAccount.IN_TRANSIT, "")


def post_left(row: Transfer, part: TransferPart, fee_rial: int, now: datetime) -> None:
    """Post that a part left the balance, with its fee."""
    amount = part.amount_rial
    lines = {
        _pool(row): -amount - fee_rial,
        (BookAccount.FEES, ""): fee_rial,
        _WAY: amount,
    }
    post_money(kind="transfer_left", source_id=part.id, lines=lines, now=now)


def post_paid(row: Transfer, part: TransferPart, now: datetime) -> None:
    """Post that a part arrived."""
    lines = {_WAY: -part.amount_rial, _gone(row): part.amount_rial}
    post_money(kind="transfer_paid", source_id=part.id, lines=lines, now=now)


def post_back(row: Transfer, part: TransferPart, now: datetime) -> None:
    """Post that a part which had left came back: from its way, or after it looked paid."""
    gone = _WAY if part.paid_at is None else _gone(row)
    lines = {gone: -part.amount_rial, _pool(row): part.amount_rial}
    post_money(kind="transfer_back", source_id=part.id, lines=lines, now=now)


def _gone(row: Transfer) -> Place:
    payment = row.payment
    if payment is None:
        return BookAccount.PAYOUTS, ""
    owed_again = payment.collects == Collects.RECEIVABLE and not row.records_return
    return given_back_on(payment, owed_again=owed_again)


def _pool(row: Transfer) -> Place:
    """Return the balance money leaves: where the payment's own money lies, or the payer's."""
    account, attempt = row.account, row.attempt
    if account is None or attempt is None or account.provider != attempt.account.provider:
        return BookAccount.PROVIDER, str(row.account_id)
    return BookAccount.PROVIDER, str(attempt.account_id)
