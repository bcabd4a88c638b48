"""What the run will do, chosen beforehand from one seed: who buys what and how, and what breaks.

The seed repeats the choices; when a process dies in the middle of which request is the machine's.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final

from benchmarks.chaos.rails import OWN_BANK, PAYING, Card, Payout, Whose, card, payout, some_amount
from benchmarks.chaos.rails import whose as some_account

FAULTY_OF_HUNDRED: Final = 20
# Which shops do what besides selling at their gateways.
DEBITING: Final = (0, 1)
DEPOSITING: Final = (3, 4)
LATER: Final = (0, 2, 5)
# Of refunds a shop could send to an account, so many in a hundred are.
_TO_ACCOUNT: Final = 60
# Whose provider of debits tells that a bank gave one back.
_TOLD_OF_RETURNS: Final = 1


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
    MISTYPED_FIRST = "with a digit mistyped, then rightly"


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
# A provider's bank refuses digits nobody has; an own account takes them.
_OWN_MANNERS: Final = _MANNERS | {Manner.MISTYPED_FIRST: 10}
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
    transfers: int
    cards: int
    payouts: int
    debit_refunds: int
    at_once: int = 12

    @property
    def asked(self) -> int:
        """Return how much is asked for altogether."""
        counts = (self.payments, self.later, self.refunds, self.debits, self.deposits)
        return sum(counts) + self.transfers + self.cards + self.payouts + self.debit_refunds


def size_of(number: int) -> Size:
    """Return the size of a run with so many payments and as many debits."""
    return Size(
        payments=number,
        later=number // 5,
        refunds=3 * number // 10,
        debits=number,
        mandates=max(number // 10, 10),
        deposits=number // 5,
        transfers=number // 3,
        cards=number // 3,
        payouts=number // 3,
        debit_refunds=number // 3,
    )


FULL: Final = 1_000
QUICK: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sale:
    """One payment to ask for, by a gateway or `later`; what of it is asked `back`, and where `to`.

    `to` None: to the card that paid.
    """

    number: int
    shop: int
    amount_rial: int
    conduct: Conduct
    later: bool
    back: Back | None
    to: Whose | None
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
    """One debit to schedule, `after_s` seconds from the moment it is asked for.

    With `to` its money is asked back to an account, once it is collected.
    """

    number: int
    shop: int
    mandate: int
    amount_rial: int
    after_s: int
    to: Whose | None = None

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
    cards: list[Card]
    payouts: list[Payout]
    faults: list[tuple[str, int | None]]
    poor: frozenset[int]


def make_plan(size: Size, *, shops: int, seed: int) -> Plan:
    """Return the plan of a seed."""
    dice = Random(seed)
    provider = [_wire(number, DEPOSITING, _MANNERS, dice) for number in _numbers(size.deposits)]
    own = [
        _wire(size.deposits + number, OWN_BANK, _OWN_MANNERS, dice)
        for number in _numbers(size.transfers)
    ]
    return Plan(
        size=size,
        seed=seed,
        sales=_sales(size, shops, dice),
        dues=_dues(size, dice),
        wires=[*provider, *own],
        cards=[card(number, dice) for number in _numbers(size.cards)],
        payouts=[payout(number, dice) for number in _numbers(size.payouts)],
        faults=[dice.choice(FAULTS) for _ in range(6 * size.asked)],
        poor=frozenset(dice.sample(range(size.mandates), size.mandates // 10)),
    )


def shop_of(mandate: int) -> int:
    """Return whose mandate it is."""
    return DEBITING[mandate % len(DEBITING)]


def is_given_back_by_bank(mandate: int) -> bool:
    """Tell whether the bank itself may give debits of a mandate back; nobody else does then."""
    return shop_of(mandate) == _TOLD_OF_RETURNS and mandate // len(DEBITING) % 2 == 1


def _numbers(count: int) -> range:
    return range(1, count + 1)


def _sales(size: Size, shops: int, dice: Random) -> list[Sale]:
    total = size.payments + size.later
    conducts = dice.choices(list(_CONDUCTS), list(_CONDUCTS.values()), k=total)
    later = frozenset(dice.sample(range(total), size.later))
    paid = [n for n, conduct in enumerate(conducts) if conduct not in _UNPAID]
    backs = dice.choices(list(_BACKS), list(_BACKS.values()), k=size.refunds)
    back = dict(zip(dice.sample(paid, min(size.refunds, len(paid))), backs, strict=False))
    at = [dice.choice(LATER) if n in later else dice.randrange(shops) for n in range(total)]
    to = {n: some_account(dice) for n in back if _may_go_to_account(at[n], n in later, dice)}
    return [
        Sale(
            number=n + 1,
            shop=at[n],
            amount_rial=some_amount(dice),
            conduct=conduct,
            later=n in later,
            back=back.get(n),
            to=to.get(n),
            seed=dice.getrandbits(32),
        )
        for n, conduct in enumerate(conducts)
    ]


def _may_go_to_account(shop: int, later: bool, dice: Random) -> bool:  # noqa: FBT001 - one of two
    return shop in PAYING and not later and dice.randrange(100) < _TO_ACCOUNT


def _dues(size: Size, dice: Random) -> list[Due]:
    dues = [_due(number, size, dice) for number in _numbers(size.debits)]
    may_go = [due for due in dues if not is_given_back_by_bank(due.mandate)]
    chosen = dice.sample(may_go, min(size.debit_refunds, len(may_go)))
    to = {due.number: some_account(dice) for due in chosen}
    return [replace(due, to=to.get(due.number)) for due in dues]


def _due(number: int, size: Size, dice: Random) -> Due:
    mandate = dice.randrange(size.mandates)
    return Due(
        number=number,
        shop=shop_of(mandate),
        mandate=mandate,
        amount_rial=some_amount(dice),
        after_s=dice.randrange(30),
    )


def _wire(number: int, shops: tuple[int, ...], manners: dict[Manner, int], dice: Random) -> Wire:
    return Wire(
        number=number,
        shop=dice.choice(shops),
        amount_rial=some_amount(dice),
        manner=dice.choices(list(manners), list(manners.values()))[0],
    )
