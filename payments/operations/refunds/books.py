"""What a part of a refund or payout does to the money journal.

Left: out of the balance at the provider, on its way. Paid: no longer on its way, but given back
(or owed again, where the payment had paid a debt) or paid out. What fails on its way, or comes
back after it looked paid, returns to the balance. Each step also posts by how much the provider's
fee is another than the books hold: some keep the fee of what failed, some give it back.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from payments.enums.books import BookAccount
from payments.enums.debits import Collects
from payments.models import MoneyEntry, Transfer, TransferPart
from payments.operations.journal import Place, post_money
from payments.operations.owed_again import given_back_on

_WAY: Place = (BookAccount.IN_TRANSIT, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A part that moved, and by how much the provider's fee is more than the books hold."""

    row: Transfer
    part: TransferPart
    more_fee: int
    now: datetime


def fee_in_books(part: TransferPart) -> int:
    """Return the provider's fee of a part as posted so far."""
    lines = MoneyEntry.objects.filter(source_id=part.id, account=BookAccount.FEES)
    return int(lines.aggregate(n=Sum("amount_rial"))["n"] or 0)


def post_left(step: Step) -> None:
    """Post that a part left the balance, with its fee."""
    amount = step.part.amount_rial
    _post("transfer_left", step, {_pool(step.row): -amount, _WAY: amount})


def post_paid(step: Step) -> None:
    """Post that a part arrived."""
    amount = step.part.amount_rial
    _post("transfer_paid", step, {_WAY: -amount, _gone(step.row): amount})


def post_back(step: Step) -> None:
    """Post that a part which had left came back: from its way, or after it looked paid."""
    amount = step.part.amount_rial
    gone = _WAY if step.part.paid_at is None else _gone(step.row)
    _post("transfer_back", step, {gone: -amount, _pool(step.row): amount})


def _post(kind: str, step: Step, lines: dict[Place, int]) -> None:
    pool = _pool(step.row)
    lines[pool] = lines.get(pool, 0) - step.more_fee
    lines[BookAccount.FEES, ""] = step.more_fee
    post_money(kind=kind, source_id=step.part.id, lines=lines, now=step.now)


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
