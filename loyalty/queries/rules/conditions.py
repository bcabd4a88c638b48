"""Whether a rule is about a basket, and if not, the first thing that is missing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from core.calendar import jalali, week_start
from customers.queries.attributes import is_among, is_between
from loyalty.enums import Verdict
from loyalty.queries.occasions import next_celebration
from loyalty.queries.rules.basket import Basket, Goods
from loyalty.queries.rules.document import AttributeIs, When


def amount_for(when: When, basket: Basket) -> int:
    """Return the rial a rule counts on: of the goods it names, or the whole basket."""
    if not when.names_goods:
        return basket.eligible_rial
    return sum(one.rial for one in basket.goods if is_named(when, one))


def is_named(when: When, goods: Goods) -> bool:
    """Tell whether a rule names a line's goods."""
    return goods.sku in when.skus or goods.category in when.categories


def missing(when: When, basket: Basket) -> Verdict | None:
    """Return the first condition a basket does not meet, or None when it meets them all."""
    for verdict, holds in _CHECKS:
        if not holds(when, basket):
            return verdict
    return None


def _hours(when: When, basket: Basket) -> bool:
    if when.from_minute is None or when.to_minute is None:
        return True
    minute = basket.local.hour * 60 + basket.local.minute
    if when.from_minute < when.to_minute:
        return when.from_minute <= minute < when.to_minute
    return minute >= when.from_minute or minute < when.to_minute


def _dates(when: When, basket: Basket) -> bool:
    day = basket.local.date()
    return (when.since is None or when.since <= day) and (when.until is None or day <= when.until)


def _weekday(when: When, basket: Basket) -> bool:
    day = basket.local.date()
    number = (day - week_start(day)) // timedelta(days=1)
    on_day = not when.weekdays or number in when.weekdays
    return on_day and (when.weekend is None or when.weekend == (number in basket.weekend))


def _shared(when: When, basket: Basket) -> bool:
    if when.shared is None:
        return True
    day, slack = basket.local.date(), timedelta(days=when.shared.days)
    return any(
        on - slack <= day <= on + slack for kind, on in basket.shared if kind in when.shared.kinds
    )


def _calendar(when: When, basket: Basket) -> bool:
    if not (when.months or when.month_days):
        return True
    day = jalali(basket.local.date())
    in_month = not when.months or day.month in when.months
    return in_month and (not when.month_days or day.day in when.month_days)


def _known(when: When, basket: Basket) -> bool:
    asks = bool(when.tiers or when.segments or when.attributes or when.around or when.did)
    asks = asks or bool(when.after or when.bought_rial)
    return not (asks or when.counts_purchases) or basket.customer_id is not None


def _around(when: When, basket: Basket) -> bool:
    if when.around is None:
        return True
    kinds, slack = when.around.kinds, timedelta(days=when.around.days)
    day = basket.local.date()
    return any(
        next_celebration(month, on, day - slack) <= day + slack
        for kind, month, on in basket.occasions
        if kind in kinds
    )


def _did(when: When, basket: Basket) -> bool:
    if when.did is None:
        return True
    since = basket.local - timedelta(days=when.did.days)
    return any(
        since <= at < basket.local for kind, at in basket.did.items() if kind in when.did.kinds
    )


def _amount(when: When, basket: Basket) -> bool:
    return basket.happened is not None or basket.eligible_rial >= max(1, when.least_rial)


def _goods(when: When, basket: Basket) -> bool:
    if basket.happened is not None:
        return True
    if amount_for(when, basket) <= 0:
        return False
    if not when.least_lines:
        return True
    ours = [one for one in basket.goods if not when.names_goods or is_named(when, one)]
    return len(ours) >= when.least_lines


def _number(when: When, basket: Basket) -> bool:
    if not when.counts_purchases:
        return True
    if basket.number is None:
        return False
    right = when.number is None or basket.number == when.number
    return right and (when.every is None or basket.number % when.every == 0)


def _attributes(when: When, basket: Basket) -> bool:
    return all(_is(one, basket) for one in when.attributes)


def _is(asked: AttributeIs, basket: Basket) -> bool:
    fact = basket.attributes.get(asked.key)
    if fact is None:
        return False
    if asked.is_range:
        return is_between(fact, asked.least, asked.most, basket.local.date())
    return is_among(fact, asked.values)


# In the order a person would name them.
_CHECKS: Final[tuple[tuple[Verdict, Callable[[When, Basket], bool]], ...]] = (
    (Verdict.DATES, _dates),
    (Verdict.WEEKDAY, _weekday),
    (Verdict.MONTH_DAY, _calendar),
    (Verdict.SHARED_DAY, _shared),
    (Verdict.HOURS, _hours),
    (Verdict.CHANNEL, lambda w, b: not w.channels or b.channel in w.channels),
    (Verdict.BRANCH, lambda w, b: not w.branches or b.branch_id in w.branches),
    (Verdict.EMPLOYEE, lambda w, b: not w.employees or b.employee_id in w.employees),
    (Verdict.STRANGER, _known),
    (Verdict.TIER, lambda w, b: not w.tiers or b.tier_id in w.tiers),
    (Verdict.SEGMENT, lambda w, b: not w.segments or not b.segments.isdisjoint(w.segments)),
    (Verdict.ATTRIBUTE, _attributes),
    (Verdict.OCCASION, _around),
    (Verdict.EVENT, _did),
    (Verdict.NUMBER, _number),
    (Verdict.BOUGHT, lambda w, b: b.bought_rial >= w.bought_rial),
    (Verdict.AMOUNT, _amount),
    (Verdict.GOODS, _goods),
)
