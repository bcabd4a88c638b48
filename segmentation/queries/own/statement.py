"""A rule as one statement with parameters: who it is about, counted, shown or compared."""

# Values have places of their own; what is joined here are our own words.
# ruff: noqa: S608

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from businesses.queries import business_by_id
from core.calendar import Jalali, add_months, business_day, jalali, month_length, month_start
from core.tenancy import active_business_id
from customers.enums import DATED_KINDS, AttributeKind
from customers.queries import conditions as sales
from customers.queries.asked import Asked, Between, Days, measured
from customers.queries.sold import Sold
from customers.queries.tastes import tasted
from feedback.queries import conditions as answers
from loyalty.queries import conditions as points
from segmentation.queries.own import document
from segmentation.queries.own.names import Names

_DAY_OF_MOVE: Final = 'm."on"'
_ONE_DAY: Final = timedelta(days=1)
_HUNDRED: Final = 100
_ESFAND: Final = 12
_LONGEST: Final = 30


def asked_now(now: datetime, customers: Sequence[UUID] | None = None) -> Asked:
    """Return what statements of the active business begin with."""
    business = business_by_id(active_business_id())
    return Asked(
        business_id=business.id,
        now=now,
        today=business_day(now, business.timezone),
        zone=business.timezone,
        customers=customers,
    )


def statement(rule: Any, asked: Asked, known: Names) -> str:
    """Return the SELECT of the ids of everybody a rule is about; values are in `asked`."""
    # Of some, each part is asked once and looked up: what is joined hangs on a guess of how many
    # a part finds, and a wrong one holds everybody against the whole list again and again.
    looked_up = "" if asked.customers is None else " IS TRUE"
    return (
        f"SELECT c.id FROM customers_customer c WHERE c.business_id = {asked.business}"
        f" AND c.status IN {sales.EVERYBODY}{asked.only('c.id')}"
        f" AND ({part(rule, asked, known)}){looked_up}"
    )


def part(rule: Any, asked: Asked, known: Names) -> str:
    """Return a rule, or a part of one, as what is true of a customer `c`."""
    if isinstance(rule, document.Not):
        return f"NOT ({part(rule.of, asked, known)})"
    if isinstance(rule, document.All | document.AnyOf):
        word = " AND " if isinstance(rule, document.All) else " OR "
        return word.join(f"({part(one, asked, known)})" for one in rule.of)
    return _PARTS[type(rule)](rule, asked, known)


def days_of(rule: document.Dated, today: date) -> Days:
    """Return which days a condition speaks of."""
    if rule.days is not None:
        return Days(since=today - timedelta(days=rule.days - 1), until=today)
    if rule.months is not None:
        return Days(since=add_months(month_start(today), 1 - rule.months), until=today)
    if rule.within is not None:
        return _MONTHS[rule.within](today)
    return Days(since=rule.since, until=rule.until)


def _this_month(today: date) -> Days:
    return Days(since=month_start(today), until=today)


def _last_month(today: date) -> Days:
    this = month_start(today)
    return Days(since=add_months(this, -1), until=this - _ONE_DAY)


def _this_year(today: date) -> Days:
    return Days(since=Jalali(jalali(today).year, 1, 1).to_date(), until=today)


def _last_year(today: date) -> Days:
    year = jalali(today).year
    end = Jalali(year, 1, 1).to_date() - _ONE_DAY
    return Days(since=Jalali(year - 1, 1, 1).to_date(), until=end)


_MONTHS: Final[dict[str, Callable[[date], Days]]] = {
    "this_month": _this_month,
    "last_month": _last_month,
    "this_year": _this_year,
    "last_year": _last_year,
}


def _between(one: Any) -> Between:
    return Between(least=one.least, most=one.most)


def sold_of(one: document.OfSales) -> Sold:
    """Return which sales a condition means."""
    return Sold(
        goods=one.goods or (),
        said=(one.field, one.values) if one.field and one.values else None,
        branch_id=one.branch_id,
        employee_id=one.employee_id,
        channel=one.channel or "",
        weekdays=one.weekdays or (),
        hours=None
        if one.from_hour is None or one.to_hour is None
        else (one.from_hour, one.to_hour),
        least_rial=one.least_rial,
    )


def coming_days(one: document.Day, today: date) -> set[int]:
    """Return the days of the Jalali year a condition waits for, each month × 100 + day.

    The thirtieth of Esfand is kept on the twenty-ninth in common years (rule R39).
    """
    since, many = today, one.coming_days or 0
    if one.month is not None:
        since = (
            month_start(today) if one.month == "this_month" else add_months(month_start(today), 1)
        )
        many = (add_months(since, 1) - since).days
    found = set()
    for after in range(many):
        day = jalali(since + timedelta(days=after))
        found.add(day.month * _HUNDRED + day.day)
        if day.month == _ESFAND and day.day == month_length(day.year, day.month):
            found.add(_ESFAND * _HUNDRED + _LONGEST)
    return found


def _bought(one: document.Bought, asked: Asked, _known: Names) -> str:
    return sales.bought(asked, _between(one), days_of(one, asked.today), sold_of(one))


def _spent(one: document.Spent, asked: Asked, _known: Names) -> str:
    return sales.spent(asked, _between(one), days_of(one, asked.today), sold_of(one))


def _gave_back(one: document.GaveBack, asked: Asked, _known: Names) -> str:
    return sales.gave_back(asked, _between(one), days_of(one, asked.today))


def _prefers(one: document.Prefers, asked: Asked, _known: Names) -> str:
    return sales.prefers(asked, one.goods, one.least, days_of(one, asked.today))


def _cases(one: document.HasCases, asked: Asked, _known: Names) -> str:
    kind = one.case.value if one.case else ""
    days = days_of(one, asked.today)
    return sales.complained(asked, _between(one), days, kind=kind, is_open=one.open)


def _answered(one: document.Answered, asked: Asked, _known: Names) -> str:
    kind = one.survey.value if one.survey else ""
    return answers.answered(asked, _between(one), days_of(one, asked.today), kind=kind)


def _last(one: document.LastPurchase, asked: Asked, _known: Names) -> str:
    return sales.last_bought(asked, _between(one), sold_of(one))


def _first(one: document.FirstPurchase, asked: Asked, _known: Names) -> str:
    return sales.first_bought(asked, _between(one), sold_of(one))


def _segment(one: document.InSegment, asked: Asked, _known: Names) -> str:
    named = asked.put([segment.value for segment in one.segments], "text[]")
    return (
        f"c.id IN (SELECT id FROM segmentation_customerscore WHERE business_id = {asked.business}"
        f"{asked.only('id')} AND segment = ANY({named}))"
    )


def _named(one: document.InNamed, asked: Asked, _known: Names) -> str:
    named = asked.put([segment.value for segment in one.named], "text[]")
    return (
        "c.id IN (SELECT customer_id FROM segmentation_namedstay"
        f" WHERE business_id = {asked.business}{asked.only('customer_id')}"
        f" AND left_at IS NULL AND segment = ANY({named}))"
    )


def _moved(one: document.Moved, asked: Asked, _known: Names) -> str:
    named = asked.put([segment.value for segment in one.segments], "text[]")
    source = (
        f"FROM segmentation_segmenttransition m WHERE m.business_id = {asked.business}"
        f"{asked.only('m.customer_id')} AND m.after = ANY({named}) AND m.before <> m.after"
        f"{asked.on(_DAY_OF_MOVE, days_of(one, asked.today))}"
    )
    return measured(asked, source, "count(*)", _between(one))


def _mark(one: document.Mark, asked: Asked, _known: Names) -> str:
    table, column = (
        ("customeroutlook", "score") if one.mark == "staying" else ("customerscore", one.mark)
    )
    return _kept(one, asked, table, column)


def _fits(one: document.Fits, asked: Asked, _known: Names) -> str:
    return _kept(one, asked, "customerfit", "tenth")


def _worth(one: document.Worth, asked: Asked, _known: Names) -> str:
    return _kept(one, asked, "customeroutlook", "worth_rial")


def _kept(one: Any, asked: Asked, table: str, column: str) -> str:
    """Return for whom what a night wrote down is within; who has none is outside."""
    source = f"FROM segmentation_{table} WHERE business_id = {asked.business}{asked.only('id')}"
    asked.looks.append(f"SELECT {column}::bigint {source}")
    return f"c.id IN (SELECT id {source} AND {asked.within(column, _between(one))})"


def _points(one: document.Points, asked: Asked, _known: Names) -> str:
    return points.has_points(asked, _between(one))


def _points_ending(one: document.PointsEnding, asked: Asked, _known: Names) -> str:
    return points.has_points_ending(asked, _between(one), one.days)


def _occasion(one: document.HasOccasion, asked: Asked, _known: Names) -> str:
    kinds = [one.occasion.value] if one.occasion else []
    return points.has_occasion(asked, kinds, coming_days(one, asked.today))


def _tier(one: document.InTier, asked: Asked, _known: Names) -> str:
    return points.in_tier(asked, one.tiers)


def _attribute(one: document.HasAttribute, asked: Asked, known: Names) -> str:
    definition = known.attributes[one.key]
    if one.comes:
        return sales.known_day(asked, definition.id, coming_days(one, asked.today))
    if one.values is None:
        by_age = definition.kind in DATED_KINDS
        ranged = sales.known_age if by_age else sales.known_number
        return ranged(asked, definition.id, _between(one))
    named = sales.known_text if definition.kind == AttributeKind.TEXT else sales.known_as
    return named(asked, definition.id, one.values)


def _taste(one: document.HasTaste, asked: Asked, known: Names) -> str:
    return tasted(asked, known.attributes[one.key], one.values)


_PARTS: Final[dict[type, Callable[[Any, Asked, Names], str]]] = {
    document.LastPurchase: _last,
    document.FirstPurchase: _first,
    document.Bought: _bought,
    document.Spent: _spent,
    document.GaveBack: _gave_back,
    document.Prefers: _prefers,
    document.HasCases: _cases,
    document.Answered: _answered,
    document.InSegment: _segment,
    document.InNamed: _named,
    document.Moved: _moved,
    document.Mark: _mark,
    document.Fits: _fits,
    document.Worth: _worth,
    document.Points: _points,
    document.PointsEnding: _points_ending,
    document.InTier: _tier,
    document.HasOccasion: _occasion,
    document.HasAttribute: _attribute,
    document.HasTaste: _taste,
}
