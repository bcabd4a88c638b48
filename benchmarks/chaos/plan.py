"""What the run will do, chosen beforehand from one seed: who buys what and how, and what breaks.

The seed repeats the choices; when a process dies in the middle of which request is the machine's.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

FAULTY_OF_HUNDRED: Final = 20
# The first shops also debit.
DEBITING: Final = 2
# Never a magic amount of the sandbox: those end in 99xx.
_STEP_RIAL: Final = 10_000


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
    """How much is done."""

    payments: int
    debits: int
    mandates: int
    at_once: int = 12


FULL: Final = Size(payments=3_000, debits=3_000, mandates=300)
QUICK: Final = Size(payments=150, debits=150, mandates=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """One payment to ask for."""

    number: int
    shop: int
    amount_rial: int
    conduct: Conduct
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
class Plan:
    """Everything chosen beforehand."""

    size: Size
    seed: int
    sales: list[Sale]
    dues: list[Due]
    faults: list[tuple[str, int | None]]
    poor: frozenset[int]


def make_plan(size: Size, *, shops: int, seed: int) -> Plan:
    """Return the plan of a seed."""
    dice = Random(seed)
    return Plan(
        size=size,
        seed=seed,
        sales=[_sale(number, shops, dice) for number in range(1, size.payments + 1)],
        dues=[_due(number, size, dice) for number in range(1, size.debits + 1)],
        faults=[dice.choice(FAULTS) for _ in range(4 * (size.payments + size.debits))],
        poor=frozenset(dice.sample(range(size.mandates), size.mandates // 10)),
    )


def shop_of(mandate: int) -> int:
    """Return whose mandate it is."""
    return mandate % DEBITING


def _sale(number: int, shops: int, dice: Random) -> Sale:
    conducts, weights = list(_CONDUCTS), list(_CONDUCTS.values())
    return Sale(
        number=number,
        shop=dice.randrange(shops),
        amount_rial=_amount(dice),
        conduct=dice.choices(conducts, weights)[0],
        seed=dice.getrandbits(32),
    )


def _due(number: int, size: Size, dice: Random) -> Due:
    mandate = dice.randrange(size.mandates)
    return Due(
        number=number,
        shop=shop_of(mandate),
        mandate=mandate,
        amount_rial=_amount(dice),
        after_s=dice.randrange(30),
    )


def _amount(dice: Random) -> int:
    return dice.randrange(5, 500) * _STEP_RIAL
