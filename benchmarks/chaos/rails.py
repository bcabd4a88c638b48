"""What is chosen beforehand of the rails beside gateways, debits and a provider's identifiers.

Money to accounts, of which a bank is asked whose they are; sums lent to a card; the shop's own bank
account, of which nothing is known but its statements.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

# Never a magic amount of the sandbox: those end in 99xx.
STEP_RIAL: Final = 10_000
# Which shops send money to accounts, and which are paid into a bank account of their own.
PAYING: Final = (0, 1, 5)
OWN_BANK: Final = (2, 5)


class Whose(StrEnum):
    """Whose account money shall go to, as the bank will tell when asked."""

    THEIRS = "the payer's own"
    JOINT = "the payer's and somebody else's"
    ANOTHERS = "somebody else's"
    BLOCKED = "an account that takes nothing"
    SILENT = "an account whose bank does not answer"
    NOBODYS = "an account no bank knows"


class PayManner(StrEnum):
    """How a payout is asked for."""

    ONCE = "once"
    TWICE = "by two programs at once, under one number"
    CALLED_OFF = "and called off a moment later"


class CardManner(StrEnum):
    """How somebody pays the sum lent to them from card to card."""

    EXACT = "exactly"
    TWICE = "twice"
    ROUND = "without the few rial that name it"
    TWO_TABS = "having asked for it in two tabs"
    LATE = "exactly, in a statement that comes late"


_WHOSE: Final = {
    Whose.THEIRS: 50,
    Whose.JOINT: 10,
    Whose.ANOTHERS: 16,
    Whose.BLOCKED: 8,
    Whose.SILENT: 8,
    Whose.NOBODYS: 8,
}
_PAY_MANNERS: Final = {PayManner.ONCE: 70, PayManner.TWICE: 20, PayManner.CALLED_OFF: 10}
_CARD_MANNERS: Final = {
    CardManner.EXACT: 56,
    CardManner.TWICE: 12,
    CardManner.ROUND: 10,
    CardManner.TWO_TABS: 12,
    CardManner.LATE: 10,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Payout:
    """Money a shop sends to an account."""

    number: int
    shop: int
    amount_rial: int
    whose: Whose
    manner: PayManner

    @property
    def external_id(self) -> str:
        """Return the shop's own number of the payout."""
        return f"payout-{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """An invoice to be paid from card to card."""

    number: int
    shop: int
    amount_rial: int
    manner: CardManner

    @property
    def external_id(self) -> str:
        """Return the shop's own number of the invoice."""
        return f"card-{self.number}"

    @property
    def mobile(self) -> str:
        """Return the payer's mobile; no two share one."""
        return f"0915{self.number:07}"


def some_amount(dice: Random) -> int:
    """Return a sum somebody pays."""
    return dice.randrange(5, 500) * STEP_RIAL


def whose(dice: Random) -> Whose:
    """Choose whose account is named."""
    return dice.choices(list(_WHOSE), list(_WHOSE.values()))[0]


def payout(number: int, dice: Random) -> Payout:
    """Choose a payout."""
    return Payout(
        number=number,
        shop=dice.choice(PAYING),
        amount_rial=some_amount(dice),
        whose=whose(dice),
        manner=dice.choices(list(_PAY_MANNERS), list(_PAY_MANNERS.values()))[0],
    )


def card(number: int, dice: Random) -> Card:
    """Choose an invoice to be paid from card to card."""
    return Card(
        number=number,
        shop=dice.choice(OWN_BANK),
        amount_rial=some_amount(dice),
        manner=dice.choices(list(_CARD_MANNERS), list(_CARD_MANNERS.values()))[0],
    )
