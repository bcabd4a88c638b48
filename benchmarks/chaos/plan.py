"""What the run will do, chosen beforehand from one seed: who buys what and how, and what breaks.

The seed repeats the choices; when a process dies in the middle of which request is the machine's.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

FAULTY_OF_HUNDRED: Final = 20
# Which shops do what besides selling at their gateways.
DEBITING: Final = (0, 1)
DEPOSITING: Final = (3, 4)
LATER: Final = (0, 2, 5)
# Never a magic amount of the sandbox: those end in 99xx.
STEP_RIAL: Final = 10_000


class Conduct(StrEnum):
    """How a buyer behaves once the payment is asked for."""

    PAYS = "pays and comes back"
    COMES_BACK_OFTEN = "pays, and the browser repeats the return, several at once"
    IS_LOST = "pays, and the browser never comes back"
    TRIES_AGAIN = "pays, is not sent back, opens the pay page and presses pay again"
    TWO_TABS = "presses pay in two tabs and pays in both"
    IS_REFUSED = "has not enough on the card, tries another one"
    GIVES_UP = "gives up at the bank"
    LEAVES = "presses pay and closes the browser"


class Back(StrEnum):
    """What of a sale is asked back."""

    WHOLE = "the whole"
    PART = "a part"
    TWO_PARTS = "two equal parts, asked at once"
    TWICE = "the whole, asked by two people at once"


class Manner(StrEnum):
    """How somebody transfers money to an identifier."""

    EXACT = "an invoice, exactly"
    UNASKED = "a sum of one's own choice to one's own identifier"
    UNDER_FIRST = "too little, then the invoice"
    OVER_FIRST = "too much, then the invoice"
    TWICE = "an invoice, twice"
    STRANGE_FIRST = "from an account nobody registered, then from the right one"
    SLOW = "an invoice, by a rail that takes hours"


_CONDUCTS: Final = {
    Conduct.PAYS: 48,
    Conduct.COMES_BACK_OFTEN: 16,
    Conduct.IS_LOST: 10,
    Conduct.TRIES_AGAIN: 8,
    Conduct.TWO_TABS: 6,
    Conduct.IS_REFUSED: 6,
    Conduct.GIVES_UP: 3,
    Conduct.LEAVES: 3,
}
_BACKS: Final = {Back.WHOLE: 35, Back.PART: 30, Back.TWO_PARTS: 20, Back.TWICE: 15}
_MANNERS: Final = {
    Manner.EXACT: 48,
    Manner.UNASKED: 14,
    Manner.UNDER_FIRST: 9,
    Manner.OVER_FIRST: 8,
    Manner.TWICE: 9,
    Manner.STRANGE_FIRST: 6,
    Manner.SLOW: 6,
}
_UNPAID: Final = frozenset({Conduct.GIVES_UP, Conduct.LEAVES})
# By name and code as the sandbox orders them. What is done unheard stands beside what is not done.
FAULTS: Final = (
    ("timeout_done", None),
    ("timeout_not_done", None),
    ("html_500_done", None),
    ("html_500", None),
    ("http_429", None),
    ("bad_json", None),
    ("slow_body", None),
    ("data_list", None),
    ("int_as_string", None),
    ("persian_digits", None),
    ("missing_field", None),
    ("wrong_content_type", None),
    ("fresh_twice", None),
    ("error_200", -52),
    ("error", -12),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How much is done. `payments` are asked for at gateways, `later` at the pay-later partner."""

    payments: int
    later: int
    refunds: int
    debits: int
    mandates: int
    deposits: int
    at_once: int = 12


def size_of(number: int) -> Size:
    """Return the size of a run with so many payments and as many debits."""
    return Size(
        payments=number,
        later=number // 5,
        refunds=3 * number // 10,
        debits=number,
        mandates=max(number // 10, 10),
        deposits=number // 5,
    )


FULL: Final = 1_000
QUICK: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """One payment to ask for, by a gateway or `later`; and what of it is asked `back`."""

    number: int
    shop: int
    amount_rial: int
    conduct: Conduct
    later: bool
    back: Back | None
    seed: int

    @property
    def external_id(self) -> str:
        """Return the shop's own number of the sale."""
        return f"sale-{self.number}"

    @property
    def mobile(self) -> str:
        """Return the buyer's mobile; no two sales share one."""
        return f"0912{self.number:07}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """One debit to schedule, `after_s` seconds from the moment it is asked for."""

    number: int
    shop: int
    mandate: int
    amount_rial: int
    after_s: int

    @property
    def external_id(self) -> str:
        """Return the shop's own number of the debit."""
        return f"debit-{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wire:
    """One invoice (or none) to be paid to an identifier."""

    number: int
    shop: int
    amount_rial: int
    manner: Manner

    @property
    def external_id(self) -> str:
        """Return the shop's own number of the invoice."""
        return f"invoice-{self.number}"

    @property
    def mobile(self) -> str:
        """Return the payer's mobile; no two share one."""
        return f"0914{self.number:07}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Everything chosen beforehand."""

    size: Size
    seed: int
    sales: list[Sale]
    dues: list[Due]
    wires: list[Wire]
    faults: list[tuple[str, int | None]]
    poor: frozenset[int]


def make_plan(size: Size, *, shops: int, seed: int) -> Plan:
    """Return the plan of a seed."""
    dice = Random(seed)
    asked = size.payments + size.later + size.debits + size.deposits + size.refunds
    return Plan(
        size=size,
        seed=seed,
        sales=_sales(size, shops, dice),
        dues=[_due(number, size, dice) for number in range(1, size.debits + 1)],
        wires=[_wire(number, dice) for number in range(1, size.deposits + 1)],
        faults=[dice.choice(FAULTS) for _ in range(6 * asked)],
        poor=frozenset(dice.sample(range(size.mandates), size.mandates // 10)),
    )


def shop_of(mandate: int) -> int:
    """Return whose mandate it is."""
    return DEBITING[mandate % len(DEBITING)]


def _sales(size: Size, shops: int, dice: Random) -> list[Sale]:
    total = size.payments + size.later
    conducts = dice.choices(list(_CONDUCTS), list(_CONDUCTS.values()), k=total)
    later = frozenset(dice.sample(range(total), size.later))
    paid = [n for n, conduct in enumerate(conducts) if conduct not in _UNPAID]
    backs = dice.choices(list(_BACKS), list(_BACKS.values()), k=size.refunds)
    back = dict(zip(dice.sample(paid, min(size.refunds, len(paid))), backs, strict=False))
    return [
        Sale(
            number=n + 1,
            shop=dice.choice(LATER) if n in later else dice.randrange(shops),
            amount_rial=_amount(dice),
            conduct=conduct,
            later=n in later,
            back=back.get(n),
            seed=dice.getrandbits(32),
        )
        for n, conduct in enumerate(conducts)
    ]


def _due(number: int, size: Size, dice: Random) -> Due:
    mandate = dice.randrange(size.mandates)
    return Due(
        number=number,
        shop=shop_of(mandate),
        mandate=mandate,
        amount_rial=_amount(dice),
        after_s=dice.randrange(30),
    )


def _wire(number: int, dice: Random) -> Wire:
    return Wire(
        number=number,
        shop=dice.choice(DEPOSITING),
        amount_rial=_amount(dice),
        manner=dice.choices(list(_MANNERS), list(_MANNERS.values()))[0],
    )


def _amount(dice: Random) -> int:
    return dice.randrange(5, 500) * STEP_RIAL
