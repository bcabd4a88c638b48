"""What each purchase of a customer says of their tastes."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from businesses.queries import business_by_id
from core.calendar import jalali
from core.money import RIAL_PER_TOMAN
from core.tenancy import active_business_id
from core.text import latin_digits, normalise, search_key
from customers.enums import AttributeKind
from customers.models import AttributeDefinition
from customers.queries.stands import stands

# What came back is no taste. Of a purchase 1,080 days old a 64th counts; further none is looked at.
_BOUGHT: Final = f"""
SELECT p.id, p.local_date, p.occurred_at, p.total_rial, l.name, l.category, l.attributes
FROM (
    SELECT id, local_date, occurred_at, total_rial FROM customers_purchase
    WHERE business_id = %(business)s AND customer_id = %(customer)s
        AND local_date > %(today)s - 1080 AND local_date <= %(today)s
        AND {stands("customers_purchase")}
    ORDER BY local_date DESC LIMIT 500
) p
LEFT JOIN customers_purchaseline l ON l.business_id = %(business)s AND l.purchase_id = p.id
    AND (l.returned_rial < l.total_rial OR l.total_rial = 0)
ORDER BY p.local_date DESC, p.id, l.position
"""  # noqa: S608 - the parts are constants
LINE: Final = "line."
DAYPARTS: Final = (
    (5, "night"),
    (11, "morning"),
    (15, "noon"),
    (19, "afternoon"),
    (23, "evening"),
    (24, "night"),
)
_FOR_CHILDREN: Final = re.compile(
    r"بچه ?گانه|بچگانه|کودک|نوزاد|\b(?:kids?|child(?:ren)?|bab(?:y|ies)|infants?)\b", re.IGNORECASE
)
_STEPS: Final = (5, 2, 1)
# As text, and as a line's own true and false.
_YES_NO: Final = {"yes": "yes", "no": "no", "true": "yes", "false": "no"}
_OLDEST_CHILD: Final = 18
_MID_YEAR: Final = 7


@dataclass(slots=True)
class Bought:
    """A purchase: its day, and {where learned from: what it says}."""

    on: date
    says: dict[str, set[str]]


def bought_by(customer_id: UUID, sources: Iterable[str], today: date) -> list[Bought]:
    """Return a customer's purchases, newest first, with what they say. One query."""
    values: dict[str, Any] = {
        "business": active_business_id(),
        "customer": customer_id,
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BOUGHT, values)
        rows = cursor.fetchall()
    zone = business_by_id(active_business_id()).timezone
    found: dict[UUID, Bought] = {}
    asked = tuple(sources)
    for purchase_id, on, at, rial, name, category, attributes in rows:
        one = found.get(purchase_id)
        if one is None:
            one = found[purchase_id] = Bought(on, _of_purchase(at, rial, zone))
        line = (name or "", category or "", json.loads(attributes or "{}"))
        for source in asked:
            one.says.setdefault(source, set()).update(_of_line(source, *line))
    return list(found.values())


def meant(definition: AttributeDefinition, said: Iterable[str], on: date) -> set[str]:
    """Return what purchases say as values of an attribute; what fits no value is left out."""
    return {value for one in said if (value := _meant(definition, one, on)) is not None}


def _of_purchase(at: datetime, rial: int, zone: ZoneInfo) -> dict[str, set[str]]:
    hour = at.astimezone(zone).hour
    part = next(name for end, name in DAYPARTS if hour < end)
    return {"daypart": {part}, "spend": {str(_band(rial // RIAL_PER_TOMAN))}}


def _of_line(source: str, name: str, category: str, attributes: Mapping[str, Any]) -> Sequence[str]:
    if source.startswith(LINE):
        given = attributes.get(source.removeprefix(LINE))
        if isinstance(given, bool):
            return ["true" if given else "false"]
        return [str(given)] if isinstance(given, str | int) and str(given).strip() else []
    if source == "child_goods":
        return _for_children((name, category, *map(str, attributes.values())))
    text = {"item": name, "category": category}.get(source, "")
    return [text] if text else []


def _for_children(texts: Sequence[str]) -> Sequence[str]:
    if not any(texts):
        return []
    said = any(_FOR_CHILDREN.search(normalise(text).replace("\u200c", " ")) for text in texts)
    return ["yes" if said else "no"]


def _band(toman: int) -> int:
    """Return the largest of 1, 2, 5, 10, 20, 50, 100… that is not above an amount."""
    power = 10 ** (len(str(toman)) - 1)
    return next((step * power for step in _STEPS if step * power <= toman), 0)


def _meant(definition: AttributeDefinition, said: str, on: date) -> str | None:
    kind, text = definition.kind, normalise(said)
    if kind == AttributeKind.TEXT:
        return text[:200] or None
    if kind == AttributeKind.YES_NO:
        return _YES_NO.get(text)
    if kind == AttributeKind.CHOICE:
        return _listed(definition, text)
    number = _number(text)
    if kind == AttributeKind.NUMBER:
        return None if number is None else str(number)
    return _born(number, on) if kind == AttributeKind.MONTH else None


def _number(text: str) -> int | None:
    digits = latin_digits(text)
    return int(digits) if digits.isdecimal() and len(digits) <= len("999999999999") else None


def _born(years: int | None, on: date) -> str | None:
    """Return the middle of the Jalali year in which who is of an age on a day was born."""
    if years is None or years > _OLDEST_CHILD:
        return None
    return f"{jalali(on).year - years}-{_MID_YEAR:02}"


def _listed(definition: AttributeDefinition, text: str) -> str | None:
    wanted = search_key(text)
    for one in definition.choices:
        if wanted in {search_key(one["code"]), search_key(one["fa"]), search_key(one["en"])}:
            return str(one["code"])
    return None
