"""Rows of one invoice belong together: the unit of an import is the purchase, not the row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext_lazy as _

from core.errors import Problem
from customers.operations.imports.parsing import (
    Layout,
    invoice_of,
    joined,
    purchase_of,
    said_of,
)
from customers.operations.imports.reading import Row
from customers.operations.purchases.values import NewPurchase

_ITEM_FIELDS = ("item", "sku")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken, and why."""

    row: int
    problem: Problem
    cells: Sequence[str]


@dataclass(slots=True)
class Group:
    """Consecutive rows of one purchase; either `purchase` or `refusals` is filled.

    `said` is what its rows say of the customer, by attribute. `first` and `last` are row numbers,
    from 1, blank rows counted.
    """

    first: int
    last: int
    cells: list[Row]
    purchase: NewPurchase | None = None
    refusals: list[Refusal] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


def groups_of(rows: Iterable[Row], layout: Layout, *, start: int) -> Iterator[Group]:
    """Yield the purchases of a file; `start` is the number of the first row given."""
    by_item = any(name in layout.columns for name in _ITEM_FIELDS)
    held: Group | None = None
    for number, row in enumerate(rows, start=start):
        if held is not None and _belongs(row, held, layout, by_item=by_item):
            held.cells.append(row)
            held.last = number
            continue
        if held is not None:
            yield _parsed(held, layout)
        held = Group(number, number, [row])
    if held is not None:
        yield _parsed(held, layout)


def batches_of(groups: Iterator[Group], size: int) -> Iterator[list[Group]]:
    """Yield lists of up to `size` groups."""
    while batch := list(islice(groups, size)):
        yield batch


def refused_all(group: Group, problem: Problem) -> list[Refusal]:
    """Return the refusal of every row of a group for one reason."""
    return [
        Refusal(group.first + offset, problem, cells)
        for offset, cells in enumerate(group.cells)
        if cells
    ]


def _belongs(row: Row, group: Group, layout: Layout, *, by_item: bool) -> bool:
    if not row:
        return not group.cells[0]  # a run of blank rows is one group of nothing
    if not by_item or not group.cells[0]:
        return False
    invoice = invoice_of(row, layout)
    return bool(invoice) and invoice == invoice_of(group.cells[0], layout)


def _parsed(group: Group, layout: Layout) -> Group:
    parts: list[NewPurchase] = []
    for offset, cells in enumerate(group.cells):
        if not cells:
            continue
        try:
            parts.append(purchase_of(cells, group.first + offset, layout))
            group.said |= said_of(cells, layout)
        except Problem as problem:
            group.refusals.append(Refusal(group.first + offset, problem, cells))
    if group.refusals:
        _refuse_rest(group)
    elif parts:
        group.purchase = joined(parts)
    return group


def _refuse_rest(group: Group) -> None:
    """Refuse the sound rows of an invoice whose other rows are not: half a sale is no sale."""
    bad = {refusal.row for refusal in group.refusals}
    reason = Problem("invoice_incomplete", _("Another row of the same invoice was refused."))
    rest = [one for one in refused_all(group, reason) if one.row not in bad]
    group.refusals = sorted([*group.refusals, *rest], key=lambda one: one.row)
