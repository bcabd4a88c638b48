"""Who buys again, cohorts by Jalali month, and the bridge between two months: figures by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from businesses.operations import hire_employee, open_branch
from core.calendar import MONTH_NAMES, Jalali, business_day, jalali, month_start
from core.tenancy import acting_for
from customers.operations import CustomerHint, NewLine, record_return
from customers.queries.bridge import Month, Sold, _parts, sales_bridge
from customers.queries.repeat import (
    Repeat,
    cohorts,
    due_now,
    repeat_group_names,
    repeat_groups,
    repeat_rate,
)
from tests.customers.conftest import sale

ABAN, AZAR = Jalali(1405, 8, 1).to_date(), Jalali(1405, 9, 1).to_date()
TODAY = date(2026, 11, 23)


@pytest.fixture
def buy(acting, record_one) -> Any:
    """Return `buy(who, day, …)`: a purchase at noon of a day; who None is nobody known."""

    def run(who: int | None, day: date, rial: int = 100_000, **more: Any) -> Any:
        known = {} if who is None else {"customer": CustomerHint(mobile=f"0912000000{who}")}
        noon = datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)
        return record_one(sale(rial, occurred_at=noon, **known, **more)).purchase_id

    return run


def _give_back(purchase_id: Any, rial: int = 100_000) -> None:
    record_return(
        purchase_id=purchase_id,
        external_id=str(purchase_id),
        amount_rial=rial,
        now=datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    )


def test_who_bought_twice_and_kept_it(buy):
    for who, days in ((1, (3, 5)), (2, (4,)), (3, (2, 6)), (4, (90, 1))):
        bought = [buy(who, TODAY - timedelta(days=day)) for day in days]
        if who == 3:
            _give_back(bought[0])
    buy(None, TODAY)
    assert repeat_rate(TODAY - timedelta(days=30), TODAY) == Repeat(customers=4, again=1)
    assert repeat_rate(TODAY - timedelta(days=100), TODAY) == Repeat(customers=4, again=2)
    assert repeat_rate(TODAY, TODAY) == Repeat(customers=0, again=0)


def test_groups_tell_who_came_back_to_them_and_at_all(buy, now):
    north = open_branch(code="n", name="شمال", now=now)
    hire_employee(code="s", name="سارا", branch_id=north.id, now=now)

    def lines(*skus: str) -> dict[str, Any]:
        return {
            "lines": tuple(
                NewLine(unit_price_rial=50_000, sku=sku, name=f"کالا {sku}") for sku in skus
            ),
            "tenders": (),
        }

    buy(1, TODAY, branch_code="n", employee_code="s", **lines("a", "b"))
    buy(1, TODAY - timedelta(days=1), branch_code="n", **lines("a", "a"))
    buy(2, TODAY, branch_code="n", employee_code="s", **lines("b"))
    buy(2, TODAY - timedelta(days=2), **lines("c"))
    span = (TODAY - timedelta(days=9), TODAY + timedelta(days=1))
    found = {
        group: [
            (one.name, one.customers, one.again, one.anywhere)
            for one in repeat_groups(group, *span)
        ]
        for group in repeat_group_names()
    }
    assert ("شمال", 2, 1, 2) in found["branch"]
    assert found["employee"] == [("سارا", 2, 0, 2)]
    assert found["channel"] == [("pos", 2, 2, 2)]
    assert set(found["product"]) == {
        ("کالا a", 1, 1, 1),
        ("کالا b", 2, 0, 2),
        ("کالا c", 1, 0, 1),
    }


def test_cohorts_are_jalali_months_and_know_when_days_are_over(buy):
    buy(1, ABAN - timedelta(days=1))
    buy(1, ABAN)
    buy(2, ABAN)
    buy(2, AZAR)
    buy(3, ABAN + timedelta(days=29))
    spoilt = buy(4, ABAN)
    _give_back(spoilt)
    found = {one.month_on: one for one in cohorts(TODAY, 3)}
    mehr = Jalali(1405, 7, 1).to_date()
    assert list(found) == [mehr, ABAN, AZAR]
    assert (found[mehr].customers, found[mehr].active) == (1, (1, 1, 0))
    assert (found[ABAN].customers, found[ABAN].active) == (2, (2, 1))
    assert found[AZAR].active == (0,)
    assert found[mehr].returned == (1, None, None)
    assert found[ABAN].returned == (None, None, None)


def test_the_last_minute_of_a_month_is_still_its_cohort(acting, record_one):
    """20:30 UTC on 20 March 2026 is 1 Farvardin 1405 in Tehran."""
    turn = datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    for who, minutes in ((1, -1), (2, 0)):
        hint = CustomerHint(mobile=f"0912000000{who}")
        record_one(sale(1_000, occurred_at=turn + timedelta(minutes=minutes), customer=hint))
    found = {one.month_on: one.customers for one in cohorts(date(2026, 3, 22), 2)}
    assert found == {Jalali(1404, 12, 1).to_date(): 1, Jalali(1405, 1, 1).to_date(): 1}


def test_who_is_due_by_their_own_rhythm(buy):
    for who, days in ((1, (30, 20, 10)), (2, (60, 40, 20)), (3, (10, 5))):
        for day in days:
            buy(who, TODAY - timedelta(days=day))
    found = due_now(TODAY, reach_days=1, most=9)
    assert [(one.expected_on, one.gap_days) for one in found] == [(TODAY, 10), (TODAY, 20)]


def test_the_bridge_by_hand(buy):
    """C117: new, returning, frequency and basket sum to the change."""
    buy(1, ABAN - timedelta(days=9))
    buy(2, ABAN - timedelta(days=9))
    buy(1, ABAN, 100)
    buy(3, ABAN, 50)
    buy(None, ABAN, 7)
    for who in (1, 2):
        buy(who, AZAR, 100)
        buy(who, AZAR, 100)
    buy(4, AZAR, 30)
    found = sales_bridge(AZAR, ABAN)
    assert (found.before.rial, found.after.rial) == (157, 430)
    assert found.parts == {
        "new": -20,
        "unknown": -7,
        "basket": 0,
        "returning": 150,
        "frequency": 150,
    }
    assert list(found.parts) == ["new", "returning", "frequency", "basket", "unknown"]


SOLD = st.tuples(st.integers(0, 40), st.integers(0, 60), st.integers(0, 10**13)).map(
    lambda one: Sold(one[0], one[0] + one[1], one[2]) if one[0] else Sold()
)


@given(was=SOLD, now=SOLD, new=SOLD, unknown=SOLD)
def test_parts_add_up_to_the_rial(was, now, new, unknown):
    before, after = Month(ABAN, Sold(), was, unknown), Month(AZAR, new, now, Sold())
    parts = _parts(before, after)
    assert sum(parts.values()) == after.rial - before.rial
    turned = _parts(after, before)
    assert all(abs(parts[name] + turned[name]) <= 2 for name in parts)
    if was.customers == now.customers:
        assert parts["returning"] == 0 or not was.customers


def test_the_reports_over_http(api, other_api, business, record_one):
    today = business_day(timezone.now(), business.timezone)
    with acting_for(business.id):
        for days in (0, 1):
            record_one(
                sale(
                    1_000,
                    customer=CustomerHint(mobile="09120000001"),
                    occurred_at=timezone.now() - timedelta(days=days),
                ),
                at=timezone.now(),
            )
    told = api.get("reports/repeat-purchase", {"group_by": "channel"}).json()
    assert (told["customers"], told["again"], told["until"]) == (1, 1, today.isoformat())
    assert [one["key"] for one in told["groups"]] == ["pos"]
    [cohort] = api.get("reports/repeat-purchase", {"group_by": "cohort"}).json()["groups"]
    first_on = today - timedelta(days=1)
    assert cohort["key"] == month_start(first_on).isoformat()
    assert (cohort["customers"], cohort["anywhere"]) == (1, 1)
    assert cohort["name"].startswith(MONTH_NAMES[jalali(first_on).month - 1])
    assert other_api.get("reports/repeat-purchase").json()["customers"] == 0
    assert sum(one["customers"] for one in api.get("reports/cohorts").json()["data"]) == 1
    bridge = api.get("reports/sales-bridge", {"month": "1405-09", "against": "1404-09"}).json()
    assert sum(bridge["parts"].values()) == bridge["change_rial"]
    for path, query, code in (
        ("repeat-purchase", {"group_by": "x"}, "invalid_group"),
        ("repeat-purchase", {"from": "x"}, "invalid_date"),
        ("repeat-purchase", {"from": "0001-01-01"}, "invalid_date"),
        ("repeat-purchase", {"from": "2026-02-02", "to": "2026-02-01"}, "invalid_date"),
        ("sales-bridge", {"month": "1405-13"}, "invalid_month"),
    ):
        answer = api.get(f"reports/{path}", query)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
