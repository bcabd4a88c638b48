"""Who has a taste, asked of everybody at once; the rule is `weigh`'s, in SQL (capability C006).

A list's words are compared as `meant` reads them: every text purchases say is read once, and those
that mean a wanted value are asked for. Purchases beyond the newest five hundred count here, too.
"""

# Values have places of their own; what is joined here are our own words.
# ruff: noqa: S608

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from customers.enums import AttributeKind
from customers.models import AttributeDefinition
from customers.queries.asked import Asked
from customers.queries.stands import stands
from customers.queries.tastes.bought import DAYPARTS, LINE, meant
from customers.queries.tastes.weigh import (
    HALF_LIFE_DAYS,
    LEAST_PURCHASES,
    LEAST_SHARE,
    ROUNDING,
)

_KINDS: Final = (
    AttributeKind.TEXT,
    AttributeKind.CHOICE,
    AttributeKind.YES_NO,
    AttributeKind.NUMBER,
)
_COLUMNS: Final = {"item": "l.name", "category": "l.category"}
_DAYPART: Final = "daypart"
_LOOKS_BACK_DAYS: Final = 1080


@dataclass(frozen=True, slots=True)
class _Said:
    """What purchases say: as SQL, from which rows, and which texts mean anything (None: all)."""

    text: str
    rows: str
    meaning: Sequence[str] | None


def can_be_tasted(definition: Any) -> bool:
    """Tell whether everybody's taste of an attribute can be asked for."""
    source = definition.learned_from
    known = source in _COLUMNS or source == _DAYPART or source.startswith(LINE)
    return known and definition.kind in _KINDS


def tasted(asked: Asked, definition: AttributeDefinition, values: Sequence[str]) -> str:
    """Return a part that holds for whose purchases tell one of some values as their taste."""
    said = _said(asked, definition)
    named = [asked.put(_texts(asked, definition, value, said), "text[]") for value in values]
    hits = ", ".join(
        f"bool_or({said.text} = ANY({texts})) AS hit{place}" for place, texts in enumerate(named)
    )
    anything = f"{said.text} <> ''"
    if said.meaning is not None:
        anything = f"{said.text} = ANY({asked.put(list(said.meaning), 'text[]')})"
    # A purchase weighs half as much for every so many days, and counts once however much it says.
    weight = (
        f"power(0.5::float8, ({asked.put(asked.today, 'date')} - p.local_date)"
        f"::float8 / {HALF_LIFE_DAYS}) AS weight"
    )
    enough = " OR ".join(
        f"(count(*) FILTER (WHERE hit{place}) >= {LEAST_PURCHASES}"
        f" AND sum(weight) FILTER (WHERE hit{place})"
        f" >= {LEAST_SHARE} * sum(weight) - {ROUNDING})"
        for place in range(len(named))
    )
    return (
        f"c.id IN (SELECT customer_id FROM (SELECT p.customer_id, {weight}, {hits}"
        f" {said.rows} AND {anything} GROUP BY p.id, p.customer_id, p.local_date) AS bought"
        f" GROUP BY customer_id HAVING {enough})"
    )


def _said(asked: Asked, definition: AttributeDefinition) -> _Said:
    text = _text(asked, definition.learned_from)
    rows = _rows(asked)
    if definition.kind == AttributeKind.TEXT:
        return _Said(text, rows, None)
    if definition.learned_from == _DAYPART:
        found = sorted({name for _end, name in DAYPARTS})
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT {text} {rows} AND {text} <> ''", asked.values)
            found = [row[0] for row in cursor.fetchall()]
    meaning = [one for one in found if meant(definition, [one], asked.today)]
    return _Said(text, rows, meaning)


def _texts(asked: Asked, definition: AttributeDefinition, value: str, said: _Said) -> list[str]:
    if said.meaning is None:
        return [value]
    return [one for one in said.meaning if value in meant(definition, [one], asked.today)]


def _text(asked: Asked, source: str) -> str:
    if source == _DAYPART:
        hour = f"extract(hour FROM p.occurred_at AT TIME ZONE {asked.put(asked.zone.key, 'text')})"
        cases = " ".join(f"WHEN {hour} < {end} THEN '{name}'" for end, name in DAYPARTS)
        return f"(CASE {cases} END)"
    if source.startswith(LINE):
        return f"(l.attributes ->> {asked.put(source.removeprefix(LINE), 'text')})"
    return _COLUMNS[source]


def _rows(asked: Asked) -> str:
    today = asked.put(asked.today, "date")
    return (
        "FROM customers_purchase p LEFT JOIN customers_purchaseline l"
        f" ON l.business_id = {asked.business} AND l.purchase_id = p.id"
        " AND (l.returned_rial < l.total_rial OR l.total_rial = 0)"
        f" WHERE p.business_id = {asked.business} AND p.customer_id IS NOT NULL"
        f"{asked.only('p.customer_id')} AND p.local_date > {today} - {_LOOKS_BACK_DAYS}"
        f" AND p.local_date <= {today} AND {stands('p')}"
    )
