"""Why a customer is in an own segment, or is not: every condition, and what it saw of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from segmentation.queries.own.document import All, AnyOf, Not
from segmentation.queries.own.names import Names
from segmentation.queries.own.statement import asked_now, part
from segmentation.queries.own.told import told_part

_NOTHING: Final = "NULL::bigint"


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition of a rule, whether it holds of a customer, and the number it was decided by.

    `value` is in the unit the condition asks in: times, rial, days, percent, a mark; None where it
    asks for no number, or the customer has none.
    """

    kind: str
    sentence: str
    holds: bool
    value: int | None


def why(rule: Any, customer_id: UUID, now: datetime, known: Names) -> list[Reason]:
    """Return every condition of a rule as it stands for one customer now. One query."""
    asked = asked_now(now, [customer_id])
    told, columns = [], []
    for one in _conditions(rule):
        asked.looks.clear()
        columns.append(f"coalesce({part(one, asked, known)}, false)")
        columns.append(f"({asked.looks[0]})" if len(asked.looks) == 1 else _NOTHING)
        leaf = one.of if isinstance(one, Not) else one
        told.append((getattr(leaf, "kind", ""), told_part(one, known)))
    found = _ask(columns, asked.business, asked.put(customer_id, "uuid"), asked.values)
    return [
        Reason(kind, sentence, bool(found[2 * n]), found[2 * n + 1])
        for n, (kind, sentence) in enumerate(told)
        if found
    ]


def _conditions(rule: Any) -> Iterator[Any]:
    """Return what is joined by «and» and «or», from left to right; what is turned round is one."""
    if isinstance(rule, All | AnyOf):
        for one in rule.of:
            yield from _conditions(one)
    else:
        yield rule


def _ask(columns: list[str], business: str, customer: str, values: dict[str, Any]) -> Any:
    sql = (
        f"SELECT {', '.join(columns)} FROM customers_customer c"  # noqa: S608 - our own words
        f" WHERE c.business_id = {business} AND c.id = {customer}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
