"""What people call a payment: the shop's number, or what it is for where it has none."""

from typing import Any, Final

from dashboard.web import words
from payments.enums import PaymentMethod
from payments.enums.debits import Collects
from payments.queries import is_machine_number

# Nobody asks for these one by one: the day tells them apart.
_BY_DAY: Final = (PaymentMethod.DIRECT_DEBIT, PaymentMethod.IDENTIFIED_DEPOSIT)


def title_of_payment(row: Any) -> str:
    """Return what a payment is called in lists."""
    is_debt = row.collects == Collects.RECEIVABLE and row.description
    if not is_debt and not is_machine_number(row.external_id):
        return words.code(row.external_id)
    what = row.description or str(PaymentMethod(row.method).label)
    if row.method not in _BY_DAY:
        return what
    return f"{what} {words.day(row.settled_at or row.created_at, 'short')}"


def told_besides(row: Any) -> str:
    """Return a payment's description unless its title says it."""
    return "" if title_of_payment(row).startswith(row.description) else row.description
