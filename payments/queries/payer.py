"""The bank a payer will most likely pay from, where former payments or a mandate tell it."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from core.numbers import BANKS, BINS, Bank, bank_now, bank_of_card
from customers.queries import find_customer
from payments.enums import AttemptState
from payments.enums.debits import MandateState
from payments.models import Mandate, Payment, PaymentAttempt

_KNOWN_BY: Final = ("external_id", "member_code", "mobile", "email")
_PAID: Final = [AttemptState.CONFIRMED, AttemptState.REVERSED]


def customer_of(payment: Payment) -> UUID | None:
    """Return whose payment it is, if the business knows them."""
    return payment.debtor_id or _named(payment.customer_hint)


def payer_bank(payment: Payment) -> Bank | None:
    """Return the bank of the card its customer paid with last, or of their mandate; else None.

    At most three queries. A guess: the buyer may take another card, so it only orders accounts.
    """
    customer_id = customer_of(payment)
    if customer_id is None:
        return None
    paid = PaymentAttempt.objects.filter(
        payment__purchase__customer_id=customer_id, state__in=_PAID
    ).exclude(masked_pan="")
    card = paid.order_by("-started_at").values_list("masked_pan", flat=True).first()
    bank = bank_of_card(card) if card else _of_mandate(customer_id)
    return bank_now(bank) if bank else None


def bins_of(bank: Bank) -> list[str]:
    """Return the first six digits of a bank's cards, those of banks merged into it too."""
    return [start for start, code in BINS.items() if bank_now(BANKS[code]) == bank]


def _of_mandate(customer_id: UUID) -> Bank | None:
    signed = Mandate.objects.filter(customer_id=customer_id, state=MandateState.ACTIVE)
    code = signed.order_by("-requested_at").values_list("bank", flat=True).first()
    return BANKS.get(code or "")


def _named(hint: Mapping[str, str]) -> UUID | None:
    known = {name: hint.get(name, "") for name in _KNOWN_BY}
    return find_customer(**known) if any(known.values()) else None
