"""What can be asked of customers and their sales, each as a part of a statement about many."""

# Values have places of their own; what is joined here are our own words.
# ruff: noqa: S608

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from core.calendar import Jalali, jalali, month_length
from customers.enums import CaseState
from customers.queries.asked import Asked, Between, Days, measured, picked, valued
from customers.queries.attributes.standing import CLASSES
from customers.queries.sold import EVERYTHING, Sold, sales, sold_lines

# Of whom statements of this kind speak: not who was joined to another, nor who was erased.
EVERYBODY: Final = "('active', 'provisional')"
_HUNDRED: Final = 100
_MONTH_LONG: Final = len("1405-09")


def bought(asked: Asked, times: Between, days: Days, sold: Sold = EVERYTHING) -> str:
    """Return who bought so many times, of the sales meant."""
    if days == Days() and sold == EVERYTHING:
        return valued(asked, _totals(asked), "purchases", times)
    return measured(asked, sales(asked, days, sold), "count(*)", times)


def spent(asked: Asked, rial: Between, days: Days, sold: Sold = EVERYTHING) -> str:
    """Return who bought for so much in all, net of what came back; of some goods only theirs."""
    if days == Days() and sold == EVERYTHING:
        return valued(asked, _totals(asked), "gross_rial - returned_rial", rial)
    if sold.names_lines:
        source = sold_lines(asked, days, sold)
        return measured(asked, source, "sum(l.total_rial - l.returned_rial)", rial)
    return measured(asked, sales(asked, days, sold), "sum(p.total_rial - p.returned_rial)", rial)


def gave_back(asked: Asked, times: Between, days: Days) -> str:
    """Return who took back goods so many times."""
    source = (
        "FROM customers_return r JOIN customers_purchase p"
        f" ON p.business_id = {asked.business} AND p.id = r.purchase_id"
        f" WHERE r.business_id = {asked.business} AND p.customer_id IS NOT NULL"
        f"{asked.only('p.customer_id')}{asked.on('r.local_date', days)}"
    )
    return measured(asked, source, "count(*)", times)


def last_bought(asked: Asked, days_ago: Between, sold: Sold = EVERYTHING) -> str:
    """Return whose last purchase, of the sales meant, was so many days ago."""
    return _since(asked, "last_on", "max", days_ago, sold)


def first_bought(asked: Asked, days_ago: Between, sold: Sold = EVERYTHING) -> str:
    """Return whose first purchase, of the sales meant, was so many days ago."""
    return _since(asked, "first_on", "min", days_ago, sold)


def complained(asked: Asked, times: Between, days: Days, *, kind: str, is_open: bool) -> str:
    """Return about whom so many cases were opened, of a kind or any, perhaps open still."""
    source = (
        f"FROM customers_case k WHERE k.business_id = {asked.business}"
        f" AND k.customer_id IS NOT NULL{asked.only('k.customer_id')}"
    )
    local = f"(k.opened_at AT TIME ZONE {asked.put(asked.zone.key, 'text')})::date"
    source += asked.on(local, days)
    if kind:
        source += f" AND k.kind = {asked.put(kind, 'text')}"
    if is_open:
        source += f" AND k.state = {asked.put(CaseState.OPEN.value, 'text')}"
    return measured(asked, source, "count(*)", times)


def prefers(asked: Asked, goods: Collection[str], percent: int, days: Days) -> str:
    """Return of whose pieces at least such a share was of some categories (or SKUs, or names)."""
    names = asked.put(list(goods), "text[]")
    source = (
        "FROM customers_purchase p JOIN customers_purchaseline l"
        f" ON l.business_id = {asked.business} AND l.purchase_id = p.id"
        f" WHERE p.business_id = {asked.business} AND p.customer_id IS NOT NULL"
        f"{asked.only('p.customer_id')}{asked.on('p.local_date', days)}"
    )
    share = (
        f"sum(l.quantity) FILTER (WHERE l.sku = ANY({names}) OR l.category = ANY({names})"
        f" OR l.name = ANY({names})) * 100 / sum(l.quantity)"
    )
    return measured(asked, source, share, Between(least=percent))


def known_as(asked: Asked, definition_id: UUID, values: Sequence[str]) -> str:
    """Return of whom an attribute holds one of some values; of several choices one is enough."""
    wanted = asked.put(list(values), "text[]")
    return (
        f"c.id IN ({_standing(asked, definition_id)} AND string_to_array(value, ',') && {wanted})"
    )


def known_text(asked: Asked, definition_id: UUID, values: Sequence[str]) -> str:
    """Return of whom an attribute of free text holds one of some texts."""
    wanted = asked.put(list(values), "text[]")
    return f"c.id IN ({_standing(asked, definition_id)} AND value = ANY({wanted}))"


def known_number(asked: Asked, definition_id: UUID, between: Between) -> str:
    """Return of whom an attribute is a number within."""
    held = asked.within("value::bigint", between)
    return f"c.id IN ({_standing(asked, definition_id)} AND {held})"


def known_age(asked: Asked, definition_id: UUID, years: Between) -> str:
    """Return whose age, from a Jalali day or month of birth, is so many whole years."""
    held = []
    if years.least is not None:
        latest = asked.put(_born(asked.today, years.least), "text")
        held.append(f"rpad(value, 10, '-01') <= {latest}")
    if years.most is not None:
        earliest = asked.put(_born(asked.today, years.most + 1), "text")
        held.append(f"rpad(value, 10, '-01') > {earliest}")
    return f"c.id IN ({_standing(asked, definition_id)} AND {' AND '.join(held)})"


def known_day(asked: Asked, definition_id: UUID, days: Collection[int]) -> str:
    """Return of whom an attribute is one of some days of the Jalali year, each month × 100 + day.

    Of whom only the month is known, it is a day of one of those months.
    """
    wanted = asked.put(sorted(days), "int[]")
    months = asked.put(sorted({day // _HUNDRED for day in days}), "int[]")
    return (
        f"c.id IN ({_standing(asked, definition_id)} AND CASE WHEN length(value) > {_MONTH_LONG}"
        f" THEN substr(value, 6, 2)::int * {_HUNDRED} + substr(value, 9, 2)::int = ANY({wanted})"
        f" ELSE substr(value, 6, 2)::int = ANY({months}) END)"
    )


def _born(today: date, years: int) -> str:
    """Return the latest Jalali day of birth of who is so many years old today.

    Who was born on the 30th of a month that is shorter this year has their day on its last.
    """
    j = jalali(today)
    is_last = j.day == month_length(j.year, j.month)
    born = Jalali(max(j.year - years, 0), j.month, 31 if is_last else j.day)
    return f"{born.year:04}-{born.month:02}-{born.day:02}"


def _totals(asked: Asked) -> str:
    return f"FROM customers_customertotals WHERE business_id = {asked.business}{asked.only('id')}"


def _since(asked: Asked, column: str, which: str, days_ago: Between, sold: Sold) -> str:
    today = asked.put(asked.today, "date")
    if sold != EVERYTHING:
        ago = f"({today} - {which}(p.local_date))"
        return picked(asked, sales(asked, Days(), sold), ago, days_ago)
    source = f"{_totals(asked)} AND purchase_days > 0"
    asked.looks.append(f"SELECT ({today} - {column})::bigint {source}")
    ago = asked.within(f"({today} - {column})", days_ago)
    return f"c.id IN (SELECT id {source} AND {ago})"


def _standing(asked: Asked, definition_id: UUID) -> str:
    """Return whose value of an attribute holds now, to be narrowed by AND.

    The same choice as `standing`: the strongest class that says something, unless a stronger one
    took it back later.
    """
    classes = " ".join(
        f"WHEN {asked.put(source, 'text')} THEN {strength}" for source, strength in CLASSES.items()
    )
    weakest = max(CLASSES.values())
    return (
        "SELECT customer_id FROM (SELECT DISTINCT ON (customer_id) customer_id, value FROM ("
        " SELECT n.*, max(observed_at) FILTER (WHERE value IS NULL) OVER ("
        "  PARTITION BY customer_id ORDER BY strength"
        "  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_back"
        " FROM (SELECT DISTINCT ON (customer_id, strength) customer_id, value, observed_at,"
        "   valid_to, strength FROM (SELECT v.*,"
        f"    CASE v.source {classes} ELSE {weakest} END AS strength"
        f"    FROM customers_attributevalue v WHERE v.business_id = {asked.business}"
        f"    AND v.definition_id = {asked.put(definition_id, 'uuid')}{asked.only('v.customer_id')}"
        "   ) AS said ORDER BY customer_id, strength, observed_at DESC, recorded_at DESC, id DESC"
        " ) AS n) AS held"
        " WHERE value IS NOT NULL AND (taken_back IS NULL OR observed_at > taken_back)"
        f" AND (valid_to IS NULL OR valid_to > {asked.put(asked.now, 'timestamptz')})"
        " ORDER BY customer_id, strength) AS known WHERE true"
    )
