"""Which fields hold personal data of a business's customers (rule R59).

Each app declares its tables here; a guard test holds the declarations against the models, so that a
new text of a tenant table is either somebody's or it says why not. What is given out to a person
and what is emptied when they are erased follow from the same declarations.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import BinaryField, Field, Q, QuerySet

from core.tenancy.models import TenantModel

# Stands where a text may not be empty.
ERASED: Final = "—"


@dataclass(frozen=True, slots=True)
class Whom:
    """One person: every profile's id, every address, and how texts name them.

    `anywhere` and `at_home` are regular expressions that PostgreSQL and Python read alike; the
    second, for rows of their own, may be less certain. `by_address` leaves names out.
    """

    ids: tuple[UUID, ...]
    addresses: tuple[str, ...]
    anywhere: str
    at_home: str
    by_address: str


Whose = Callable[[Whom], Q]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a table holds of customers.

    `of` finds a person's own rows. `theirs` are emptied in those rows when they are erased; what
    `filled` names may not be empty and gets a dash. `free` are texts in which anybody may be named:
    only the rows that do lose them. `ours` say nothing of a customer. `told` are further fields of
    a person's own rows that are given out to them. `goes`: the row goes with the person, or, where
    nobody owns it, when it names them. `who` finds the rows that say who their owner is: there,
    with the same name, is a namesake, and only an address tells whether the person is meant.
    """

    of: Whose | None = None
    theirs: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    goes: bool = False
    who: Whose | None = None

    @property
    def named(self) -> set[str]:
        """Every field the declaration speaks of as a text."""
        return {*self.theirs, *self.free, *self.ours}


_register: dict[type[TenantModel], Facts] = {}


def declare(facts: Mapping[type[TenantModel], Facts]) -> None:
    """Say what an app's tables hold of customers; call it where the app starts."""
    _register.update(facts)


def declared() -> Mapping[type[TenantModel], Facts]:
    """Return what every app declared, in the order of the tower."""
    return _register


def by(*paths: str) -> Whose:
    """Own the rows in which one of these paths leads to one of the person's profiles."""

    def whose(whom: Whom) -> Q:
        return reduce(or_, (Q(**{f"{path}__in": whom.ids}) for path in paths))

    return whose


def at(*fields: str) -> Whose:
    """Own the rows in which one of these fields is an address of the person."""

    def whose(whom: Whom) -> Q:
        return reduce(or_, (Q(**{f"{field}__in": whom.addresses}) for field in fields))

    return whose


def everybodys(_whom: Whom) -> Q:
    """Find every row: each says whose it is."""
    return Q(id__isnull=False)


@dataclass(frozen=True, slots=True)
class Section:
    """One table's part of what is kept of a person."""

    model: type[TenantModel]
    fields: tuple["Field[Any, Any]", ...]
    rows: "QuerySet[Any, dict[str, Any]]"

    @property
    def key(self) -> str:
        """The section's name in a document."""
        return self.model._meta.label_lower


def sections_of(whom: Whom) -> Iterator[Section]:
    """Return what is kept of a person, table by table, oldest rows first.

    Sealed values are not opened; what only names the person in somebody else's row is not theirs
    to have.
    """
    for model, facts in _register.items():
        names = told_fields(model, facts)
        if facts.of is None or not names:
            continue
        fields = tuple(one for one in model._meta.concrete_fields if one.name in names)
        rows = model._default_manager.filter(facts.of(whom)).order_by("id")
        yield Section(model, fields, rows.values("id", *(field.attname for field in fields)))


def told_fields(model: type[TenantModel], facts: Facts) -> tuple[str, ...]:
    """Return the fields of a table that are given out, in the order of the table."""
    wanted = {*facts.theirs, *facts.told}
    return tuple(
        field.name
        for field in model._meta.concrete_fields
        if field.name in wanted and not isinstance(field, BinaryField)
    )
