"""Which sales are meant: of some goods, at a place, by somebody, at some hours."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core.text import latin_digits
from customers.queries.asked import Asked, Days


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """What sales are narrowed to; nothing of it is all of them.

    `goods` are SKUs, categories or names; `said` is what a line tells, a field and its values.
    Weekdays count from Saturday; hours are of the business's day, the last one not included, and
    may go past midnight.
    """

    goods: Collection[str] = ()
    said: tuple[str, Collection[str]] | None = None
    branch_id: UUID | None = None
    employee_id: UUID | None = None
    channel: str = ""
    weekdays: Collection[int] = ()
    hours: tuple[int, int] | None = None
    least_rial: int | None = None

    @property
    def names_lines(self) -> bool:
        """Tell whether only some lines of a sale are meant."""
        return bool(self.goods) or self.said is not None


EVERYTHING: Final = Sold()
# A till writes 6 or ۶, whoever asks either.
_DIGITS: Final = "'۰۱۲۳۴۵۶۷۸۹', '0123456789'"
_WEEKDAY: Final = "mod(extract(isodow FROM p.local_date)::int + 1, 7)"


def sales(asked: Asked, days: Days, sold: Sold = EVERYTHING) -> str:
    """Return the sales meant, as FROM … WHERE …: `p`, one row each."""
    found = _from(asked, days) + _narrowed(asked, sold)
    if sold.names_lines:
        found += (
            f" AND EXISTS (SELECT FROM customers_purchaseline l WHERE l.business_id ="
            f" {asked.business} AND l.purchase_id = p.id{_lines(asked, sold)})"
        )
    return found


def sold_lines(asked: Asked, days: Days, sold: Sold) -> str:
    """Return the lines meant, as FROM … WHERE …: `l` of `p`."""
    joined = (
        f" JOIN customers_purchaseline l ON l.business_id = {asked.business}"
        " AND l.purchase_id = p.id"
    )
    return _from(asked, days, joined) + _narrowed(asked, sold) + _lines(asked, sold)


def _from(asked: Asked, days: Days, joined: str = "") -> str:
    return (
        f"FROM customers_purchase p{joined} WHERE p.business_id = {asked.business}"
        f" AND p.customer_id IS NOT NULL{asked.only('p.customer_id')}"
        f"{asked.on('p.local_date', days)}"
    )


def _narrowed(asked: Asked, sold: Sold) -> str:
    found = ""
    if sold.branch_id is not None:
        found += f" AND p.branch_id = {asked.put(sold.branch_id, 'uuid')}"
    if sold.employee_id is not None:
        found += f" AND p.employee_id = {asked.put(sold.employee_id, 'uuid')}"
    if sold.channel:
        found += f" AND p.channel = {asked.put(sold.channel, 'text')}"
    if sold.least_rial is not None:
        found += f" AND p.total_rial >= {asked.put(sold.least_rial, 'bigint')}"
    return found + _at(asked, sold)


def _at(asked: Asked, sold: Sold) -> str:
    found = ""
    if sold.weekdays:
        found += f" AND {_WEEKDAY} = ANY({asked.put(sorted(sold.weekdays), 'int[]')})"
    if sold.hours is not None:
        zone, (since, until) = asked.put(asked.zone.key, "text"), sold.hours
        word = "AND" if since < until else "OR"
        hour = f"extract(hour FROM p.occurred_at AT TIME ZONE {zone})"
        after, before = asked.put(since, "int"), asked.put(until, "int")
        found += f" AND ({hour} >= {after} {word} {hour} < {before})"
    return found


def _lines(asked: Asked, sold: Sold) -> str:
    found = ""
    if sold.goods:
        names = asked.put(list(sold.goods), "text[]")
        found += (
            f" AND (l.sku = ANY({names}) OR l.category = ANY({names}) OR l.name = ANY({names}))"
        )
    if sold.said is not None:
        field, values = sold.said
        told = f"translate(l.attributes ->> {asked.put(field, 'text')}, {_DIGITS})"
        wanted = [latin_digits(one) for one in values]
        found += f" AND {told} = ANY({asked.put(wanted, 'text[]')})"
    return found
