"""Paying by transfer from the pay page: an identifier, and with a card an amount of its own."""

from datetime import datetime
from uuid import UUID

from core.tenancy import operation
from payments.enums.covers import CoverState
from payments.models import BankAccount, PaymentCover
from payments.operations.create import expire_payment
from payments.operations.deposits.identifiers import issue_identifier
from payments.operations.deposits.signatures import lend_signature
from payments.queries.deposits import bank_accounts, receiving_accounts
from payments.queries.rails import Rail, rule_of


@operation
def offer_transfer(*, payment_id: UUID, by_card: bool = False, now: datetime) -> bool:
    """Give a payment what a payer needs for a transfer; False where there is no bank account.

    Nor while a gift card or coupon is held for it, which is for minutes and no transfer's days.
    Nor after its time, even if nobody expired it yet. Repeatable. A provider's identifier comes
    a moment later. Raises NotFound and the problems of `issue_identifier` and `lend_signature`.
    """
    account = receiving_account(by_card=by_card)
    if PaymentCover.objects.filter(payment=payment_id, state=CoverState.HELD).exists():
        return False
    if account is None or expire_payment(payment_id=payment_id, now=now):
        return False
    issue_identifier(account_id=account.id, payment_id=payment_id, now=now)
    if by_card:
        lend_signature(account_id=account.id, payment_id=payment_id, now=now)
    return True


def receiving_account(*, by_card: bool = False) -> BankAccount | None:
    """Return the account transfers are asked to: the oldest that can take them."""
    cards = bank_accounts(active=True).exclude(card="")
    return (cards if by_card else receiving_accounts()).first()


def may_transfer(*, amount_rial: int, now: datetime) -> tuple[bool, bool]:
    """Tell whether a sum may come by transfer, and by card to card within the card's cap."""
    card = rule_of(Rail.CARD, now.date())
    small = card is not None and amount_rial < (card.cap_rial or amount_rial + 1)
    return receiving_account() is not None, small and receiving_account(by_card=True) is not None
