"""What can be asked of customers and their sales, each as a part of a statement about many."""

# Values have places of their own; what is joined here are our own words.
# ruff: noqa: S608

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from core.calendar import Jalali, jalali, month_length
from customers.enums import CaseState
from customers.queries.asked import Asked, Between, Days, measured, valued
from customers.queries.attributes.standing import CLASSES

# Of whom statements of this kind speak: not who was joined to another, nor who was erased.
EVERYBODY: Final = "('active', 'provisional')"


def bought(
    asked: Asked,
    times: Between,
    days: Days,
    *,
    goods: Collection[str] = (),
    branch_id: UUID | None = None,
    least_rial: int | None = None,
) -> str:
    """Return who bought so many times: goods (SKU, category or name), at a branch, for so much."""
    if days == Days() and not goods and branch_id is None and least_rial is None:
        return valued(asked, _totals(asked), "purchases", times)
    source = _sales(asked, days)
    if goods:
        names = asked.put(list(goods), "text[]")
        source += (
            " AND EXISTS (SELECT FROM customers_purchaseline l"
            f" WHERE l.business_id = {asked.business} AND l.purchase_id = p.id"
            f" AND (l.sku = ANY({names}) OR l.category = ANY({names}) OR l.name = ANY({names})))"
        )
    if branch_id is not None:
        source += f" AND p.branch_id = {asked.put(branch_id, 'uuid')}"
    if least_rial is not None:
        source += f" AND p.total_rial >= {asked.put(least_rial, 'bigint')}"
    return measured(asked, source, "count(*)", times)


def spent(asked: Asked, rial: Between, days: Days) -> str:
    """Return who bought for so much in all, net of what came back."""
    if days == Days():
        return valued(asked, _totals(asked), "gross_rial - returned_rial", rial)
    return measured(asked, _sales(asked, days), "sum(p.total_rial - p.returned_rial)", rial)


def gave_back(asked: Asked, times: Between, days: Days) -> str:
    """Return who took back goods so many times."""
    source = (
        "FROM customers_return r JOIN customers_purchase p"
        f" ON p.business_id = {asked.business} AND p.id = r.purchase_id"
        f" WHERE r.business_id = {asked.business} AND p.customer_id IS NOT NULL"
        f"{asked.only('p.customer_id')}{asked.on('r.local_date', days)}"
    )
    return measured(asked, source, "count(*)", times)


def last_bought(asked: Asked, days_ago: Between) -> str:
    """Return whose last purchase was so many days ago."""
    return _since(asked, "last_on", days_ago)


def first_bought(asked: Asked, days_ago: Between) -> str:
    """Return whose first purchase was so many days ago."""
    return _since(asked, "first_on", days_ago)


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


def _born(today: date, years: int) -> str:
    """Return the latest Jalali day of birth of who is so many years old today.

    Who was born on the 30th of a month that is shorter this year has their day on its last.
    """
    j = jalali(today)
    is_last = j.day == month_length(j.year, j.month)
    born = Jalali(max(j.year - years, 0), j.month, 31 if is_last else j.day)
    return f"{born.year:04}-{born.month:02}-{born.day:02}"


def _sales(asked: Asked, days: Days) -> str:
    return (
        f"FROM customers_purchase p WHERE p.business_id = {asked.business}"
        f" AND p.customer_id IS NOT NULL{asked.only('p.customer_id')}"
        f"{asked.on('p.local_date', days)}"
    )


def _totals(asked: Asked) -> str:
    return f"FROM customers_customertotals WHERE business_id = {asked.business}{asked.only('id')}"


def _since(asked: Asked, column: str, days_ago: Between) -> str:
    ago = asked.within(f"({asked.put(asked.today, 'date')} - {column})", days_ago)
    return (
        f"c.id IN (SELECT id FROM customers_customertotals WHERE business_id = {asked.business}"
        f" AND purchase_days > 0{asked.only('id')} AND {ago})"
    )


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
